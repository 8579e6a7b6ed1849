import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { verdicts } from '../evaluation/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { createOnce } from '../lib/once.ts'
import { schemaProblems } from '../lib/schema-problems.ts'
import type { Services } from '../services.ts'
import type { AskingNow } from './asking.ts'
import type { BankComment } from './comment-bank.repository.ts'
import { readCriterionViews } from './criterion-views.ts'
import { listResults } from './results.ts'
import { reviewPage } from './review.pages.ts'
import { makeHeads } from './submission-heads.ts'
import { readSubmissionFault, readSubmissionSteps } from './submission-progress.ts'
import { reportConfigurations } from './submission-report.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { Review } from './submissions.service.ts'
import { type WalkOrder, walkQuery, walkText } from './walk.ts'

export interface ReviewRequest {
  readonly submission: SubmissionRow
  readonly exercise: ExerciseRow
  readonly asking: Pick<AskingNow, 'of'>
}

const decision = z.object({
  criterionId: z.string().min(1).max(64),
  verdict: z.enum(verdicts, 'choose'),
  /** Empty: what the verdict is worth. */
  points: z
    .string()
    .trim()
    .regex(/^(\d+([.,]\d+)?)?$/, 'number')
    .transform((text) => (text === '' ? null : Number(text.replace(',', '.')))),
  reason: z.string().trim().min(1, 'reason').max(5_000, 'tooLong'),
  stamp: z.string().max(200).default(''),
})
const commentText = z.string().trim().min(1, 'required').max(5_000, 'tooLong')
const remark = z.object({
  /** Absent: about the whole. */
  criterionId: decision.shape.criterionId.optional(),
  comment: commentText,
  /** One of the bank, put before what was typed. */
  bank: z.string().max(64).default(''),
  /** Keep what was typed in the bank. */
  keep: z.enum(['yes', 'no']).default('no'),
  stamp: z.string().max(200).default(''),
})

/** Changes with every decision and with every new evaluation: what a page was made from. */
function stampOf(services: Pick<Services, 'submissions'>, submission: SubmissionRow): string {
  const last = services.submissions.listReviews(submission.id).at(-1)
  return `${services.submissions.runOf(submission)?.id ?? ''}.${last?.review.id ?? ''}`
}

async function readPage(
  services: Services,
  { submission, exercise, asking, reader }: ReviewRequest & { readonly reader: Actor },
  refused: { form: FormView; criterionId: string | null; order: WalkOrder },
) {
  const { submissions, exercises, courses, users } = services
  const course = courses.find(exercise.courseId)
  if (!course) throw new AppError('SUBMISSION_NOT_FOUND')
  const { definition } = exercises.getRevision(submission.exerciseRevisionId)
  const all = submissions.listOf(exercise.id, submission.userId)
  const counted = submissions.criteriaOfMany(all.filter((one) => one.state === 'done'))
  const user = users.get(submission.userId)
  const remarks = submissions.listReviews(submission.id).filter(({ review }) => review.criterionId === null)
  return reviewPage({
    exercise,
    course,
    submission,
    run: submissions.runOf(submission),
    student: {
      id: user.id,
      name: user.displayName,
      username: user.username,
      group: courses.findMember(course.id, user.id)?.groupName ?? null,
    },
    history: makeHeads(all, {
      dueAt: exercises.rulesFor(exercise, submission.userId).dueAt,
      isWithheld: false,
      maxPoints: definition.criteria.reduce((sum, criterion) => sum + criterion.points, 0),
      criteriaOf: (id) => counted.get(id) ?? [],
    }),
    criteria: await readCriterionViews(services, submission, { forStaff: true, asking: asking.of(submission.id) }),
    steps: readSubmissionSteps(services, submission),
    error: readSubmissionFault(services, submission),
    comment: remarks.at(-1)?.review.reason ?? null,
    configurations: await reportConfigurations(services, submission),
    lines: listResults(services, exercise.id, exercises.studentsOf(reader, exercise)),
    order: refused.order,
    bank: services.commentBank.list(exercise.id),
    stamp: stampOf(services, submission),
    form: refused.form,
    formCriterionId: refused.criterionId,
    t: services.translate,
  })
}

