import { z } from 'zod'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { destroyVm } from '../vms/index.ts'
import { cloneSteps, forgetVm, markFailed, minute, vmData, type WorkVmJobParts, workVmPayload } from './job-parts.ts'
import { keepConfigurations } from './keep-configurations.ts'
import type { WorkVmsService } from './work-vms.service.ts'

const payload = workVmPayload.extend({
  startAfter: z.boolean().default(false),
  /** The revision that the new one is made from; absent: the same. */
  revisionId: z.string().optional(),
  /** As of a start: the address that it was asked from by its student. */
  from: z.string().optional(),
})
const data = vmData.extend({ oldVmid: z.number().optional(), oldNode: z.string().optional() })
type Payload = z.infer<typeof payload>
type Data = z.infer<typeof data>

/** The new VM is undone; where that could not be, its number may be somebody else's. The old one, before it was removed, is kept. */
function forgetMade(workVms: WorkVmsService, workVmId: string, { vmid }: Data): void {
  if (vmid !== undefined && workVms.get(workVmId).vmid === vmid) forgetVm(workVms, workVmId)
}

/** Given up on the way: what is left of it is said by whether there is a VM. */
function settleCancelled(workVms: WorkVmsService, workVmId: string): void {
  const { state, vmid } = workVms.get(workVmId)
  if (state === 'creating') workVms.update(workVmId, { state: vmid === null ? 'requested' : 'stopped' })
}

/** Starts over: the old VM is removed and a fresh clone takes its place, under a new id. */
export function resetWorkVmJob(parts: WorkVmJobParts, startAgain: (workVmId: string, from: string | undefined) => void) {
  const { workVms, proxmox, ledger } = parts
  const { steps, compensate } = cloneSteps(parts)

  const keep = (context: StepContext<Payload, Data>) => keepConfigurations(parts, context, { why: 'reset' })

  async function note(context: StepContext<Payload, Data>) {
    const { vmid, pveNode } = workVms.get(context.payload.workVmId)
    return {
      data: { ...(vmid === null || pveNode === null ? {} : { oldVmid: vmid, oldNode: pveNode }) },
      commit: () =>
        void workVms.update(context.payload.workVmId, { state: 'creating', endpoint: null, errorCode: null, errorDetails: null }),
    }
  }

  async function destroyOld(context: StepContext<Payload, Data>) {
    const { oldVmid, oldNode } = context.data
    const { workVmId, revisionId } = context.payload
    if (oldVmid !== undefined && oldNode !== undefined) {
      parts.studentPower?.noteByService(context, workVms.get(workVmId), 'reset')
      await destroyVm({ proxmox, ledger }, context, { vmid: oldVmid, pveNode: oldNode, purpose: 'work' })
    }
    // only now: as long as the old one is there, it is checked as what it was made from
    const revision = revisionId === undefined ? {} : { exerciseRevisionId: revisionId }
    return { commit: () => void workVms.update(workVmId, { vmid: null, pveNode: null, ...revision }) }
  }

  return defineJob<Payload, Data>({
    name: 'reset-work-vm',
    payload,
    data,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 6,
    steps: [
      { name: 'keep', deadlineMs: 3 * minute, run: keep },
      { name: 'note', deadlineMs: minute, run: note },
      { name: 'destroy', deadlineMs: 20 * minute, run: destroyOld },
      ...steps,
    ],
    compensate,
    onDone: ({ payload: job }) => {
      if (job.startAfter) startAgain(job.workVmId, job.from)
    },
    onFailed: ({ payload: job, data: made }, error) => {
      forgetMade(workVms, job.workVmId, made)
      markFailed(workVms, job.workVmId, error)
    },
    onCancelled: ({ payload: job, data: made }) => {
      forgetMade(workVms, job.workVmId, made)
      settleCancelled(workVms, job.workVmId)
    },
  })
}
