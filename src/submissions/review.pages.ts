import type { CourseRow } from '../courses/index.ts'
import { courseHead } from '../courses/index.ts'
import { explain } from '../evaluation/index.ts'
import type { ConfigurationReport, RunRow } from '../evaluations/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import type { ErrorView, FormView } from '../http/page-context.ts'
import type { StepView } from '../jobs/steps.views.ts'
import type { Translate } from '../strings/index.ts'
import type { BankComment } from './comment-bank.repository.ts'
import { integritySentences, sentenceValues } from './integrity-sentences.ts'
import type { ResultLine } from './results.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { ConfigurationView, CriterionView, ReviewPage, SubmissionHead } from './submissions.views.ts'
import { type WalkOrder, walkStep, walkText } from './walk.ts'

export interface ReviewPageParts {
  readonly exercise: ExerciseRow
  readonly course: CourseRow
  readonly submission: SubmissionRow
  readonly run: RunRow | undefined
  readonly student: ReviewPage['student']
  /** Newest first, this one among them. */
  readonly history: readonly SubmissionHead[]
  readonly criteria: readonly CriterionView[]
  readonly steps: readonly StepView[]
  readonly error: ErrorView | null
  readonly comment: string | null
  readonly configurations: readonly ConfigurationReport[]
  /** The class by name. */
  readonly lines: readonly Pick<ResultLine, 'userId' | 'submission' | 'criteria'>[]
  readonly order: WalkOrder
  readonly bank: readonly BankComment[]
  readonly stamp: string
  readonly form: FormView
  readonly formCriterionId: string | null
  readonly t: Translate
}

function configurationView(
  { device, kind, capturedAt, text, problem }: ConfigurationReport,
  run: RunRow | undefined,
  t: Translate,
): ConfigurationView {
  const missing = run?.missing.find((one) => one.device === device && one.kind === kind)
  const data = Object.fromEntries(Object.entries(sentenceValues(missing?.data ?? {})).map(([key, value]) => [key, String(value)]))
  const why = problem === null ? null : explain({ device, reason: { code: problem, data }, expected: null }, t).why
  return { device, kind, capturedAt, text, problem: why }
}

function stagesOf({ submission, run, t }: ReviewPageParts): ReviewPage['stages'] {
  const named: readonly (readonly [string, string | null | undefined])[] = [
    ['accepted', submission.acceptedAt],
    ['started', run?.createdAt],
    ['ended', run?.endedAt],
    ['evaluated', submission.endedAt],
  ]
  return named.flatMap(([name, at]) => (at ? [{ label: t(`pages.review.stageNames.${name}`), at }] : []))
}

/** The students before and after in the matrix who have a result, too. */
function neighboursOf({ lines, submission, order }: ReviewPageParts): Pick<ReviewPage, 'previousHref' | 'nextHref'> {
  const place = lines.findIndex((line) => line.userId === submission.userId)
  const href = (line: ReviewPageParts['lines'][number] | undefined) =>
    line?.submission ? `/submissions/${line.submission.id}${walkText(order)}` : null
  if (place === -1) return { previousHref: null, nextHref: null }
  const hasResult = (line: ReviewPageParts['lines'][number]) => line.submission !== null
  return { previousHref: href(lines.slice(0, place).findLast(hasResult)), nextHref: href(lines.slice(place + 1).find(hasResult)) }
}

/** `/submissions/:id` as staff of the course reads it. */
export function reviewPage(parts: ReviewPageParts): ReviewPage {
  const { exercise, course, run, t } = parts
  const submission = parts.history.find((head) => head.id === parts.submission.id)
  if (!submission) throw new Error('the submission is not in the history of its student')
  return {
    exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
    timeZone: course.timeZone,
    submission,
    criteria: parts.criteria,
    steps: parts.steps,
    error: parts.error,
    comment: parts.comment,
    student: parts.student,
    configurations: parts.configurations.map((report) => configurationView(report, run, t)),
    integrity: integritySentences(run, t),
    engineVersion: run?.engineVersion ?? '–',
    stages: stagesOf(parts),
    history: parts.history,
    ...neighboursOf(parts),
    walk: Object.fromEntries(
      parts.criteria.map(({ id }) => [id, walkStep(parts.lines, { userId: parts.submission.userId, criterionId: id, order: parts.order })]),
    ),
    order: parts.order,
    bank: parts.bank.map(({ id, text }) => ({ id, text })),
    stamp: parts.stamp,
    form: parts.form,
    formCriterionId: parts.formCriterionId,
  }
}
