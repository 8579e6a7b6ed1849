import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import type { WorkVmRow } from '../work-vms/index.ts'
import { serveScreen } from './screen-socket.ts'
import './screens.views.ts'

const socketParams = idParams.extend({ device: z.string().min(1).max(200) })
const reasonForm = z.object({ reason: z.string().trim().min(3, 'reason').max(500, 'tooLong') })

/** Graphical consoles: the sockets of a device's screen and of a work VM's, and the page of the latter with the reason it asks for. */
export async function screensRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, exercises, users, screens, watchGrants, consoleGrants, openLines, translate } = services
  const teachers = { access: 'course-teacher' } as const

  /** Before the upgrade: a page of ours, whose lab it is, and of staff the reason. */
  async function requireDevice(request: FastifyRequest): Promise<void> {
    if (!request.hasOwnOrigin) throw new AppError('ORIGIN_REFUSED')
    const actor = actorOf(request)
    const workVm = workVms.find(actor, socketParams.parse(request.params).id)
    if (workVm.userId !== actor.id && watchGrants.find(actor, workVm.id) === null) throw new AppError('TERMINAL_REASON_NEEDED')
  }
  async function requireMachine(request: FastifyRequest): Promise<void> {
    if (!request.hasOwnOrigin) throw new AppError('ORIGIN_REFUSED')
    const workVm = screens.findMachine(actorOf(request), idParams.parse(request.params).id)
    if (consoleGrants.find(actorOf(request), workVm.id) === null) throw new AppError('SCREEN_REASON_NEEDED')
  }

  app.get(
    '/work-vms/:id/devices/:device/screen',
    { websocket: true, preHandler: requireDevice, config: { access: 'lab-owner' }, schema: { hide: true } },
    (socket, request) => {
      const { id, device } = socketParams.parse(request.params)
      serveScreen(services, socket, request, (page) => screens.watchDevice(actorOf(request), id, device, page))
    },
  )
  app.get(
    '/work-vms/:id/console/screen',
    { websocket: true, preHandler: requireMachine, config: teachers, schema: { hide: true } },
    (socket, request) => {
      const { id } = idParams.parse(request.params)
      serveScreen(services, socket, request, (page) => screens.watchMachine(actorOf(request), id, page))
    },
  )

  const machineOf = ({ id, exerciseId, userId, vmid }: WorkVmRow) => {
    const exercise = exercises.get(exerciseId)
    return { labId: id, name: users.get(userId).displayName, vmid, exercise: { id: exercise.id, title: exercise.title } }
  }
  const askReason = (request: FastifyRequest, reply: FastifyReply, form: FormView) =>
    reply.page('screens/ask.njk', { ...machineOf(screens.findMachine(actorOf(request), idParams.parse(request.params).id)), form })

  routes.get('/work-vms/:id/console', { schema: { params: idParams }, config: teachers }, async (request, reply) => {
    const workVm = screens.findMachine(actorOf(request), request.params.id)
    const grant = consoleGrants.find(actorOf(request), workVm.id)
    if (!grant) return askReason(request, reply, emptyForm)
    return reply.page('screens/machine.njk', { ...machineOf(workVm), reason: grant.reason })
  })

  const showAgain = (request: FastifyRequest, reply: FastifyReply, problem: Parameters<typeof refusedForm>[1]) =>
    askReason(request, reply, refusedForm(request.body, problem, translate))

  routes.post(
    '/work-vms/:id/console',
    { schema: { params: idParams, body: reasonForm }, config: { ...teachers, formView: showAgain } },
    async (request, reply) => {
      const workVm = screens.findMachine(actorOf(request), request.params.id)
      consoleGrants.grant(actorOf(request), workVm, request.body.reason, request.ip)
      return reply.redirect(`/work-vms/${workVm.id}/console`, 303)
    },
  )

  routes.post('/work-vms/:id/console/end', { schema: { params: idParams }, config: teachers }, async (request, reply) => {
    const workVm = screens.findMachine(actorOf(request), request.params.id)
    consoleGrants.end(actorOf(request), workVm.id)
    openLines.recheck()
    return reply.redirect(`/exercises/${workVm.exerciseId}/enrollments`, 303)
  })
}
