import type { CourseRow } from '../courses/index.ts'
import { type ExerciseRow, type RevisionRow, renderStatement } from '../exercises/index.ts'
import type { LabView } from '../work-vms/work-vms.views.ts'
import { makeHeads } from './submission-heads.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'
import type { StudentExercisePage } from './submissions.views.ts'

export interface StudentExerciseParts {
  readonly exercise: ExerciseRow
  readonly revision: RevisionRow
  readonly course: CourseRow
  readonly lab: LabView
  /** Newest first. */
  readonly submissions: readonly SubmissionRow[]
  readonly criteriaOf: (submissionId: string) => readonly CountedCriterion[]
  readonly attemptsUsed: number
  readonly isTrial: boolean
}

/** True while the exercise takes submissions. */
export function isOpenNow({ rules, state }: Pick<ExerciseRow, 'rules' | 'state'>, now: string, isTrial: boolean): boolean {
  const hasBegun = rules.opensAt === null || now >= rules.opensAt
  const hasEnded = rules.closesAt !== null && now > rules.closesAt
  const isGiven = state === 'published' || (isTrial && state !== 'archived')
  return isGiven && hasBegun && !hasEnded
}

/** The exercise as a student works on it; hidden criteria are only counted. */
export function makeStudentExercise(parts: StudentExerciseParts): StudentExercisePage {
  const { exercise, revision, course, submissions } = parts
  const { criteria } = revision.definition
  const maxPoints = criteria.reduce((sum, criterion) => sum + criterion.points, 0)
  const checked = submissions.filter((submission) => submission.state === 'done')
  const [latest] = checked
  const verdictOf = new Map(latest ? parts.criteriaOf(latest.id).map(({ result, verdict }) => [result.criterionId, verdict]) : [])
  return {
    exercise: {
      id: exercise.id,
      title: exercise.title,
      course: { id: course.id, title: course.name, term: course.term },
      statementHtml: renderStatement(revision.statement),
      dueAt: exercise.rules.dueAt,
      maxPoints,
    },
    timeZone: course.timeZone,
    lab: parts.lab,
    criteria: criteria
      .filter((criterion) => criterion.visible)
      .map(({ id, title, points }) => ({ id, title, maxPoints: points, verdict: verdictOf.get(id) ?? null })),
    hiddenCriteria: criteria.filter((criterion) => !criterion.visible).length,
    attempts: { used: parts.attemptsUsed, limit: parts.isTrial ? null : exercise.rules.attempts },
    bestPoints: checked.length === 0 ? null : Math.max(...checked.map((submission) => submission.points ?? 0)),
    history: makeHeads(submissions, { dueAt: exercise.rules.dueAt, maxPoints, criteriaOf: parts.criteriaOf }),
    isTrial: parts.isTrial,
  }
}
