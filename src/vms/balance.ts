import { type Asked, type Candidate, type ClusterView, loadOf } from './placement.ts'

/** A running VM that may be moved. */
export interface MovableVm {
  readonly vmid: number
  readonly node: string
  /** What it takes of its node: shares of the node's processors and memory. */
  readonly cpu: number
  readonly memory: number
}

export interface PastMove {
  readonly vmid: number
  readonly fromNode: string | null
  readonly toNode: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly isOver: boolean
}

export interface Move {
  readonly vmid: number
  readonly from: string
  readonly to: string
}

/** Loads must differ by so much before anything is moved. */
const gap = 0.15
/** A VM that was moved stays where it is for so long, whatever the load does. */
const restMs = 3_600_000
/** Figures lag behind a move: so long after one nothing is decided. */
const settleMs = 5 * 60_000
/** A gap counts only when it was there at so many looks in a row: a compiler that runs for a minute moves nobody. */
export const looksNeeded = 3
const fullestCpu = 0.8
const fullestMemory = 0.85

const isCandidate = (node: Asked): node is Candidate => !('skipped' in node)

const after = (node: Candidate, vm: MovableVm, sign: 1 | -1): Candidate => ({
  ...node,
  cpu: node.cpu + sign * vm.cpu,
  memory: node.memory + sign * vm.memory,
  runningVms: node.runningVms + sign,
})

/** The most and the least loaded node when they are far enough apart. */
export function findGap(nodes: readonly Asked[]): { readonly from: Candidate; readonly to: Candidate } | null {
  const sorted = nodes.filter(isCandidate).sort((one, other) => loadOf(one) - loadOf(other))
  const [to, from] = [sorted[0], sorted.at(-1)]
  return to !== undefined && from !== undefined && to !== from && loadOf(from) - loadOf(to) >= gap ? { from, to } : null
}

/**
 * Which VM should move, one at a time: the smallest of the fullest node, to the emptiest. Never so that the two change places: after it
 * the giver must still carry at least as much as the taker, so that with a load that stands still every move brings the nodes closer
 * together, and the last one comes soon.
 * @param vms running VMs that nothing keeps where they are
 */
export function chooseMoves(nodes: readonly Asked[], vms: readonly MovableVm[], past: readonly PastMove[], nowMs: number): Move[] {
  const found = findGap(nodes)
  if (found === null || past.some(({ isOver, at }) => !isOver || nowMs - at < settleMs)) return []
  const { from, to } = found
  const resting = new Set(past.filter(({ at }) => nowMs - at < restMs).map(({ vmid }) => vmid))
  return vms
    .filter((vm) => vm.node === from.node && !resting.has(vm.vmid))
    .filter((vm) => {
      const [giver, taker] = [after(from, vm, -1), after(to, vm, 1)]
      return loadOf(giver) >= loadOf(taker) && taker.cpu <= fullestCpu && taker.memory <= fullestMemory
    })
    .sort((one, other) => one.memory - other.memory || one.cpu - other.cpu || one.vmid - other.vmid)
    .map(({ vmid }) => ({ vmid, from: from.node, to: to.node }))
}

/** Running VMs among `labs` with what they take of their node; a node that does not tell its size has none that could be moved. */
export function movableVms({ nodes, vms }: ClusterView, labs: ReadonlyMap<number, unknown>): MovableVm[] {
  return vms.flatMap(({ vmid, node, status, cpu = 0, maxcpu = 1, mem = 0 }) => {
    const host = nodes.find((one) => one.node === node)
    if (vmid === undefined || node === undefined || status !== 'running' || !labs.has(vmid) || !host?.maxmem || !host.maxcpu) return []
    return [{ vmid, node, cpu: (cpu * maxcpu) / host.maxcpu, memory: mem / host.maxmem }]
  })
}
