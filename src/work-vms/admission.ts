import type { NodeInfo } from '../clients/proxmox/index.ts'
import { poweredStates, type WorkVmRow, type WorkVmState } from './work-vms.repository.ts'

export interface AdmissionRules {
  readonly maxRunning: number
  /** Left for the node itself. */
  readonly memoryReserveMb: number
}

const isPowered = (state: WorkVmState): boolean => (poweredStates as readonly string[]).includes(state)

/** Memory that the node can give to labs, in MiB; unlimited where Proxmox does not tell (no right to see it). */
function memoryFor(node: NodeInfo | undefined, rules: AdmissionRules): number {
  return node?.maxmem === undefined ? Number.POSITIVE_INFINITY : node.maxmem / 1_048_576 - rules.memoryReserveMb
}

/**
 * Whether a lab may be powered on now. First come, first served per node: whoever asked earlier for the same node goes first.
 * @param others every other work VM that is powered or waits, the waiting ones in the order in which they asked
 * @returns 0 when admitted, else the position in the queue, from 1
 */
export function admit(candidate: WorkVmRow, others: readonly WorkVmRow[], nodes: readonly NodeInfo[], rules: AdmissionRules): number {
  const powered = others.filter((workVm) => isPowered(workVm.state))
  const onNode = powered.filter((workVm) => workVm.pveNode === candidate.pveNode)
  const used = onNode.reduce((sum, workVm) => sum + (workVm.memoryMb ?? 0), 0)
  const room = memoryFor(
    nodes.find((node) => node.node === candidate.pveNode),
    rules,
  )
  const waiting = others.filter((workVm) => workVm.state === 'queued' && workVm.pveNode === candidate.pveNode)
  const ahead = waiting.filter((workVm) => isBefore(workVm, candidate))
  const hasRoom = powered.length < rules.maxRunning && used + (candidate.memoryMb ?? 0) <= room
  return hasRoom && ahead.length === 0 ? 0 : ahead.length + 1
}

const isBefore = (one: WorkVmRow, other: WorkVmRow): boolean =>
  (one.startedAt ?? '') === (other.startedAt ?? '') ? one.id < other.id : (one.startedAt ?? '') < (other.startedAt ?? '')
