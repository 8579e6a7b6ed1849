import { z } from 'zod'
import type { ExercisesRepository } from '../exercises/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { destroyVm } from '../vms/index.ts'
import { minute, type WorkVmJobParts } from './job-parts.ts'

const payload = z.object({ exerciseId: z.string() })
const data = z.object({ upids: z.record(z.string(), z.string()).optional() })
type Context = StepContext<z.infer<typeof payload>, z.infer<typeof data>>

const pollMs = 2_000

/** Clears Proxmox of an archived exercise: work VMs first, then the templates they hang on. Marks, submissions and evidence stay. */
export function deleteExerciseVmsJob(parts: WorkVmJobParts & { readonly repository: ExercisesRepository }) {
  const { workVms, exercises, proxmox, ledger, clock, repository } = parts

  async function removeWorkVms(context: Context) {
    for (;;) {
      const left = workVms.listByExercise(context.payload.exerciseId)
      if (left.length === 0) return undefined
      for (const workVm of left) {
        if (!workVms.liveJob(workVm)) workVms.inTransaction(() => workVms.remove(workVm, null))
      }
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

  return defineJob({
    name: 'delete-exercise-vms',
    payload,
    data,
    key: ({ exerciseId }) => `exercise:${exerciseId}`,
    maxAttempts: 8,
    steps: [
      { name: 'work-vms', deadlineMs: 6 * 60 * minute, run: removeWorkVms },
      { name: 'templates', deadlineMs: 60 * minute, run: removeTemplates },
    ],
  })
}
