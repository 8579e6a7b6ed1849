import type { Verdict } from '../evaluation/index.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'
import type { SubmissionHead, VerdictCounts } from './submissions.views.ts'

export function countVerdicts(criteria: readonly { readonly verdict: Verdict }[]): VerdictCounts {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0, skipped: 0 }
  for (const { verdict } of criteria) counts[verdict] += 1
  return counts
}

export const noVerdicts: VerdictCounts = countVerdicts([])
const endStates: readonly SubmissionRow['state'][] = ['done', 'failed', 'cancelled']

export interface HeadFacts {
  readonly dueAt: string | null
  /** The reader may not know yet what came of them. */
  readonly isWithheld: boolean
  /** Points of the whole exercise, for submissions that are not checked yet. */
  readonly maxPoints: number
  readonly criteriaOf: (submissionId: string) => readonly CountedCriterion[]
}

/**
 * Submissions of one student in one exercise as lists and heads of pages show them.
 * @param submissions newest first
 */
export function makeHeads(submissions: readonly SubmissionRow[], facts: HeadFacts): SubmissionHead[] {
  return submissions.map((submission, index) => {
    const before = submissions.slice(index + 1).find((one) => one.state === 'done')
    const isDone = submission.state === 'done' && !facts.isWithheld
    return {
      id: submission.id,
      number: submission.number,
      state: submission.state,
      submittedAt: submission.acceptedAt,
      endedAt: submission.endedAt,
      points: isDone ? submission.points : null,
      maxPoints: submission.maxPoints ?? facts.maxPoints,
      undecidedPoints: isDone ? (submission.undecidedPoints ?? 0) : 0,
      counts: isDone ? countVerdicts(facts.criteriaOf(submission.id)) : noVerdicts,
      pointsChange: isDone && before ? (submission.points ?? 0) - (before.points ?? 0) : null,
      isLate: facts.dueAt !== null && submission.acceptedAt > facts.dueAt,
      isWithheld: facts.isWithheld && submission.state === 'done',
      isGivenBack: !submission.attemptUsed && endStates.includes(submission.state),
    }
  })
}
