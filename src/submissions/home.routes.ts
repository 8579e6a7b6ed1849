import type { FastifyInstance } from 'fastify'
import { attemptsAt } from '../exercises/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { isoNow } from '../lib/clock.ts'
import type { Services } from '../services.ts'
import { labStateOf, queuePositionOf } from '../work-vms/index.ts'
import { makeCard, makeHome } from './home.pages.ts'
import { usesAttempt } from './submissions.repository.ts'

/** The start page: a student's exercises; everybody else works in courses. */
export async function homeRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { exercises, courses, workVms, submissions, clock } = services

  function cardsOf(actor: Actor) {
    const own = submissions.listOfUser(actor.id)
    const now = isoNow(clock)
    return exercises.listForStudent(actor.id).map((exercise) => {
      const workVm = workVms.findOwn(actor, exercise.id)
      const rules = exercises.rulesFor(exercise, actor.id)
      const ofThis = own.filter((submission) => submission.exerciseId === exercise.id)
      const { definition } = exercises.revisionOf(exercise)
      return makeCard(
        {
          exercise,
          course: courses.find(exercise.courseId) ?? { name: '', timeZone: services.config.TIME_ZONE },
          labState: labStateOf(services, workVm),
          queuePosition: queuePositionOf(services, workVm),
          maxPoints: definition.criteria.reduce((sum, criterion) => sum + criterion.points, 0),
          rules,
          attempts: attemptsAt(
            rules,
            ofThis.filter(usesAttempt).map((submission) => submission.acceptedAt),
            now,
          ),
          submissions: ofThis,
        },
        now,
      )
    })
  }

  typedRoutes(app).get('/', { config: { access: 'account' } }, async (request, reply) => {
    const actor = actorOf(request)
    if (actor.role !== 'student') return reply.redirect('/courses', 303)
    return reply.page('enrollments/home.njk', makeHome(actor.displayName, cardsOf(actor)))
  })
}
