import type { ExerciseRow, RevisionRow } from '../../src/exercises/index.ts'
import { newId } from '../../src/lib/ids.ts'
import { now, type Repositories } from './class-room.ts'

export interface SubmissionsOf {
  readonly exercise: ExerciseRow
  readonly revision: RevisionRow
  readonly userId: string
  readonly workVmId: string
  /** Evaluated ones. */
  readonly count: number
  readonly isOneOpen: boolean
}

const judgements = [
  { verdict: 'pass', reason: { code: 'PING_REPLIED', data: { sent: 5, received: 5 } } },
  { verdict: 'fail', reason: { code: 'PING_LOST', class: 'unreachable', data: { sent: 5, received: 0, to: '10.0.2.10' } } },
  { verdict: 'pass', reason: { code: 'PING_REPLIED', data: { sent: 5, received: 4 } } },
  { verdict: 'inconclusive', reason: { code: 'NO_PROMPT', cause: 'lab', data: {} } },
] as const

function addResults({ evaluations }: Repositories, of: SubmissionsOf, runId: string, number: number): number {
  let sum = 0
  for (const [position, criterion] of of.revision.definition.criteria.entries()) {
    const judgement = judgements[(position + number) % judgements.length] ?? judgements[0]
    const points = judgement.verdict === 'pass' ? criterion.points : 0
    sum += points
    evaluations.insertResult({
      id: newId(),
      evaluationRunId: runId,
      criterionId: criterion.id,
      position,
      verdict: judgement.verdict,
      reason: judgement.reason,
      points,
      maxPoints: criterion.points,
      attempts: 2,
      facts: [{ sent: 5, received: 5 }],
      startedAt: now(),
      tookMs: 4_000,
      createdAt: now(),
    })
  }
  return sum
}

/** What a student handed in so far, with results, and a teacher's decision over the first. */
export function addSubmissions(repositories: Repositories, of: SubmissionsOf): void {
  const { submissions, evaluations, workVms } = repositories
  const common = { workVmId: of.workVmId, exerciseId: of.exercise.id, userId: of.userId, exerciseRevisionId: of.revision.id }
  const maxPoints = of.revision.definition.criteria.reduce((total, criterion) => total + criterion.points, 0)
  for (let number = 1; number <= of.count; number += 1) {
    const [id, runId] = [newId(), newId()]
    submissions.insert({ ...common, id, number, state: 'done', acceptedAt: now(), endedAt: now(), createdAt: now() })
    evaluations.insertRun({
      id: runId,
      purpose: 'submission',
      submissionId: id,
      workVmId: of.workVmId,
      exerciseRevisionId: of.revision.id,
      engineVersion: '1',
      state: 'done',
      isCounted: true,
      createdAt: now(),
    })
    submissions.update(id, { points: addResults(repositories, of, runId, number), maxPoints, undecidedPoints: 0 })
    const criterionId = of.revision.definition.criteria[0]?.id ?? null
    if (number === 1)
      submissions.insertReview({
        id: newId(),
        submissionId: id,
        criterionId,
        verdict: 'pass',
        reason: 'Seen at the desk',
        reviewedBy: of.userId,
        createdAt: now(),
      })
  }
  if (!of.isOneOpen) return
  const id = newId()
  submissions.insert({ ...common, id, number: of.count + 1, state: 'evaluating', acceptedAt: now(), createdAt: now() })
  workVms.update(of.workVmId, { frozenFor: id })
}
