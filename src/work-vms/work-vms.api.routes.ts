import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { errorJson, idParams, listQuery, paginate } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import { powerVerbs } from './work-vms.service.ts'

const tags = ['work-vms']

/** A lab as programs see it; where it runs is for staff. */
export function workVmJson(services: Pick<Services, 'exercises' | 'translate' | 'workVms'>, actor: Actor, workVm: WorkVmRow) {
  const isStaff = services.exercises.has(actor, services.exercises.get(workVm.exerciseId), 'assist')
  return {
    id: workVm.id,
    exerciseId: workVm.exerciseId,
    userId: workVm.userId,
    purpose: workVm.purpose,
    state: workVm.state,
    isFrozen: workVm.frozenFor !== null,
    createdAt: workVm.createdAt,
    readyAt: workVm.readyAt,
    jobId: services.workVms.liveJob(workVm)?.id ?? null,
    ...(isStaff ? { vmid: workVm.vmid, node: workVm.pveNode } : {}),
    ...errorJson(workVm.errorCode, workVm.errorDetails, services.translate),
  }
}

export async function workVmsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, exercises, classLabs } = services

  routes.get('/exercises/:id/work-vm', { schema: { tags, params: idParams }, config: { access: 'participant' } }, async (request) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'see')
    const workVm = workVms.findOwn(actor, exercise.id, 'student') ?? workVms.findOwn(actor, exercise.id, 'try')
    if (!workVm) throw new AppError('WORK_VM_NOT_FOUND')
    return workVmJson(services, actor, workVm)
  })

  /** The teacher's own lab, "try as a student"; made when there is none. */
  routes.post(
    '/exercises/:id/work-vm',
    { schema: { tags, params: idParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const workVm = workVms.ensureOwn(actor, request.params.id, 'try')
      return reply.status(202).send(workVmJson(services, actor, workVm))
    },
  )

  routes.get(
    '/exercises/:id/work-vms',
    { schema: { tags, params: idParams, querystring: listQuery }, config: { access: 'course-staff' } },
    async (request) => {
      const actor = actorOf(request)
      const exercise = exercises.find(actor, request.params.id, 'assist')
      const scope = exercises.studentsOf(actor, exercise)
      const labs = workVms.listByExercise(exercise.id).filter(({ userId }) => scope(userId))
      return paginate(
        labs.map((workVm) => workVmJson(services, actor, workVm)),
        request.query,
      )
    },
  )

  /** All labs of the class at once: those that failed, those that are missing, or no more of them. */
  routes.post(
    '/exercises/:id/work-vms/:verb',
    { schema: { tags, params: idParams.extend({ verb: z.enum(['retry', 'make', 'cancel']) }) }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const { id, verb } = request.params
      const actor = actorOf(request)
      if (verb === 'cancel') return reply.status(202).send({ cancelled: classLabs.cancel(actor, id) })
      return reply.status(202).send({ jobIds: classLabs.make(actor, id, verb === 'retry' ? 'failed' : 'missing') })
    },
  )

  routes.get('/work-vms/:id', { schema: { tags, params: idParams }, config: { access: 'lab-owner' } }, async (request) => {
    const actor = actorOf(request)
    return workVmJson(services, actor, workVms.find(actor, request.params.id))
  })

  routes.post(
    '/work-vms/:id/:verb',
    { schema: { tags, params: idParams.extend({ verb: z.enum(powerVerbs) }) }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const { jobId } = workVms.power(actorOf(request), request.params.id, request.params.verb, request.ip)
      if (jobId === null) return { jobId }
      return reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ jobId })
    },
  )

  /** Two hours more before an idle lab is put to sleep. */
  routes.post('/work-vms/:id/keep', { schema: { tags, params: idParams }, config: { access: 'lab-owner' } }, async (request) => {
    const { hibernatesAt } = services.idleLabs.keep(actorOf(request), request.params.id)
    return { hibernatesAt }
  })

  routes.get('/work-vms/:id/topology', { schema: { tags, params: idParams }, config: { access: 'lab-owner' } }, async (request) => {
    const actor = actorOf(request)
    const workVm = workVms.find(actor, request.params.id)
    const exercise = exercises.get(workVm.exerciseId)
    // what the lab is made of tells a student what there is to do
    if (!exercises.has(actor, exercise, 'assist') && exercises.phaseFor(exercise, actor.id) === 'before')
      exercises.requireOpenFor(exercise, actor.id)
    return services.labWatch.read(workVm)
  })
}
