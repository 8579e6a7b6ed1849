import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { currentLocale } from '../strings/index.ts'

/** From a page of ours to GNS3's own web UI, at the host name of the lab. */
export async function openLabRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { workVms, labHosts, labVisits, labGuard } = services

  typedRoutes(app).get('/work-vms/:id/gns3', { schema: { params: idParams }, config: { access: 'lab-owner' } }, async (request, reply) => {
    const actor = actorOf(request)
    const workVm = workVms.find(actor, request.params.id)
    if (!labHosts.isOffered) throw new AppError('LAB_HOSTS_OFF')
    // staff says why first, on the page that asks for it
    if (labGuard.rightOf(actor, workVm.id) === null) return reply.redirect(`/work-vms/${workVm.id}/terminals`, 303)
    if (labGuard.targetOf(workVm.id) === null) throw new AppError('LAB_OFF')
    const ticket = labVisits.makeTicket({ actor, workVmId: workVm.id, locale: currentLocale() })
    return reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .redirect(`${labHosts.originOf(workVm.id, request.host)}/netpraxis/enter?ticket=${ticket}`, 303)
  })
}
