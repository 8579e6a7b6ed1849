import { AppError } from '../errors.ts'
import type { CriterionResultRow, EvaluationsRepository, RunRow } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRunner } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import type { WorkVmsService } from '../work-vms/index.ts'
import type { ProofLabel } from './prove-exercise.job.ts'

export interface ProofsOptions {
  readonly evaluations: EvaluationsRepository
  readonly exercises: ExercisesService
  readonly workVms: WorkVmsService
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly audit: Audit
}

/** Proving an exercise on the teacher's own lab before students meet it. */
export function createProofsService({ evaluations, exercises, workVms, jobs, audit }: ProofsOptions) {
  return {
    /** @throws AppError EXERCISE_STATE, LAB_NOT_READY, LAB_FROZEN */
    prove(actor: Actor, exerciseId: string, label: ProofLabel): string {
      const exercise = exercises.find(actor, exerciseId, 'teach')
      if (exercise.state !== 'ready' && exercise.state !== 'published')
        throw new AppError('EXERCISE_STATE', { details: { state: say(`details.states.exercise.${exercise.state}`) } })
      return evaluations.inTransaction(() => {
        const workVm = workVms.findLive(exerciseId, actor.id, 'try')
        if (workVm?.state !== 'ready')
          throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm?.state ?? 'requested'}`) } })
        if (workVm.frozenFor !== null) throw new AppError('LAB_FROZEN')
        workVms.freeze(workVm.id, `proof:${label}`)
        audit.record({ actorId: actor.id, action: 'exercise.prove', objectType: 'exercise', objectId: exerciseId, details: { label } })
        const { id: revisionId } = exercises.revisionOf(exercise)
        return jobs.enqueue(
          'prove-exercise',
          { exerciseId, revisionId, workVmId: workVm.id, label },
          { priority: 'interactive', createdBy: actor.id, userId: actor.id, courseId: exercise.courseId },
        )
      })
    },

    /** The last proof of a label for a revision, with its results. */
    findLatest(revisionId: string, label: ProofLabel): { run: RunRow; results: CriterionResultRow[] } | null {
      const run = evaluations.findLatestProof(revisionId, label)
      return run ? { run, results: evaluations.listResults(run.id) } : null
    },
  }
}

export type ProofsService = ReturnType<typeof createProofsService>
