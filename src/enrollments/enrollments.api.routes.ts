import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import { idParams, listQuery, paginate } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'

const tags = ['enrollments']
/** The raw list, or names. */
const listBody = z.union([z.instanceof(Buffer), z.object({ usernames: z.array(z.string()).min(1).max(5_000) })])
const dryRun = z.object({ dryRun: z.enum(['0', '1', 'true', 'false']).default('0') })

const toList = (body: z.infer<typeof listBody>): string | Uint8Array =>
  Buffer.isBuffer(body) ? body : ['username', ...body.usernames].join('\n')

export async function enrollmentsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { enrollments, exercises, workVms } = services
  app.addContentTypeParser(['text/csv', 'text/plain'], { parseAs: 'buffer', bodyLimit: 4_194_304 }, (_request, body, done) =>
    done(null, body),
  )
  const routes = typedRoutes(app)

  routes.get(
    '/exercises/:id/enrollments',
    { schema: { tags, params: idParams, querystring: listQuery }, config: { access: 'course-staff' } },
    async (request) => {
      const actor = actorOf(request)
      const exercise = exercises.find(actor, request.params.id, 'assist')
      const items = enrollments.listActive(exercise.id, exercises.studentsOf(actor, exercise)).map(({ enrollment, user, groupName }) => {
        const workVm = workVms.findLive(exercise.id, user.id, 'student')
        return {
          id: enrollment.id,
          userId: user.id,
          username: user.username,
          name: user.displayName,
          group: groupName,
          workVmId: workVm?.id ?? null,
          workVmState: workVm?.state ?? null,
          createdAt: enrollment.createdAt,
        }
      })
      return paginate(items, request.query)
    },
  )

  routes.post(
    '/exercises/:id/enrollments',
    {
      schema: { tags, params: idParams, body: listBody, querystring: dryRun, consumes: ['text/csv', 'application/json'] },
      config: { access: 'course-teacher' },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const list = toList(request.body)
      if (request.query.dryRun === '1' || request.query.dryRun === 'true') {
        const lines = await enrollments.dryRun(actor, request.params.id, list)
        return {
          lines: lines.map(({ line, username, outcome, message }) => ({
            line,
            username,
            outcome,
            ...(message === null ? {} : { message }),
          })),
        }
      }
      const result = await enrollments.enroll(actor, request.params.id, list)
      return reply.status(202).send({
        created: result.created,
        unchanged: result.unchanged,
        rejected: result.rejected.map(({ line, username, outcome, message }) => ({
          line,
          username,
          outcome,
          ...(message === null ? {} : { message }),
        })),
        jobIds: result.jobIds,
        oneTimePasswords: result.oneTimePasswords,
      })
    },
  )

  /** Out of the bin, and enrolled again. */
  routes.post(
    '/work-vms/:id/undelete',
    { schema: { tags: ['work-vms'], params: idParams }, config: { access: 'course-teacher' } },
    async (request) => {
      const { id, state } = enrollments.undelete(actorOf(request), request.params.id)
      return { id, state, jobId: null }
    },
  )

  routes.delete(
    '/exercises/:id/enrollments/:userId',
    { schema: { tags, params: idParams.extend({ userId: z.string() }) }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      enrollments.unenroll(actorOf(request), request.params.id, request.params.userId)
      return reply.status(204).send()
    },
  )
}
