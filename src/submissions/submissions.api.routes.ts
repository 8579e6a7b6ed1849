import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Actor, actorOf } from '../http/access.ts'
import { errorJson, idParams, listQuery, paginate } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { proofLabels } from './prove-exercise.job.ts'
import { listResults, resultsCsv, resultsJson, resultsJunit } from './results.ts'
import { reportConfigurations, reportSubmission } from './submission-report.ts'
import type { SubmissionRow } from './submissions.repository.ts'

const tags = ['submissions']
const reviewBody = z.object({
  criterionId: z.string().nullable().default(null),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'skipped']).nullable().default(null),
  points: z.number().min(0).nullable().default(null),
  reason: z.string().trim().min(1).max(5_000),
})

export const submissionJson = (submission: SubmissionRow, translate: Services['translate']) => ({
  id: submission.id,
  workVmId: submission.workVmId,
  exerciseId: submission.exerciseId,
  userId: submission.userId,
  number: submission.number,
  state: submission.state,
  acceptedAt: submission.acceptedAt,
  endedAt: submission.endedAt,
  attemptUsed: submission.attemptUsed,
  points: submission.points,
  maxPoints: submission.maxPoints,
  undecidedPoints: submission.undecidedPoints,
  ...errorJson(submission.errorCode, null, translate),
})

export async function submissionsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { submissions, workVms, exercises, proofs, translate } = services

  const full = async (actor: Actor, id: string) => {
    const { submission, isStaff, isWithheld } = submissions.find(actor, id)
    const isTold = submission.state !== 'queued' && !isWithheld
    const criteria = isTold ? await reportSubmission(services, submission, { isStaff, withEvidence: true }) : []
    return { ...submissionJson(submission, translate), isWithheld, criteria }
  }

  routes.get(
    '/work-vms/:id/submissions',
    { schema: { tags, params: idParams, querystring: listQuery }, config: { access: 'lab-owner' } },
    async (request) => {
      const actor = actorOf(request)
      const workVm = workVms.find(actor, request.params.id)
      const items = submissions.listByWorkVm(workVm.id).map(({ id }) => {
        const { submission, isWithheld } = submissions.find(actor, id)
        return { ...submissionJson(submission, translate), isWithheld, criteria: [] }
      })
      return paginate(items, request.query)
    },
  )

  routes.post(
    '/work-vms/:id/submissions',
    { schema: { tags, params: idParams }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const { submission, jobId } = await submissions.submit(actorOf(request), request.params.id)
      return reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ id: submission.id, jobId })
    },
  )

  /** What the caller may still spend, and until when. */
  routes.get('/exercises/:id/attempts', { schema: { tags, params: idParams }, config: { access: 'participant' } }, async (request) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'see')
    const { opensAt, dueAt, closesAt } = exercises.rulesFor(exercise, actor.id)
    return { phase: exercises.phaseFor(exercise, actor.id), opensAt, dueAt, closesAt, ...submissions.attemptsOf(exercise, actor.id) }
  })

  routes.get('/submissions/:id', { schema: { tags, params: idParams }, config: { access: 'submission-reader' } }, async (request) =>
    full(actorOf(request), request.params.id),
  )

  routes.get(
    '/submissions/:id/evidence',
    { schema: { tags, params: idParams }, config: { access: 'submission-reader' } },
    async (request) => {
      const { submission, isStaff, isWithheld } = submissions.find(actorOf(request), request.params.id)
      const criteria = isWithheld ? [] : await reportSubmission(services, submission, { isStaff, withEvidence: true })
      return {
        items: criteria.flatMap((criterion) => criterion.evidence.map((observation) => ({ criterionId: criterion.id, ...observation }))),
      }
    },
  )

  routes.get(
    '/submissions/:id/configurations',
    { schema: { tags, params: idParams }, config: { access: 'submission-reader' } },
    async (request) => {
      const { submission } = submissions.find(actorOf(request), request.params.id)
      return { items: await reportConfigurations(services, submission) }
    },
  )

  routes.post(
    '/submissions/:id/review',
    { schema: { tags, params: idParams, body: reviewBody }, config: { access: 'course-staff' } },
    async (request) => {
      const actor = actorOf(request)
      submissions.review(actor, request.params.id, request.body)
      return full(actor, request.params.id)
    },
  )

  routes.post(
    '/exercises/:id/prove',
    {
      schema: { tags, params: idParams, body: z.object({ scenario: z.enum(proofLabels).default('solution') }).nullish() },
      config: { access: 'course-teacher' },
    },
    async (request, reply) => {
      const jobId = proofs.prove(actorOf(request), request.params.id, request.body?.scenario ?? 'solution')
      return reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ jobId })
    },
  )

  const results = (actor: Actor, id: string) => {
    const exercise = exercises.find(actor, id, 'assist')
    return {
      exercise,
      lines: listResults(services, exercise.id, exercises.studentsOf(actor, exercise)),
      ids: exercises.revisionOf(exercise).definition.criteria.map((criterion) => criterion.id),
    }
  }

  routes.get('/exercises/:id/results', { schema: { tags, params: idParams }, config: { access: 'course-staff' } }, async (request) =>
    resultsJson(results(actorOf(request), request.params.id).lines),
  )

  routes.get('/exercises/:id/results.json', { schema: { tags, params: idParams }, config: { access: 'course-staff' } }, async (request) =>
    resultsJson(results(actorOf(request), request.params.id).lines),
  )

  routes.get(
    '/exercises/:id/results.csv',
    { schema: { tags, params: idParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const { lines, ids } = results(actorOf(request), request.params.id)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="results.csv"')
        .send(resultsCsv(lines, ids))
    },
  )

  routes.get(
    '/exercises/:id/results.xml',
    { schema: { tags, params: idParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const { exercise, lines } = results(actorOf(request), request.params.id)
      return reply.type('application/xml; charset=utf-8').send(resultsJunit(exercise.title, lines))
    },
  )
}
