import { isAppError } from '../errors.ts'
import { accessGns3Lab, type CaptureReason, readConfigurations } from '../evaluations/index.ts'
import type { StepContext } from '../jobs/index.ts'
import type { WorkVmJobParts } from './job-parts.ts'
import { findRunningLab, type RunningLab, withRunningLab } from './running-lab.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

type Parts = Pick<WorkVmJobParts, 'workVms' | 'exercises' | 'proxmox' | 'labLink' | 'platforms' | 'runs' | 'clock'>
type Context = StepContext<{ readonly workVmId: string }, object>

/** A GNS3 that hangs must not keep a lab from being stopped. */
const allMs = 90_000

/**
 * Reads what runs on the devices of a lab and keeps it, before something that would lose it. What cannot be read stands in the job's log
 * and keeps nothing from going on: whoever wants to stop a lab must not be held up by what he left on it.
 * @returns what the step commits; undefined where nothing runs
 */
export async function keepConfigurations(
  parts: Parts,
  context: Context,
  about: { readonly why: CaptureReason; readonly devices?: readonly string[] },
): Promise<{ commit: () => void } | undefined> {
  const workVm = parts.workVms.get(context.payload.workVmId)
  const lab = findRunningLab(parts, workVm)
  if (!lab) return undefined
  const late = new AbortController()
  const ended = new AbortController()
  parts.clock.sleep(allMs, ended.signal).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    if (!(await isRunning(parts, workVm, context))) return undefined
    const signal = AbortSignal.any([context.signal, late.signal])
    const configurations = await read(parts, { workVm, lab, context, signal, ...about })
    if (!configurations.some((one) => !('missing' in one))) return undefined
    const label = about.why
    return {
      commit: await parts.runs.prepareCapture({ workVmId: workVm.id, revisionId: workVm.exerciseRevisionId, label }, configurations),
    }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isAppError(error) && !late.signal.aborted) throw error
    context.line(`configurations not kept: ${isAppError(error) ? error.code : 'the lab took too long'}`)
    return undefined
  } finally {
    ended.abort()
  }
}

/** A VM that is off or paused answers nothing, and would be waited for. */
async function isRunning({ proxmox }: Parts, { vmid, pveNode }: WorkVmRow, { signal, priority }: Context): Promise<boolean> {
  if (vmid === null || pveNode === null) return false
  return (await proxmox.vmStatus(pveNode, vmid, { signal, priority }))?.qmpstatus === 'running'
}

interface Reading {
  readonly workVm: WorkVmRow
  readonly lab: RunningLab
  readonly context: Context
  readonly signal: AbortSignal
  readonly devices?: readonly string[]
}

async function read(parts: Parts, { workVm, lab, context, signal, devices }: Reading) {
  const { endpoint, projectId, definition, secrets } = lab
  const configurations = await withRunningLab(parts, lab, signal, (gns3) =>
    readConfigurations({
      exercise: definition,
      access: accessGns3Lab({ gns3, projectId, exercise: definition, allowDirect: false, workVmHost: endpoint.host }),
      ...{ platforms: parts.platforms, secrets, clock: parts.clock, signal },
      hostKeys: parts.workVms.hostKeysOf(workVm.id),
      log: { debug: () => undefined, info: context.log.info.bind(context.log), warn: context.log.warn.bind(context.log) },
      ...(devices === undefined ? {} : { devices }),
    }),
  )
  for (const one of configurations) {
    if ('missing' in one) context.line(`${one.device}: ${one.kind} configuration not read, ${one.missing.code}`)
  }
  return configurations
}
