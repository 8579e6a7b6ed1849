import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import './vms.views.ts'

const page = '/admin/reconcile'
const vmidParams = z.object({ vmid: z.coerce.number().int().min(100).max(999_999_999) })
/** A look that is quick is waited for, so that the page shows its result at once. */
const patienceMs = 2_000

/** What Proxmox has and our rows do not, and the other way round; for administrators. */
export async function reconcileRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { reconciler, audit, config, clock, log } = services
  const access = { config: { access: 'admin' } } as const

  routes.get(page, access, (_request, reply) => {
    const { last, isBusy, fault } = reconciler.state()
    return reply.page('vms/reconcile.njk', {
      lookedAt: last?.lookedAt ?? null,
      isLooking: isBusy,
      fault: fault === null ? null : services.translate(`errors.${fault.code}`, { requestId: '', ...fault.details }),
      unread: last?.unread ?? [],
      findings: last?.findings ?? [],
      range: { from: config.PROXMOX_VMID_MIN, to: config.PROXMOX_VMID_MAX },
    })
  })

  for (const verb of ['look', 'mend'] as const) {
    routes.post(`${page}/${verb}`, access, async (request, reply) => {
      if (verb === 'mend')
        audit.record({ actorId: actorOf(request).id, action: 'proxmox.reconcile', objectType: 'installation', objectId: '' })
      const done = reconciler.inBackground(verb)
      const late = new AbortController()
      await Promise.race([done, clock.sleep(patienceMs, late.signal).catch(() => log.debug({}, 'the look was quicker'))])
      late.abort()
      return reply.redirect(page, 303)
    })
  }

  for (const [verb, run] of [
    ['adopt', reconciler.adopt],
    ['remove', reconciler.removeOwnerless],
  ] as const) {
    routes.post(`${page}/:vmid/${verb}`, { schema: { params: vmidParams }, ...access }, async (request, reply) => {
      const actor = actorOf(request)
      const { vmid } = request.params
      await run(vmid, AbortSignal.timeout(verb === 'adopt' ? 30_000 : 300_000))
      audit.record({ actorId: actor.id, action: `proxmox.${verb}`, objectType: 'vm', objectId: String(vmid) })
      flashes.say(actor.session.id, 'done', verb === 'adopt' ? 'vmAdopted' : 'vmRemoved')
      return reply.redirect(page, 303)
    })
  }
}
