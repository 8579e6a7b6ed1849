import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { courseHead } from '../courses/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { readLab } from './lab-view.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import { powerVerbs } from './work-vms.service.ts'

/** Where the buttons of a lab lead back to: its owner's page, or the page of who looks after it. */
export function labPath(actor: Pick<Actor, 'id'>, workVm: Pick<WorkVmRow, 'id' | 'userId' | 'exerciseId' | 'purpose'>): string {
  const page = `/exercises/${workVm.exerciseId}`
  if (workVm.userId !== actor.id) return `/work-vms/${workVm.id}`
  return workVm.purpose === 'try' ? `${page}/try` : page
}

/** What is being checked can be followed where it is a submission; a proof or one check of a teacher has no page of its own. */
const submissionOf = ({ frozenFor }: WorkVmRow): string | null => (frozenFor === null || frozenFor.includes(':') ? null : frozenFor)

/** The buttons of a lab. */
export async function workVmsRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, exercises, courses, users, labWatch, idleLabs, clock } = services

  /** A student's lab, for staff; its owner is led to his own page. */
  routes.get('/work-vms/:id', { schema: { params: idParams }, config: { access: 'lab-owner' } }, async (request, reply) => {
    const actor = actorOf(request)
    const workVm = workVms.find(actor, request.params.id)
    if (workVm.userId === actor.id) return reply.redirect(labPath(actor, workVm), 303)
    const exercise = exercises.get(workVm.exerciseId)
    const course = courses.get(actor, exercise.courseId, 'assist')
    const { displayName, username } = users.get(workVm.userId)
    return reply.page('work-vms/show.njk', {
      exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
      timeZone: course.timeZone,
      student: { name: displayName, username },
      lab: readLab(services, workVm, labWatch.lastSeen(workVm), {
        isOpen: exercise.state !== 'archived',
        ...{ maySubmit: false, openSubmissionId: submissionOf(workVm), recorded: null, now: clock.now(), from: null },
      }),
    })
  })

  routes.post('/work-vms/:id/keep', { schema: { params: idParams }, config: { access: 'lab-owner' } }, async (request, reply) => {
    const actor = actorOf(request)
    const workVm = idleLabs.keep(actor, request.params.id)
    flashes.say(actor.session.id, 'done', 'labKept')
    return reply.redirect(labPath(actor, workVm), 303)
  })

  routes.post(
    '/work-vms/:id/:verb',
    { schema: { params: idParams.extend({ verb: z.enum(powerVerbs) }) }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { workVm, jobId } = workVms.power(actor, request.params.id, request.params.verb, request.ip)
      // the page shows the steps of a start by itself
      if (jobId !== null && request.params.verb !== 'start') flashes.say(actor.session.id, 'info', 'labAsked')
      return reply.redirect(labPath(actor, workVm), 303)
    },
  )

  /** Start where there is no VM yet: staff gets one for trying, a student has had his since he was enrolled. */
  routes.post('/exercises/:id/lab/start', { schema: { params: idParams }, config: { access: 'participant' } }, async (request, reply) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'see')
    const own = workVms.ensureOwn(actor, exercise.id, exercises.has(actor, exercise, 'assist') ? 'try' : 'student')
    const { workVm } = workVms.power(actor, own.id, 'start', request.ip)
    return reply.redirect(labPath(actor, workVm), 303)
  })
}
