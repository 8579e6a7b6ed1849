import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { ExercisesRepository } from '../exercises/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { destroyVm, sweepOwners } from '../vms/index.ts'
import { minute, type WorkVmJobParts } from './job-parts.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

const payload = z.object({ exerciseId: z.string() })
const data = z.object({ upids: z.record(z.string(), z.string()).optional() })
type Context = StepContext<z.infer<typeof payload>, z.infer<typeof data>>

const pollMs = 2_000
const nameOf = ({ vmid }: WorkVmRow): string => String(vmid ?? '–')

/**
 * Clears Proxmox of an archived exercise: work VMs first, then the templates they hang on, then whatever is left of either. Marks,
 * submissions and evidence stay.
 */
export function deleteExerciseVmsJob(parts: WorkVmJobParts & { readonly repository: ExercisesRepository }) {
  const { workVms, exercises, proxmox, ledger, clock, repository } = parts

  /** Each lab by a job of its own. One that resists keeps no other back; then it is said, and tried again with this job. */
  async function removeWorkVms(context: Context) {
    const asked = new Set<string>()
    for (;;) {
      const left = workVms.listByExercise(context.payload.exerciseId)
      if (left.length === 0) return undefined
      const isBeingRemoved = (workVm: WorkVmRow) => workVms.liveJob(workVm)?.name === 'delete-work-vm'
      const fresh = left.filter((workVm) => !asked.has(workVm.id) && !isBeingRemoved(workVm))
      for (const workVm of fresh) {
        workVms.inTransaction(() => workVms.remove(workVm, null))
        asked.add(workVm.id)
      }
      if (fresh.length === 0 && !left.some(isBeingRemoved)) throw new AppError('VMS_LEFT', { details: { vmids: left.map(nameOf) } })
      context.progress('removing', { left: left.length })
      await clock.sleep(pollMs, context.signal)
    }
  }

  async function removeTemplates(context: Context) {
    for (const template of exercises.listTemplatesOfExercise(context.payload.exerciseId)) {
      if (template.state === 'deleted') continue
      repository.updateTemplate(template.id, { state: 'deleting' })
      await destroyVm({ proxmox, ledger }, context, { vmid: template.vmid, pveNode: template.pveNode, purpose: 'template' })
      repository.updateTemplate(template.id, { state: 'deleted' })
    }
    return undefined
  }

  async function sweep(context: Context) {
    const { exerciseId } = context.payload
    const owners = [...workVms.listAllOfExercise(exerciseId), ...exercises.listTemplatesOfExercise(exerciseId)]
    await sweepOwners(
      { proxmox, ledger },
      context,
      owners.map(({ id }) => id),
    )
    return undefined
  }

  return defineJob({
    name: 'delete-exercise-vms',
    payload,
    data,
    key: ({ exerciseId }) => `exercise:${exerciseId}`,
    maxAttempts: 8,
    steps: [
      { name: 'work-vms', deadlineMs: 6 * 60 * minute, run: removeWorkVms },
      { name: 'templates', deadlineMs: 60 * minute, run: removeTemplates },
      { name: 'leftovers', deadlineMs: 30 * minute, run: sweep },
    ],
  })
}
