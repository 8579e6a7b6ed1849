import { z } from 'zod'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { assertNever } from '../lib/assert-never.ts'
import { taskOptions } from '../vms/index.ts'
import { markFailed, minute, untilThawed, type VmData, vmData, type WorkVmJobParts, workVmPayload } from './job-parts.ts'

const payload = workVmPayload.extend({ how: z.enum(['stop', 'shutdown', 'suspend', 'hibernate']) })
type Payload = z.infer<typeof payload>

const endStates = { stop: 'stopped', shutdown: 'stopped', suspend: 'suspended', hibernate: 'hibernated' } as const

/** Powers a lab down: at once, by its operating system, paused in memory, or written to disk. */
export function stopWorkVmJob(parts: WorkVmJobParts) {
  const { workVms, proxmox } = parts

  async function powerOff(context: StepContext<Payload, VmData>) {
    await untilThawed(parts, context)
    const { vmid, pveNode } = workVms.get(context.payload.workVmId)
    const { how } = context.payload
    if (vmid !== null && pveNode !== null) {
      const request = { node: pveNode, vmid, ...taskOptions(context, how) }
      if (how === 'stop') await proxmox.ensureStopped(request)
      else if (how === 'shutdown') await proxmox.ensureShutdown({ ...request, timeoutS: 60, forceStop: true })
      else if (how === 'suspend') await proxmox.ensureSuspended(request)
      else if (how === 'hibernate') await proxmox.ensureHibernated(request)
      else assertNever(how)
    }
    return { commit: () => settle(context.payload) }
  }

  /** A lab that went into the bin meanwhile stays there. */
  function settle({ workVmId, how }: Payload): void {
    const workVm = workVms.get(workVmId)
    const isLeaving = workVm.state === 'binned' || workVm.state === 'deleting' || workVm.state === 'deleted'
    workVms.update(workVmId, {
      ...(isLeaving ? {} : { state: workVm.vmid === null ? 'requested' : endStates[how], errorCode: null, errorDetails: null }),
      ...(how === 'suspend' ? {} : { endpoint: null }),
      startedAt: null,
    })
  }

  return defineJob<Payload, VmData>({
    name: 'stop-work-vm',
    payload,
    data: vmData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 5,
    steps: [{ name: 'power-off', deadlineMs: 10 * minute, run: powerOff }],
    onFailed: ({ payload: job }, error) => markFailed(workVms, job.workVmId, error),
  })
}
