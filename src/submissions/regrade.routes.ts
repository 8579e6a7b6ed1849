import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { courseHead } from '../courses/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { createOnce } from '../lib/once.ts'
import type { Services } from '../services.ts'

const regradeBody = z.object({ stamp: z.string().max(100) })

/** Grading submissions anew by the exercise as it is now: first what would change, then the change. */
export async function regradeRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { regrades, exercises, courses, users } = services
  const once = createOnce<number>()

  routes.get('/exercises/:id/regrade', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'teach')
    const course = courses.get(actor, exercise.courseId, 'teach')
    const { revision, looked, lines, stamp } = await regrades.preview(actor, exercise.id)
    const changedIds = new Set(lines.flatMap(({ changed }) => changed.map(({ id }) => id)))
    const titles = new Map(lines.flatMap(({ changed }) => changed.map(({ id, title }) => [id, title] as const)))
    return reply.page('submissions/regrade.njk', {
      exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
      timeZone: course.timeZone,
      revision: revision.number,
      looked,
      columns: [...changedIds].map((id) => ({ id, title: titles.get(id) ?? id })),
      rows: lines.map(({ submission, changed, pointsBefore, pointsAfter }) => ({
        submissionId: submission.id,
        number: submission.number,
        name: users.get(submission.userId).displayName,
        pointsBefore,
        pointsAfter,
        cells: [...changedIds].map((id) => changed.find((one) => one.id === id) ?? null),
      })),
      stamp,
    })
  })

  routes.post(
    '/exercises/:id/regrade',
    { schema: { params: idParams, body: regradeBody }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id } = request.params
      // pressed twice it is one regrade
      const count = await once(`${actor.id} ${id} ${request.body.stamp}`, () => regrades.apply(actor, id, request.body.stamp))
      flashes.say(actor.session.id, 'done', 'regraded', { count })
      return reply.redirect(`/exercises/${id}/results`, 303)
    },
  )
}

/** The same for programs: GET says what would change and its stamp, POST applies that. */
export async function regradeApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const tags = ['submissions']

  routes.get('/exercises/:id/regrade', { schema: { tags, params: idParams }, config: { access: 'course-teacher' } }, async (request) => {
    const { revision, looked, lines, stamp } = await services.regrades.preview(actorOf(request), request.params.id)
    const items = lines.map(({ submission, ...line }) => ({ submissionId: submission.id, userId: submission.userId, ...line }))
    return { revision: revision.number, looked, stamp, items }
  })

  routes.post(
    '/exercises/:id/regrade',
    { schema: { tags, params: idParams, body: regradeBody }, config: { access: 'course-teacher' } },
    async (request) => ({ changed: await services.regrades.apply(actorOf(request), request.params.id, request.body.stamp) }),
  )
}
