import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { periodNames } from '../vms/index.ts'
import { createNodesReader } from './nodes.pages.ts'
import './nodes.views.ts'

const page = '/admin/nodes'
const periodQuery = z.object({ period: z.enum(periodNames).catch('day') })
const moveForm = z.object({ target: z.string().min(1).max(63) })
const vmidParams = z.object({ vmid: z.coerce.number().int().min(100).max(999_999_999) })
const patienceMs = 10_000

/** The nodes, what they carry, where VMs were put and why, and moving them; for administrators. */
export async function nodesRoutes(app: FastifyInstance, { services, flashes }: { services: Services; flashes: FlashStore }): Promise<void> {
  const routes = typedRoutes(app)
  const { moves, ledger } = services
  const reader = createNodesReader(services)
  const access = { config: { access: 'admin' } } as const

  routes.get(page, { schema: { querystring: periodQuery }, ...access }, async (request, reply) =>
    reply.page('work-vms/nodes.njk', await reader.readNodes(request.query.period)),
  )

  routes.get(`${page}/vms/:vmid`, { schema: { params: vmidParams, querystring: periodQuery }, ...access }, async (request, reply) => {
    const { vmid } = request.params
    if (ledger.find(vmid) === undefined) return reply.callNotFound()
    return reply.page('work-vms/vm-load.njk', reader.readVm(vmid, request.query.period))
  })

  routes.post(`${page}/labs/:id/move`, { schema: { params: idParams, body: moveForm }, ...access }, async (request, reply) => {
    const actor = actorOf(request)
    const { target } = request.body
    await moves.request(actor, request.params.id, target, AbortSignal.timeout(patienceMs))
    flashes.say(actor.session.id, 'done', 'labMoves', { node: target })
    return reply.redirect(page, 303)
  })
}
