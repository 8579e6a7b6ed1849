import { z } from 'zod'
import type { Platforms } from '../clients/console/index.ts'
import { carriesMark, type Proxmox } from '../clients/proxmox/index.ts'
import { AppError, isAppError } from '../errors.ts'
import type { ExerciseDevice } from '../evaluation/index.ts'
import type { EvaluationsRepository, EvidenceStore, RunStore } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { StepContext } from '../jobs/index.ts'
import type { Clock } from '../lib/clock.ts'
import {
  bookStorages,
  boundTo,
  type ClonePause,
  destroyVm,
  findPlace,
  isReachedBySsh,
  type LabConsoles,
  type LabLink,
  type Placements,
  type StorageGauge,
  taskOptions,
  type VmLedger,
} from '../vms/index.ts'
import type { DirectAccess } from './direct-access.ts'
import type { StudentPower } from './student-power.ts'
import { waitForSpace } from './wait-for-space.ts'
import { goneStates, type WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

/** What the jobs of a work VM are made of. */
export interface WorkVmJobParts {
  readonly workVms: WorkVmsService
  readonly exercises: ExercisesService
  readonly proxmox: Proxmox
  readonly ledger: VmLedger
  readonly placements: Placements
  readonly labLink: LabLink
  readonly consoles: LabConsoles
  readonly platforms: Platforms
  readonly runs: RunStore
  readonly storageGauge: Pick<StorageGauge, 'findFull'>
  readonly clonePause: Pick<ClonePause, 'since'>
  readonly evaluations: EvaluationsRepository
  readonly evidence: EvidenceStore
  readonly clock: Clock
  /** PROXMOX_NODES; empty: all. */
  readonly allowedNodes: readonly string[]
  readonly limits: { readonly maxRunning: number; readonly memoryReserveMb: number }
  /** When a lab that is ready now would be put to sleep. */
  readonly idleEnd: () => string | null
  readonly directAccess: Pick<DirectAccess, 'settle'>
  /** Own tickets of students; null where they are off. */
  readonly studentPower: StudentPower | null
  /** Cloud-init address of a VM, where LAB_ADDRESSES says so. */
  readonly cloudInitAddress: ((vmid: number) => string | undefined) | null
}

export const minute = 60_000

export const workVmPayload = z.object({ workVmId: z.string() })
export const vmData = z.object({
  vmid: z.number().optional(),
  pveNode: z.string().optional(),
  templateId: z.string().optional(),
  sourceVmid: z.number().optional(),
  sourceNode: z.string().optional(),
  upids: z.record(z.string(), z.string()).optional(),
})
export type VmData = z.infer<typeof vmData>

type Payload = z.infer<typeof workVmPayload>
type Context = StepContext<Payload, VmData>

/** A name that Proxmox takes (labels of letters, digits, `-`), telling whose VM it is without more than that. */
const vmName = (workVm: WorkVmRow, vmid: number): string => `lab-${workVm.id.slice(0, 8)}-${vmid}`

function required<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`${what} is not recorded yet`)
  return value
}

/** The new state of a lab; one that was put into the bin meanwhile stays there. */
export function unlessLeaving(workVms: WorkVmsService, workVmId: string, state: WorkVmRow['state']): { state?: WorkVmRow['state'] } {
  const isLeaving = (goneStates as readonly string[]).includes(workVms.get(workVmId).state)
  return isLeaving ? {} : { state }
}

