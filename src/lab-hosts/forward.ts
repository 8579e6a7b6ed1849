import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Gns3, PassedRequest } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import { type Permission, permit } from '../lab-guard/index.ts'
import type { Services } from '../services.ts'
import type { Gns3Clients } from './gns3-clients.ts'
import { type LabCall, labCallOf, requireOwnOrigin } from './lab-call.ts'
import { readJson, relay } from './relay.ts'

export interface ForwardParts {
  readonly services: Services
  readonly clients: Gns3Clients
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/'

/** What the allow-list says of a request. @throws AppError GNS3_NOT_ALLOWED, GNS3_CABLING_GIVEN */
export function permissionOf(
  { labGuard }: Pick<Services, 'labGuard'>,
  request: FastifyRequest,
  { target }: LabCall,
  isSocket: boolean,
): Exclude<Permission, { kind: 'refused' }> {
  const lab = { projectId: target.projectId, isFree: labGuard.isFree(target) }
  const permission = permit({ method: request.method, path: pathOf(request), isSocket }, lab)
  if (permission.kind === 'refused') throw new AppError(permission.why === 'fixed' ? 'GNS3_CABLING_GIVEN' : 'GNS3_NOT_ALLOWED')
  return permission
}

/** @throws AppError LAB_LOOKING_ON, LAB_FROZEN */
function requireWork({ labGuard }: Pick<Services, 'labGuard'>, { right, visit }: LabCall): void {
  if (right !== 'work') throw new AppError('LAB_LOOKING_ON')
  if (labGuard.isFrozen(visit.workVmId)) throw new AppError('LAB_FROZEN')
}

/** Ends when the browser has gone. */
function whileWanted(reply: FastifyReply): AbortSignal {
  const end = new AbortController()
  reply.raw.once('close', () => end.abort(new Error('the browser has gone')))
  return end.signal
}

async function bodyOf(gns3: Gns3, request: FastifyRequest, permission: Permission & { kind: 'write' }): Promise<PassedRequest['body']> {
  const { path, rule } = permission
  const current = rule.readsCurrent ? await readJson(await gns3.pass({ method: 'GET', path })) : undefined
  const body = rule.bodyOf(request.body ?? {}, current)
  if (body === null) throw new AppError('GNS3_NOT_ALLOWED')
  return { type: 'application/json', content: Buffer.from(JSON.stringify(body)) }
}

/** A request to GNS3's API at a lab's host name, from the allow-list to the answer. */
export async function forward({ services, clients }: ForwardParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = labCallOf(services, request)
  const permission = permissionOf(services, request, call, false)
  if (permission.kind === 'write') {
    requireOwnOrigin(services, request)
    requireWork(services, call)
  }
  const gns3 = await clients.use(call.target)
  const signal = whileWanted(reply)
  switch (permission.kind) {
    case 'read':
      return relay(reply, permission.answer, await gns3.pass({ method: 'GET', path: permission.path, signal }))
    case 'projects':
      return reply.send([await readJson(await gns3.pass({ method: 'GET', path: permission.path, signal }))])
    case 'write': {
      const body = await bodyOf(gns3, request, permission)
      // the lab may have been submitted while we asked
      requireWork(services, call)
      services.idleLabs.note(call.visit.workVmId)
      return relay(
        reply,
        'json',
        await gns3.pass({ method: request.method === 'PUT' ? 'PUT' : 'POST', path: permission.path, body, signal }),
      )
    }
    case 'events':
      return followEvents(services, call, reply, await gns3.pass({ method: 'GET', path: permission.path, isStream: true, signal }))
    default:
      throw new AppError('GNS3_NOT_ALLOWED')
  }
}

/** A stream of notifications: ends with the lab and the session. */
function followEvents(services: Services, call: LabCall, reply: FastifyReply, answer: Awaited<ReturnType<Gns3['pass']>>): FastifyReply {
  const { visit, right, target } = call
  const stay = { actor: visit.actor, workVmId: visit.workVmId, startedAs: target.startedAs, right }
  const done = services.openLines.add({
    ...stay,
    whyOver: () => services.labGuard.whyOver(stay),
    close: () => answer.body.destroy(),
  })
  answer.body.once('close', done)
  return relay(reply, 'json', answer)
}
