import { defineJob } from '../jobs/index.ts'
import { cloneSteps, forgetVm, markFailed, unlessLeaving, vmData, type WorkVmJobParts, workVmPayload } from './job-parts.ts'

/** Makes a student's VM: a linked clone of the exercise's template. */
export function createWorkVmJob(parts: WorkVmJobParts) {
  const { steps, compensate } = cloneSteps(parts)
  const { workVms } = parts
  return defineJob({
    name: 'create-work-vm',
    payload: workVmPayload,
    data: vmData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 6,
    steps,
    compensate,
    onFailed: ({ payload }, error) => {
      forgetVm(workVms, payload.workVmId)
      markFailed(workVms, payload.workVmId, error)
      workVms.giveUpStart(payload.workVmId)
    },
    onCancelled: ({ payload }) => {
      forgetVm(workVms, payload.workVmId)
      const { state } = unlessLeaving(workVms, payload.workVmId, 'requested')
      if (state) workVms.update(payload.workVmId, { state })
      workVms.giveUpStart(payload.workVmId)
    },
  })
}
