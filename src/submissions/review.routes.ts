import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { verdicts } from '../evaluation/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { createOnce } from '../lib/once.ts'
import { schemaProblems } from '../lib/schema-problems.ts'
import type { Services } from '../services.ts'
import type { AskingNow } from './asking.ts'
import { readCriterionViews } from './criterion-views.ts'
import { listResults } from './results.ts'
import { reviewPage } from './review.pages.ts'
import { makeHeads } from './submission-heads.ts'
import { readSubmissionFault, readSubmissionSteps } from './submission-progress.ts'
import { reportConfigurations } from './submission-report.ts'
import type { SubmissionRow } from './submissions.repository.ts'

export interface ReviewRequest {
  readonly submission: SubmissionRow
  readonly exercise: ExerciseRow
  readonly asking: Pick<AskingNow, 'of'>
}

const decision = z.object({
  criterionId: z.string().min(1).max(64),
  verdict: z.enum(verdicts, 'choose'),
  points: z
    .string()
    .trim()
    .regex(/^\d+([.,]\d+)?$/, 'number')
    .transform((text) => Number(text.replace(',', '.'))),
  reason: z.string().trim().min(1, 'reason').max(5_000, 'tooLong'),
  stamp: z.string().max(200).default(''),
})
const remark = z.object({ comment: z.string().trim().min(1, 'required').max(5_000, 'tooLong'), stamp: z.string().max(200).default('') })
const reviewBody = z.union([decision, remark])

/** Changes with every decision and with every new evaluation: what a page was made from. */
function stampOf(services: Pick<Services, 'submissions'>, submission: SubmissionRow): string {
  const last = services.submissions.listReviews(submission.id).at(-1)
  return `${services.submissions.runOf(submission)?.id ?? ''}.${last?.review.id ?? ''}`
}

async function readPage(
  services: Services,
  { submission, exercise, asking }: ReviewRequest,
  refused: { form: FormView; criterionId: string | null },
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
    lines: listResults(services, exercise.id),
    stamp: stampOf(services, submission),
    form: refused.form,
    formCriterionId: refused.criterionId,
    t: services.translate,
  })
}

/** `/submissions/:id` for staff of the course. */
export const showReview = async (
  services: Services,
  _request: FastifyRequest,
  reply: FastifyReply,
  found: ReviewRequest,
): Promise<string> => reply.page('submissions/review.njk', await readPage(services, found, { form: emptyForm, criterionId: null }))

/** Decisions and comments of staff. */
export async function reviewRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { submissions, translate } = services
  const once = createOnce<void>()
  const notAsking = { of: () => new Map<string, string>() }

  const showAgain = async (request: FastifyRequest, reply: FastifyReply, problem: Parameters<typeof refusedForm>[1]) => {
    const { submission, exercise } = submissions.find(actorOf(request), idParams.parse(request.params).id)
    const criterionId = readFields(request.body).criterionId ?? null
    const form = refusedForm(request.body, problem, translate)
    return reply.page(
      'submissions/review.njk',
      await readPage(services, { submission, exercise, asking: notAsking }, { form, criterionId }),
    )
  }

  routes.post(
    '/submissions/:id/review',
    { schema: { params: idParams }, config: { access: 'course-staff', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { submission, isStaff } = submissions.find(actor, request.params.id)
      if (!isStaff) throw new AppError('FORBIDDEN')
      const body = readBody(request.body)
      const isDecision = 'criterionId' in body
      // pressed twice it is one decision; somebody else's in between is seen first
      await once(`${actor.id} ${submission.id} ${JSON.stringify(body)}`, async () => {
        if (body.stamp !== stampOf(services, submission)) throw new AppError('STALE_PAGE')
        const { criterionId, verdict, points, reason } = isDecision
          ? body
          : { criterionId: null, verdict: null, points: null, reason: body.comment }
        submissions.review(actor, submission.id, { criterionId, verdict, points, reason })
      })
      flashes.say(actor.session.id, 'done', isDecision ? 'reviewed' : 'commented')
      return reply.redirect(`/submissions/${submission.id}${isDecision ? `#criterion-${body.criterionId}` : ''}`, 303)
    },
  )
}

/** @throws AppError VALIDATION_FAILED with the problems of the form that was sent, not of both */
function readBody(raw: unknown): z.infer<typeof reviewBody> {
  const fields = readFields(raw)
  const parsed =
    fields.criterionId === undefined ? remark.safeParse(fields, { reportInput: true }) : decision.safeParse(fields, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new AppError('VALIDATION_FAILED', {
    fields: schemaProblems(parsed.error.issues).map(({ path, problem }) => ({ field: path.join('.'), problem })),
  })
}
