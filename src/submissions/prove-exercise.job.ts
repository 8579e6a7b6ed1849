import { z } from 'zod'
import { findProofGap, type ProofScore } from '../evaluation/index.ts'
import type { EvaluationsRepository, RunRow } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import type { WorkVmsService } from '../work-vms/index.ts'
import type { LabEvaluator } from './evaluate-lab.ts'

export interface ProveExerciseParts {
  readonly exercises: ExercisesService
  readonly workVms: WorkVmsService
  readonly evaluations: EvaluationsRepository
  readonly evaluateLab: LabEvaluator
  readonly budgetMs: number
}

export const proofLabels = ['untouched', 'solution'] as const
export type ProofLabel = (typeof proofLabels)[number]

const payload = z.object({ exerciseId: z.string(), revisionId: z.string(), workVmId: z.string(), label: z.enum(proofLabels) })
const data = z.object({ runId: z.string().optional() })
type Context = StepContext<z.infer<typeof payload>, z.infer<typeof data>>

/** Judged over the last run of each lab. */
export function isProven(evaluations: EvaluationsRepository, revisionId: string): boolean {
  const untouched = evaluations.findLatestProof(revisionId, 'untouched')
  const solution = evaluations.findLatestProof(revisionId, 'solution')
  if (untouched?.state !== 'done' || solution?.state !== 'done') return false
  return findProofGap(scoreOf(untouched), scoreOf(solution)) === null
}

const scoreOf = ({ points, maxPoints, undecidedPoints }: RunRow): ProofScore => ({
  points: points ?? 0,
  maxPoints: maxPoints ?? 0,
  undecidedPoints: undecidedPoints ?? 0,
})

/** Runs all criteria against the teacher's own lab, under the name of what the teacher says it is. */
export function proveExerciseJob(parts: ProveExerciseParts) {
  const { exercises, workVms, evaluations } = parts

  async function ask(context: Context) {
    const { workVmId, revisionId, label } = context.payload
    const runId = await parts.evaluateLab({
      workVm: workVms.get(workVmId),
      revisionId,
      purpose: 'proof',
      submissionId: null,
      label,
      signal: context.signal,
      log: context.log,
      onLine: context.line,
    })
    return { data: { runId } }
  }

  /** The lab was frozen in the name of the proof when it was asked for. */
  const thaw = (job: z.infer<typeof payload>) => workVms.thaw(job.workVmId, `proof:${job.label}`)

  return defineJob({
    name: 'prove-exercise',
    payload,
    data,
    key: ({ workVmId }) => `proof:${workVmId}`,
    maxAttempts: 3,
    steps: [{ name: 'ask', deadlineMs: parts.budgetMs + 10 * 60_000, run: ask }],
    onDone: ({ payload: job }) => {
      thaw(job)
      if (exercises.get(job.exerciseId).currentRevisionId === job.revisionId)
        exercises.setProven(job.exerciseId, isProven(evaluations, job.revisionId))
    },
    onFailed: ({ payload: job }) => thaw(job),
    onCancelled: ({ payload: job }) => thaw(job),
  })
}
