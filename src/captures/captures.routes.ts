import { createReadStream } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { labPath } from '../work-vms/index.ts'

const linkParams = idParams.extend({ link: z.string().min(1).max(100) })
const fileParams = idParams.extend({ capture: z.string().min(1).max(100) })

/** Captures on the cables of a lab. */
export async function capturesRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { captures, workVms } = services
  const backTo = (request: Parameters<typeof actorOf>[0], id: string) => {
    const actor = actorOf(request)
    return `${labPath(actor, workVms.find(actor, id))}#cables`
  }

  routes.post(
    '/work-vms/:id/links/:link/capture',
    { schema: { params: linkParams }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const { id, link } = request.params
      await captures.start(actorOf(request), id, link)
      flashes.say(actorOf(request).session.id, 'done', 'captureStarted')
      return reply.redirect(backTo(request, id), 303)
    },
  )

  routes.post(
    '/work-vms/:id/links/:link/capture/stop',
    { schema: { params: linkParams }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const { id, link } = request.params
      await captures.stop(actorOf(request), id, link)
      return reply.redirect(backTo(request, id), 303)
    },
  )

  routes.get(
    '/work-vms/:id/captures/:capture',
    { schema: { params: fileParams }, config: { access: 'lab-owner' } },
    async (request, reply) => {
      const { id, capture } = request.params
      const file = captures.fileOf(actorOf(request), id, capture)
      return reply
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .type('application/vnd.tcpdump.pcap')
        .send(createReadStream(file.path))
    },
  )
}
