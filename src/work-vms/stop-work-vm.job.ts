import { z } from 'zod'
import { isAppError } from '../errors.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { assertNever } from '../lib/assert-never.ts'
import { taskOptions } from '../vms/index.ts'
import { markFailed, minute, untilThawed, vmData, type WorkVmJobParts, whereItIs, workVmPayload } from './job-parts.ts'
import { keepConfigurations } from './keep-configurations.ts'
import { saveDevices } from './save-devices.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

const payload = workVmPayload.extend({
  how: z.enum(['stop', 'shutdown', 'suspend', 'hibernate']),
  /** Where it cannot hibernate: saved on its devices, then shut down. */
  orStop: z.boolean().default(false),
})
const data = vmData.extend({ fellBack: z.boolean().optional() })
type Payload = z.infer<typeof payload>
type Data = z.infer<typeof data>
type Context = StepContext<Payload, Data>

const endStates = { stop: 'stopped', shutdown: 'stopped', suspend: 'suspended', hibernate: 'hibernated' } as const
/** A fault that passes is waited for so often before the lab is switched off instead. */
const hibernateTries = 3

/** Powers a lab down: at once, by its operating system, paused in memory, or written to disk. */
export function stopWorkVmJob(parts: WorkVmJobParts) {
  const { workVms, proxmox } = parts

  /** What runs on the devices, while it still does. */
  async function keep(context: Context) {
    await untilThawed(parts, context)
    const { how } = context.payload
    return keepConfigurations(parts, context, { why: how === 'shutdown' ? 'stop' : how })
  }

  async function powerOff(context: Context) {
    await untilThawed(parts, context)
    const vm = await whereItIs(parts, context)
    const how = context.data.fellBack === true ? 'shutdown' : context.payload.how
    if (vm === null) return { commit: () => settle(context.payload.workVmId, endStates[how]) }
    if (how !== 'hibernate' || !context.payload.orStop) await change(context, vm, how)
    else if (!(await hibernateOrNot(context, vm))) {
      // noted first: a restart must not put to sleep what is being switched off
      context.save({ fellBack: true })
      await saveDevices(parts, workVms.get(context.payload.workVmId), context)
      await change(context, vm, 'shutdown')
    }
    return { commit: () => settle(context.payload.workVmId, endStates[context.data.fellBack === true ? 'shutdown' : how]) }
  }

  async function change(context: Context, vm: { node: string; vmid: number }, how: Payload['how']): Promise<void> {
    const workVm = workVms.get(context.payload.workVmId)
    // whoever was taken out of the course, or sits an exam, has nothing to switch any more
    await parts.studentPower?.settleAccess(context, workVm)
    await shutOut(context, vm)
    const request = { ...vm, ...taskOptions(context, how), behalf: parts.studentPower?.behalfOf(context, workVm) }
    if (how === 'stop') await proxmox.ensureStopped(request)
    else if (how === 'shutdown') await proxmox.ensureShutdown({ ...request, timeoutS: 60, forceStop: true })
    else if (how === 'suspend') await proxmox.ensureSuspended(request)
    else if (how === 'hibernate') await proxmox.ensureHibernated(request)
    else assertNever(how)
  }

  /** A lab that is off lets nobody in, whatever its rules say: what cannot be taken away now is before the next start. */
  async function shutOut(context: Context, vm: { node: string; vmid: number }): Promise<void> {
    const { signal, priority } = context
    try {
      await parts.directAccess.settle(context.payload.workVmId, { vm, from: null, signal, priority })
    } catch (error) {
      signal.throwIfAborted()
      if (!isAppError(error)) throw error
      context.line(`direct access could not be taken away: ${error.message}`)
    }
  }

  /** @returns false where Proxmox cannot: a device handed through, no room for the memory, a storage without such volumes */
  async function hibernateOrNot(context: Context, vm: { node: string; vmid: number }): Promise<boolean> {
    try {
      await change(context, vm, 'hibernate')
      return true
    } catch (error) {
      context.signal.throwIfAborted()
      if (!isAppError(error) || (error.retryable && context.attempt < hibernateTries)) throw error
      context.line(`cannot hibernate: ${error.message}`)
      return false
    }
  }

  /** A lab that went into the bin meanwhile stays there. */
  function settle(workVmId: string, endState: WorkVmRow['state']): void {
    const workVm = workVms.get(workVmId)
    const isLeaving = workVm.state === 'binned' || workVm.state === 'deleting' || workVm.state === 'deleted'
    workVms.update(workVmId, {
      ...(isLeaving ? {} : { state: workVm.vmid === null ? 'requested' : endState, errorCode: null, errorDetails: null }),
      ...(endState === 'suspended' ? {} : { endpoint: null }),
      startedAt: null,
    })
  }

  return defineJob<Payload, Data>({
    name: 'stop-work-vm',
    payload,
    data,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 5,
    steps: [
      { name: 'keep', deadlineMs: 15 * minute, run: keep },
      { name: 'power-off', deadlineMs: 15 * minute, run: powerOff },
    ],
    onFailed: ({ payload: job }, error) => markFailed(workVms, job.workVmId, error),
  })
}
