import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { drawLab, listDevices } from '../work-vms/index.ts'
import { serveTerminal } from './terminal-socket.ts'
import './terminals.views.ts'

const socketParams = idParams.extend({ device: z.string().min(1).max(200) })
const deviceQuery = z.object({ device: z.string().max(200).default('') })
const watchForm = z.object({
  reason: z.string().trim().min(3, 'reason').max(500, 'tooLong'),
  device: z.string().max(200).default(''),
  open: z.enum(['gns3', '']).default(''),
})

const pageOf = (labId: string, device: string) =>
  `/work-vms/${labId}/terminals${device === '' ? '' : `?device=${encodeURIComponent(device)}`}`

/** Terminals in the page: the socket of one, the page of all of a lab, and the reason of staff that looks on. */
export async function terminalsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, exercises, labWatch, users, watchGrants, translate } = services

  /** Before the upgrade: a page of ours, whose lab it is, and of staff the reason. */
  async function requireSeat(request: FastifyRequest): Promise<void> {
    if (!request.hasOwnOrigin) throw new AppError('ORIGIN_REFUSED')
    const actor = actorOf(request)
    const workVm = workVms.find(actor, socketParams.parse(request.params).id)
    if (workVm.userId !== actor.id && watchGrants.find(actor, workVm.id) === null) throw new AppError('TERMINAL_REASON_NEEDED')
  }

  app.get(
    '/work-vms/:id/devices/:device/terminal',
    { websocket: true, preHandler: requireSeat, config: { access: 'lab-owner' }, schema: { hide: true } },
    (socket, request) => {
      const { id, device } = socketParams.parse(request.params)
      serveTerminal(services, socket, request, { workVmId: id, device })
    },
  )

  const askReason = (request: FastifyRequest, reply: FastifyReply, form: FormView) => {
    const workVm = workVms.find(actorOf(request), idParams.parse(request.params).id)
    const { id, title } = exercises.get(workVm.exerciseId)
    return reply.page('terminals/ask.njk', {
      labId: workVm.id,
      device: form.values.device ?? deviceQuery.parse(request.query).device,
      name: users.get(workVm.userId).displayName,
      exercise: { id, title },
      form,
    })
  }

  routes.get(
    '/work-vms/:id/terminals',
    { schema: { params: idParams, querystring: deviceQuery }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const workVm = workVms.find(actor, request.params.id)
      const isOwner = workVm.userId === actor.id
      const grant = watchGrants.find(actor, workVm.id)
      if (!isOwner && !grant) return askReason(request, reply, emptyForm)
      const exercise = exercises.get(workVm.exerciseId)
      const topology = labWatch.lastSeen(workVm)
      const devices = workVm.state === 'ready' ? listDevices(topology) : []
      const ownPage = `/exercises/${exercise.id}${workVm.purpose === 'try' ? '/try' : ''}`
      return reply.page('terminals/show.njk', {
        labId: workVm.id,
        exercise: { id: exercise.id, title: exercise.title },
        backHref: isOwner ? ownPage : `/exercises/${exercise.id}/enrollments`,
        device: devices.find(({ name }) => name === request.query.device) ?? null,
        devices,
        topology: drawLab(topology),
        hasGns3Ui: workVm.state === 'ready' && services.labHosts.isOffered,
        watch: isOwner || !grant ? null : { name: users.get(workVm.userId).displayName, reason: grant.reason },
      })
    },
  )

  const showAgain = (request: FastifyRequest, reply: FastifyReply, problem: Parameters<typeof refusedForm>[1]) =>
    askReason(request, reply, refusedForm(request.body, problem, translate))

  routes.post(
    '/work-vms/:id/watch',
    { schema: { params: idParams, body: watchForm }, config: { access: 'course-staff', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const workVm = workVms.find(actor, request.params.id)
      if (workVm.userId !== actor.id) watchGrants.grant(actor, workVm, request.body.reason, request.ip)
      return reply.redirect(pageOf(workVm.id, request.body.device), 303)
    },
  )

  routes.post('/work-vms/:id/watch/end', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) => {
    const actor = actorOf(request)
    const workVm = workVms.find(actor, request.params.id)
    watchGrants.end(actor, workVm.id)
    services.terminals.recheck()
    services.openLines.recheck()
    return reply.redirect(`/exercises/${workVm.exerciseId}/enrollments`, 303)
  })
}