/** The steps that make a linked clone; create and reset share them. */
export function cloneSteps(parts: WorkVmJobParts) {
  const { workVms, exercises, proxmox, ledger } = parts

  /** Chooses node and id, and books both before anything is asked of Proxmox. */
  async function reserve(context: Context) {
    if (context.data.vmid !== undefined) return undefined
    const workVm = workVms.get(context.payload.workVmId)
    const templates = exercises.listUsableTemplates(workVm.exerciseRevisionId)
    const place = await findPlace(proxmox, templates, { allowed: parts.allowedNodes, signal: context.signal })
    workVms.inTransaction(() => {
      const vmid = ledger.reserve({ purpose: 'work', ownerId: workVm.id, pveNode: place.pveNode, taken: place.taken })
      parts.placements.note({ kind: 'clone', vmid, toNode: place.pveNode, considered: place.considered })
      workVms.update(workVm.id, {
        vmid,
        pveNode: place.pveNode,
        templateVmId: place.template.id,
        ...unlessLeaving(workVms, workVm.id, 'creating'),
        errorCode: null,
        errorDetails: null,
      })
      context.save({
        vmid,
        pveNode: place.pveNode,
        templateId: place.template.id,
        sourceVmid: place.template.vmid,
        sourceNode: place.template.pveNode,
      })
    })
    return undefined
  }

  async function clone(context: Context) {
    const workVm = workVms.get(context.payload.workVmId)
    const vmid = required(context.data.vmid, 'vmid')
    const pveNode = required(context.data.pveNode, 'node')
    const sourceNode = required(context.data.sourceNode, 'sourceNode')
    const source = required(context.data.sourceVmid, 'source')
    context.progress('cloning')
    await bookStorages({ proxmox, ledger }, { vmid, source, sourceNode, signal: context.signal })
    const result = await proxmox.ensureClone({
      node: sourceNode,
      source,
      vmid,
      name: vmName(workVm, vmid),
      description: ledger.markOf(vmid, 'work'),
      full: false,
      target: pveNode === sourceNode ? undefined : pveNode,
      ...taskOptions(context, 'clone'),
    })
    ledger.noteExists(vmid, result.node)
    context.line(`linked clone: ${result.linked}`)
    return { data: { pveNode: result.node } }
  }

  async function configure(context: Context) {
    const vmid = required(context.data.vmid, 'vmid')
    const node = required(context.data.pveNode, 'node')
    const address = parts.cloudInitAddress?.(vmid)
    if (address !== undefined) {
      await proxmox.ensureConfig({ node, vmid, set: { ipconfig0: `ip=${address}` }, priority: context.priority, signal: context.signal })
      const firewall = boundTo(await proxmox.readFirewall(node, vmid, { signal: context.signal }), address)
      await proxmox.writeFirewall({ node, vmid, firewall, priority: context.priority, signal: context.signal })
    }
    const config = await proxmox.vmConfig(node, vmid, { signal: context.signal })
    await parts.studentPower?.settleAccess(context, workVms.get(context.payload.workVmId))
    return {
      commit: () => {
        workVms.update(context.payload.workVmId, {
          ...unlessLeaving(workVms, context.payload.workVmId, 'stopped'),
          pveNode: node,
          memoryMb: config?.memoryMb ?? null,
          endpoint: null,
          directAddress: null,
          marker: null,
          hostKeys: null,
          readyAt: null,
        })
      },
    }
  }

  /** Removes what was begun. */
  async function undo(context: Context) {
    const { vmid, pveNode } = context.data
    if (vmid === undefined || pveNode === undefined) return undefined
    await destroyVm({ proxmox, ledger }, context, { vmid, pveNode, purpose: 'work' })
    return { commit: () => void workVms.update(context.payload.workVmId, { vmid: null, pveNode: null }) }
  }

  return {
    steps: [
      { name: 'reserve', deadlineMs: 2 * minute, run: reserve },
      { name: 'space', deadlineMs: 24 * 60 * minute, run: (context: Context) => waitForSpace(parts, context) },
      { name: 'clone', deadlineMs: 60 * minute, run: clone },
      { name: 'configure', deadlineMs: 5 * minute, run: configure },
    ],
    compensate: { name: 'compensate', deadlineMs: 15 * minute, run: undo },
  }
}

/**
 * The VM of a lab on the node where it is by now: an administrator, or Proxmox itself, may have moved it since anybody looked. One that
 * does not carry our mark is somebody else's (an older database was restored, the number was used again) and is switched by nobody here.
 * @throws AppError PROXMOX_NOT_OURS
 */
export async function whereItIs(
  { workVms, proxmox, ledger }: Pick<WorkVmJobParts, 'workVms' | 'proxmox' | 'ledger'>,
  { payload, signal, priority }: Pick<StepContext<Payload, object>, 'payload' | 'signal' | 'priority'>,
): Promise<{ readonly node: string; readonly vmid: number } | null> {
  const { vmid, pveNode } = workVms.get(payload.workVmId)
  if (vmid === null || pveNode === null) return null
  const here = await proxmox.vmConfig(pveNode, vmid, { signal, priority })
  const found = here === undefined ? await proxmox.findVm(vmid, { signal, priority }) : { node: pveNode, description: here.description }
  if (found !== undefined && !carriesMark(found.description, ledger.markOf(vmid, 'work')))
    throw new AppError('PROXMOX_NOT_OURS', { details: { vmid } })
  const node = found?.node ?? pveNode
  if (node !== pveNode) workVms.update(payload.workVmId, { pveNode: node })
  return { node, vmid }
}

const thawPollMs = 1_000

/** A lab that is evaluated is left alone until its last answer, whoever archives the exercise or sends it away meanwhile. */
export async function untilThawed(
  { workVms, clock }: Pick<WorkVmJobParts, 'workVms' | 'clock'>,
  context: { readonly payload: Payload; readonly signal: AbortSignal },
): Promise<void> {
  while (workVms.get(context.payload.workVmId).frozenFor !== null) await clock.sleep(thawPollMs, context.signal)
}

/** What could not be cleared away is nobody's any more: the ledger still books it, and the reconciler removes it. */
export const forgetVm = (workVms: WorkVmsService, workVmId: string): void => void workVms.update(workVmId, { vmid: null, pveNode: null })

/** A lab whose job failed for good; a lab on its way out stays so. */
export function markFailed(workVms: WorkVmsService, workVmId: string, error: AppError): void {
  const { state } = workVms.get(workVmId)
  if (state !== 'binned' && state !== 'deleting' && state !== 'deleted') workVms.noteFailed(workVmId, error.code, error.details)
}

/** What a student saved may keep a console silent for good, or end SSH; that must not lock him out of the others. */
export function isStudentsDoing(error: unknown, device: ExerciseDevice): error is AppError {
  if (isAppError(error, 'CONSOLE_SILENT', 'CONSOLE_TIMEOUT', 'CONSOLE_FLOODED', 'CONSOLE_CLOSED')) return true
  return isReachedBySsh(device) && isAppError(error, 'CONSOLE_UNREACHABLE', 'CONSOLE_HOST_KEY')
}
