import type { Proxmox } from '../clients/proxmox/index.ts'
import { AppError, isAppError } from '../errors.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobLog, JobRunner } from '../jobs/index.ts'
import type { Clock } from '../lib/clock.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import {
  candidatesFrom,
  chooseMoves,
  choosePlacement,
  clusterView,
  findGap,
  looksNeeded,
  type Move,
  movableVms,
  noPlace,
  type Placements,
} from '../vms/index.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface MovesParts {
  readonly workVms: Pick<WorkVmsService, 'get' | 'listInStates' | 'liveJob' | 'inTransaction'>
  readonly exercises: Pick<ExercisesService, 'get'>
  readonly proxmox: Pick<Proxmox, 'resources' | 'migrationCheck'>
  readonly placements: Pick<Placements, 'note' | 'listMovesSince'>
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly audit: Audit
  readonly clock: Clock
  /** PROXMOX_NODES; empty: all. */
  readonly allowedNodes: readonly string[]
  /** PROXMOX_BALANCE */
  readonly isAutomatic: boolean
  readonly log: JobLog
}

/** Past moves that matter: what was moved rests for an hour. */
const rememberedMs = 2 * 3_600_000
/** A VM whose disks or devices only its node has is not asked about again so soon. */
const boundMs = 3_600_000
/** So many VMs are asked about in one look. */
const asksAtOnce = 5

const isAtRest = ({ frozenFor, vmid }: WorkVmRow): boolean => frozenFor === null && vmid !== null

/** Labs that go to another node: because an administrator says so, or by themselves when the nodes carry very different loads. */
export function createMoves(parts: MovesParts) {
  const { workVms, exercises, proxmox, placements, jobs, audit, clock, allowedNodes, log } = parts
  const bound = new Map<number, number>()
  let looks = { from: '', count: 0 }

  const viewNow = async (signal: AbortSignal) => {
    const view = clusterView(await proxmox.resources(undefined, { signal, priority: 'batch' }), allowedNodes)
    return { view, nodes: candidatesFrom(view.nodes, view.vms, [...view.nodes.map(({ node }) => node)]) }
  }

  function enqueue(workVm: WorkVmRow, placementId: string, target: string, actor: Actor | null): string {
    const { courseId } = exercises.get(workVm.exerciseId)
    const priority = actor === null ? 'batch' : 'interactive'
    const options = { priority, courseId, userId: workVm.userId, createdBy: actor?.id ?? null } as const
    return jobs.enqueue('migrate-work-vm', { workVmId: workVm.id, target, placementId }, options)
  }

  /**
   * Moves a lab because somebody says so.
   * @returns the job
   * @throws AppError WORK_VM_STATE while something else is done to it, LAB_FROZEN while it is evaluated, NO_PLACEMENT for a node that
   *   does not take it
   */
  async function request(actor: Actor, workVmId: string, target: string, signal: AbortSignal): Promise<string> {
    const { view, nodes } = await viewNow(signal)
    const { considered } = choosePlacement(nodes, () => 0)
    if (!view.nodes.some(({ node, status }) => node === target && status === 'online'))
      throw noPlace([{ node: target, load: null, skipped: 'offline', share: null }])
    return workVms.inTransaction(() => {
      const workVm = workVms.get(workVmId)
      if (workVm.frozenFor !== null) throw new AppError('LAB_FROZEN')
      const isMovable = (workVm.state === 'ready' || workVm.state === 'stopped') && workVm.vmid !== null && !workVms.liveJob(workVm)
      if (!isMovable || workVm.pveNode === target)
        throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
      const { vmid, pveNode } = workVm
      const placed = { kind: 'request' as const, vmid: vmid ?? 0, toNode: target, considered, createdBy: actor.id }
      const placementId = placements.note(pveNode === null ? placed : { ...placed, fromNode: pveNode })
      audit.record({ actorId: actor.id, action: 'work-vm.move', objectType: 'work-vm', objectId: workVmId, details: { to: target } })
      return enqueue(workVm, placementId, target, actor)
    })
  }

  /** The first of them that nothing keeps on its node. */
  async function firstFree(moves: readonly Move[], signal: AbortSignal): Promise<Move | undefined> {
    for (const move of moves
      .filter(({ vmid }) => clock.now() - (bound.get(vmid) ?? Number.NEGATIVE_INFINITY) > boundMs)
      .slice(0, asksAtOnce)) {
      const check = await proxmox.migrationCheck(move.from, move.vmid, { signal, priority: 'batch' })
      if (check.bound.length === 0 && !check.refused.includes(move.to) && check.allowed?.includes(move.to) !== false) return move
      bound.set(move.vmid, clock.now())
    }
    return undefined
  }

  async function look(signal: AbortSignal): Promise<boolean> {
    const { view, nodes } = await viewNow(signal)
    const gap = findGap(nodes)
    looks = gap === null ? { from: '', count: 0 } : { from: gap.from.node, count: looks.from === gap.from.node ? looks.count + 1 : 1 }
    if (looks.count < looksNeeded) return false
    const labs = new Map(
      workVms.listInStates(['ready']).flatMap((lab) => (isAtRest(lab) && !workVms.liveJob(lab) ? [[lab.vmid ?? 0, lab] as const] : [])),
    )
    const past = placements.listMovesSince(new Date(clock.now() - rememberedMs).toISOString()).map((row) => ({
      ...row,
      at: Date.parse(row.endedAt ?? row.createdAt),
      isOver: row.state !== 'decided',
    }))
    const move = await firstFree(chooseMoves(nodes, movableVms(view, labs), past, clock.now()), signal)
    return move !== undefined && carryOut(move, labs.get(move.vmid)?.id ?? '', choosePlacement(nodes, () => 0).considered)
  }

  function carryOut({ vmid, from, to }: Move, workVmId: string, considered: ReturnType<typeof choosePlacement>['considered']): boolean {
    return workVms.inTransaction(() => {
      const workVm = workVms.get(workVmId)
      // read again: something may have begun while Proxmox was asked
      if (workVm.state !== 'ready' || workVm.vmid !== vmid || !isAtRest(workVm) || workVms.liveJob(workVm)) return false
      enqueue(workVm, placements.note({ kind: 'balance', vmid, fromNode: from, toNode: to, considered }), to, null)
      log.info({ vmid, from, to }, 'a lab is moved to a quieter node')
      return true
    })
  }

  return {
    isAutomatic: parts.isAutomatic,
    request,
    /** Called every two minutes; does nothing unless PROXMOX_BALANCE says so. @returns whether a lab is moved */
    async balance(signal: AbortSignal): Promise<boolean> {
      if (!parts.isAutomatic) return false
      try {
        return await look(signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!isAppError(error)) throw error
        log.warn({ err: error }, 'the load of the nodes could not be compared')
        return false
      }
    },
  }
}

export type Moves = ReturnType<typeof createMoves>
