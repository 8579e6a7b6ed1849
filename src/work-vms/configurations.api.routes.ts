import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { readHistory } from './configuration-history.ts'

const tags = ['work-vms']
const device = z.string().min(1).max(255)
const entryParams = idParams.extend({ entryId: idParams.shape.id })

/** Devices of a lab and what ran on them, for programs. */
export async function configurationsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { workVms, labDevices } = services
  const accepted = (reply: FastifyReply, jobId: string) => reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ jobId })

  /** The states of one device that were kept, newest first. */
  routes.get(
    '/work-vms/:id/configurations',
    { schema: { tags, params: idParams, querystring: z.object({ device }) }, config: { access: 'lab-owner' } },
    async (request) => {
      const workVm = workVms.find(actorOf(request), request.params.id)
      const items = await readHistory(services, workVm, request.query.device)
      return { items: items.map(({ id, at, keptFor, running, saved }) => ({ id, at, keptFor, running, saved })), next: null }
    },
  )

  routes.post(
    '/work-vms/:id/configurations/:entryId/restore',
    { schema: { tags, params: entryParams }, config: { access: 'lab-owner' } },
    async (request, reply) => accepted(reply, labDevices.restore(actorOf(request), request.params.id, request.params.entryId)),
  )

  routes.post(
    '/work-vms/:id/devices/:verb',
    {
      schema: { tags, params: idParams.extend({ verb: z.enum(['restart', 'free-console']) }), body: z.object({ device }) },
      config: { access: 'lab-owner' },
    },
    async (request, reply) => {
      const verb = request.params.verb === 'restart' ? labDevices.restart : labDevices.freeConsole
      return accepted(reply, verb(actorOf(request), request.params.id, request.body.device))
    },
  )
}
