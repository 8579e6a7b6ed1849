import type { CourseRow } from '../courses/index.ts'
import {
  type AttemptsLeft,
  areResultsWithheld,
  type ExerciseRow,
  type ExerciseRules,
  isGiven,
  type Phase,
  phaseAt,
  type RevisionRow,
  renderStatement,
} from '../exercises/index.ts'
import type { LabView } from '../work-vms/work-vms.views.ts'
import { makeHeads } from './submission-heads.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'
import type { StudentExercisePage, TimesView } from './submissions.views.ts'

export interface StudentExerciseParts {
  readonly exercise: ExerciseRow
  readonly revision: RevisionRow
  readonly course: CourseRow
  readonly lab: LabView
  /** Newest first. */
  readonly submissions: readonly SubmissionRow[]
  readonly criteriaOf: (submissionId: string) => readonly CountedCriterion[]
  readonly integrityOf: (submission: SubmissionRow) => readonly string[]
  /** The rules as they are for this student. */
  readonly rules: ExerciseRules
  readonly attempts: AttemptsLeft
  readonly now: string
  readonly isTrial: boolean
  /** Submissions are stopped for the class. */
  readonly isPaused: boolean
  readonly help: StudentExercisePage['help']
}

/** True while the exercise takes submissions; whoever tries it out needs no opening time. */
export const isOpenNow = (exercise: Pick<ExerciseRow, 'state' | 'publishedAt'>, phase: Phase, isTrial: boolean): boolean =>
  isTrial ? exercise.state !== 'archived' : isGiven(exercise) && phase === 'open'

const untilMs = (time: string | null, now: string): number | null =>
  time === null || time < now ? null : Date.parse(time) - Date.parse(now)

function timesOf({ rules, exercise, attempts, now }: StudentExerciseParts, phase: Phase): TimesView {
  const { opensAt, dueAt, closesAt, refillMinutes } = rules
  return {
    phase,
    opensAt,
    dueAt,
    closesAt,
    untilMs: untilMs(phase === 'before' ? opensAt : closesAt, now),
    untilAttemptMs: untilMs(attempts.nextAt, now),
    hasExtraTime: dueAt !== exercise.rules.dueAt || closesAt !== exercise.rules.closesAt,
    refillMinutes: rules.attempts === null ? null : refillMinutes,
  }
}

/** The exercise as a student works on it; hidden criteria are only counted, and before it opens nothing is told. */
export function makeStudentExercise(parts: StudentExerciseParts): StudentExercisePage {
  const { exercise, revision, course, submissions, isTrial } = parts
  const phase = isTrial ? 'open' : phaseAt(parts.rules, parts.now)
  const isTold = phase !== 'before'
  const isWithheld = !isTrial && areResultsWithheld(exercise.rules)
  const { criteria } = revision.definition
  const maxPoints = criteria.reduce((sum, criterion) => sum + criterion.points, 0)
  const checked = isWithheld ? [] : submissions.filter((submission) => submission.state === 'done')
  const [latest] = checked
  const verdictOf = new Map(latest ? parts.criteriaOf(latest.id).map(({ result, verdict }) => [result.criterionId, verdict]) : [])
  return {
    exercise: {
      id: exercise.id,
      title: exercise.title,
      course: { id: course.id, title: course.name, term: course.term },
      statementHtml: isTold ? renderStatement(revision.statement) : '',
      maxPoints,
    },
    timeZone: course.timeZone,
    times: timesOf(parts, phase),
    isWithheld,
    lab: parts.lab,
    criteria: criteria
      .filter((criterion) => criterion.visible && isTold)
      .map(({ id, title, points }) => ({ id, title, maxPoints: points, verdict: verdictOf.get(id) ?? null })),
    hiddenCriteria: isTold ? criteria.filter((criterion) => !criterion.visible).length : 0,
    attempts: isTrial ? { used: parts.attempts.used, limit: null, left: null, nextAt: null } : parts.attempts,
    bestPoints: checked.length === 0 ? null : Math.max(...checked.map((submission) => submission.points ?? 0)),
    integrity: latest ? parts.integrityOf(latest) : [],
    history: makeHeads(submissions, { dueAt: parts.rules.dueAt, isWithheld, maxPoints, criteriaOf: parts.criteriaOf }),
    isTrial,
    isPaused: parts.isPaused,
    help: parts.help,
  }
}
