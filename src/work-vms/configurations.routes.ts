import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { hasConsole } from '../evaluation/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { previewRestore, readHistory } from './configuration-history.ts'
import { mayOfDevices, readDeviceOutcome } from './device-outcome.ts'
import { isRestorable } from './lab-devices.ts'
import { labPath } from './work-vms.routes.ts'

const deviceQuery = z.object({ device: z.string().max(255).optional() })
export const deviceBody = z.object({ device: z.string().min(1).max(255) })
const entryParams = idParams.extend({ entryId: idParams.shape.id })

/** What ran on the devices of a lab before what would have lost it, and what may be done with one device. */
export async function configurationsRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, exercises, courses, users, labDevices } = services

  routes.get(
    '/work-vms/:id/configurations',
    { schema: { params: idParams, querystring: deviceQuery }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const workVm = workVms.find(actor, request.params.id)
      const exercise = exercises.get(workVm.exerciseId)
      const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
      const names = Object.entries(definition.devices).flatMap(([name, { platform }]) => (hasConsole(platform) ? [name] : []))
      const device = names.find((name) => name === request.query.device) ?? names[0] ?? null
      const platform = device === null ? undefined : definition.devices[device]?.platform
      const history = device === null ? [] : await readHistory(services, workVm, device)
      const course = courses.find(exercise.courseId)
      return reply.page('work-vms/configurations.njk', {
        exercise: { id: exercise.id, title: exercise.title, labHref: labPath(actor, workVm) },
        timeZone: course?.timeZone ?? services.config.TIME_ZONE,
        workVmId: workVm.id,
        student: workVm.userId === actor.id ? null : users.get(workVm.userId).displayName,
        devices: names,
        device,
        isRestorable: isRestorable(platform),
        mayRestore: mayOfDevices(services, actor, workVm),
        outcome: readDeviceOutcome(services, workVm),
        entries: history.map((entry) => ({ ...entry, preview: previewRestore(platform, history[0]?.running, entry.running) })),
      })
    },
  )

  routes.post(
    '/work-vms/:id/configurations/:entryId/restore',
    { schema: { params: entryParams }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id, entryId } = request.params
      labDevices.restore(actor, id, entryId)
      flashes.say(actor.session.id, 'info', 'deviceRestoring')
      return reply.redirect(labPath(actor, workVms.get(id)), 303)
    },
  )

  routes.post(
    '/work-vms/:id/devices/restart',
    { schema: { params: idParams, body: deviceBody }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      labDevices.restart(actor, request.params.id, request.body.device)
      return reply.redirect(labPath(actor, workVms.get(request.params.id)), 303)
    },
  )

  routes.post(
    '/work-vms/:id/devices/free-console',
    { schema: { params: idParams, body: deviceBody }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const actor = actorOf(request)
      labDevices.freeConsole(actor, request.params.id, request.body.device)
      return reply.redirect(labPath(actor, workVms.get(request.params.id)), 303)
    },
  )
}
