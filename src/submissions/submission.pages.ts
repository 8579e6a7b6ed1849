import type { CourseRow } from '../courses/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import type { ErrorView } from '../http/page-context.ts'
import type { StepView } from '../jobs/steps.views.ts'
import type { CriterionView, SubmissionHead, SubmissionPage } from './submissions.views.ts'

export interface SubmissionPageParts {
  readonly exercise: ExerciseRow
  readonly course: CourseRow
  /** Newest first, this one among them. */
  readonly history: readonly SubmissionHead[]
  readonly submissionId: string
  readonly criteria: readonly CriterionView[]
  readonly hiddenCriteria: number
  readonly isWithheld: boolean
  readonly steps: readonly StepView[]
  readonly error: ErrorView | null
  readonly integrity: readonly string[]
  readonly comment: string | null
  readonly labHref: string
}

/** A submission as its student reads it. */
export function makeSubmissionPage(parts: SubmissionPageParts): SubmissionPage {
  const { exercise, course, history } = parts
  const submission = history.find((head) => head.id === parts.submissionId)
  if (!submission) throw new Error('the submission is not in the history of its student')
  return {
    exercise: { id: exercise.id, title: exercise.title, course: { id: course.id, title: course.name, term: course.term } },
    timeZone: course.timeZone,
    submission,
    criteria: parts.criteria,
    hiddenCriteria: parts.isWithheld ? 0 : parts.hiddenCriteria,
    isWithheld: parts.isWithheld,
    // the log is for administrators
    steps: parts.steps.map((step) => ({ ...step, log: [] })),
    error: parts.error,
    integrity: parts.isWithheld ? [] : parts.integrity,
    comment: parts.comment,
    labHref: parts.labHref,
    history,
  }
}
