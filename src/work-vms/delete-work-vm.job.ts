import { defineJob, type StepContext } from '../jobs/index.ts'
import { destroyVm } from '../vms/index.ts'
import { minute, untilThawed, type VmData, vmData, type WorkVmJobParts, workVmPayload } from './job-parts.ts'

/** Removes a student's VM with all it has on disk; the row stays, for the submissions that were made in it. */
export function deleteWorkVmJob(parts: WorkVmJobParts) {
  const { workVms, proxmox, ledger } = parts

  async function destroy(context: StepContext<{ workVmId: string }, VmData>) {
    await untilThawed(parts, context)
    const workVm = workVms.get(context.payload.workVmId)
    const { vmid, pveNode } = workVm
    await parts.studentPower?.settleAccess(context, workVm)
    if (vmid !== null && pveNode !== null) await destroyVm({ proxmox, ledger }, context, { vmid, pveNode, purpose: 'work' })
    return { commit: () => void workVms.update(context.payload.workVmId, { state: 'deleted', endpoint: null }) }
  }

  return defineJob({
    name: 'delete-work-vm',
    payload: workVmPayload,
    data: vmData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 8,
    steps: [{ name: 'destroy', deadlineMs: 20 * minute, run: destroy }],
  })
}