/** `/submissions/:id` for staff of the course. */
export const showReview = async (services: Services, request: FastifyRequest, reply: FastifyReply, found: ReviewRequest): Promise<string> =>
  reply.page(
    'submissions/review.njk',
    await readPage(
      services,
      { ...found, reader: actorOf(request) },
      { form: emptyForm, criterionId: null, ...walkQuery.parse(request.query) },
    ),
  )

/** Decisions and comments of staff. */
export async function reviewRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { submissions, commentBank, translate } = services
  const once = createOnce<void>()
  const notAsking = { of: () => new Map<string, string>() }

  const showAgain = async (request: FastifyRequest, reply: FastifyReply, problem: Parameters<typeof refusedForm>[1]) => {
    const reader = actorOf(request)
    const { submission, exercise } = submissions.find(reader, idParams.parse(request.params).id)
    const criterionId = readFields(request.body).criterionId ?? null
    const form = refusedForm(request.body, problem, translate)
    return reply.page(
      'submissions/review.njk',
      await readPage(
        services,
        { submission, exercise, asking: notAsking, reader },
        { form, criterionId, ...walkQuery.parse(request.query) },
      ),
    )
  }

  const backTo = (id: string, order: WalkOrder, criterionId: string | undefined) =>
    `/submissions/${id}${walkText(order)}${criterionId === undefined ? '' : `#criterion-${criterionId}`}`

  routes.post(
    '/submissions/:id/review',
    { schema: { params: idParams, querystring: walkQuery }, config: { access: 'course-staff', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { submission, exercise } = submissions.findAsStaff(actor, request.params.id)
      const body = readBody(request.body, commentBank.list(exercise.id))
      // pressed twice it is one decision; somebody else's in between is seen first
      await once(`${actor.id} ${submission.id} ${JSON.stringify(body)}`, async () => {
        if (body.stamp !== stampOf(services, submission)) throw new AppError('STALE_PAGE')
        submissions.review(actor, submission.id, reviewOf(body))
        if ('comment' in body && body.keep === 'yes') commentBank.add(actor, submission.id, body.comment)
      })
      flashes.say(actor.session.id, 'done', 'comment' in body ? 'commented' : 'reviewed')
      return reply.redirect(backTo(submission.id, request.query.order, body.criterionId), 303)
    },
  )

  routes.post(
    '/submissions/:id/comments',
    {
      schema: { params: idParams, querystring: walkQuery, body: z.object({ text: commentText }) },
      config: { access: 'course-staff', formView: showAgain },
    },
    async (request, reply) => {
      commentBank.add(actorOf(request), request.params.id, request.body.text)
      flashes.say(actorOf(request).session.id, 'done', 'commentKept')
      return reply.redirect(backTo(request.params.id, request.query.order, undefined), 303)
    },
  )

  routes.post(
    '/submissions/:id/comments/:commentId/remove',
    { schema: { params: idParams.extend({ commentId: idParams.shape.id }), querystring: walkQuery }, config: { access: 'course-staff' } },
    async (request, reply) => {
      commentBank.remove(actorOf(request), request.params.id, request.params.commentId)
      return reply.redirect(backTo(request.params.id, request.query.order, undefined), 303)
    },
  )
}

type ReviewBody = z.infer<typeof decision> | z.infer<typeof remark>

const reviewOf = (body: ReviewBody): Review =>
  'comment' in body
    ? { criterionId: body.criterionId ?? null, verdict: null, points: null, reason: body.comment }
    : { criterionId: body.criterionId, verdict: body.verdict, points: body.points, reason: body.reason }

/**
 * The form that was sent; a comment of the bank, chosen without scripts, stands before what was typed.
 * @throws AppError VALIDATION_FAILED with the problems of the form that was sent, not of both
 */
function readBody(raw: unknown, bank: readonly BankComment[]): ReviewBody {
  const fields = readFields(raw)
  const chosen = bank.find(({ id }) => id === fields.bank)?.text
  const comment = chosen === undefined ? fields.comment : `${chosen}\n${fields.comment ?? ''}`
  const parsed =
    fields.verdict === undefined
      ? remark.safeParse({ ...fields, comment }, { reportInput: true })
      : decision.safeParse(fields, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new AppError('VALIDATION_FAILED', {
    fields: schemaProblems(parsed.error.issues).map(({ path, problem }) => ({ field: path.join('.'), problem })),
  })
}
