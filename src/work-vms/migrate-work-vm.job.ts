import { z } from 'zod'
import { AppError } from '../errors.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import { taskOptions } from '../vms/index.ts'
import { minute, untilThawed, vmData, type WorkVmJobParts, whereItIs, workVmPayload } from './job-parts.ts'

const payload = workVmPayload.extend({
  target: z.string(),
  /** The decision that this carries out. */
  placementId: z.string(),
})

/** Moves a lab to another node; one that runs is not interrupted. Where it was and is, is what Proxmox says, also after a failure. */
export function migrateWorkVmJob(parts: WorkVmJobParts) {
  const { workVms, proxmox, ledger, placements } = parts

  async function move(context: StepContext<z.infer<typeof payload>, z.infer<typeof vmData>>) {
    // answers that are awaited at this moment would come late
    await untilThawed(parts, context)
    const vm = await whereItIs(parts, context)
    if (vm === null) throw new AppError('WORK_VM_STATE', { details: { state: say('details.states.lab.requested') } })
    const { target } = context.payload
    const node = await proxmox.ensureMigrated({ ...vm, target, ...taskOptions(context, `migrate-${target}`) })
    return {
      commit: () => {
        workVms.update(context.payload.workVmId, { pveNode: node })
        ledger.noteExists(vm.vmid, node)
      },
    }
  }

  return defineJob({
    name: 'migrate-work-vm',
    payload,
    data: vmData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 2,
    steps: [{ name: 'move', deadlineMs: 70 * minute, run: move }],
    onDone: ({ payload: job }) => placements.noteDone(job.placementId),
    onFailed: ({ payload: job }, error) => placements.noteFailed(job.placementId, error),
    onCancelled: ({ payload: job }) =>
      placements.noteFailed(job.placementId, new AppError('JOB_STATE', { details: { state: say('details.states.job.cancelled') } })),
  })
}
