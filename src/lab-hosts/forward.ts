import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Gns3, PassedRequest } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import { type Permission, permit } from '../lab-guard/index.ts'
import type { Services } from '../services.ts'
import type { Gns3Clients } from './gns3-clients.ts'
import { type LabCall, labCallOf, requireOwnOrigin } from './lab-call.ts'
import { readJson, relay } from './relay.ts'

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly gns3: Gns3
  readonly signal: AbortSignal
}

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

type Change = Permission & { kind: 'write' }

const nothingChanges = (body: unknown): boolean => Object.keys(z.record(z.string(), z.unknown()).parse(body)).length === 0

/**
 * Carries a write out. The web UI of 3.x saves each node as it is whenever it draws it: what changes nothing is answered as it stands,
 * also to those who may change nothing.
 */
async function change(services: Services, asked: Asked, call: LabCall, { path, rule }: Change): Promise<FastifyReply> {
  const { request, reply, gns3, signal } = asked
  const current = rule.readsCurrent ? await readJson(await gns3.pass({ method: 'GET', path, signal })) : undefined
  const body = rule.bodyOf(request.body ?? {}, current)
  if (current !== undefined && body !== null && nothingChanges(body)) return reply.send(current)
  // the lab may have been submitted while we asked
  requireWork(services, call)
  if (body === null) throw new AppError('GNS3_NOT_ALLOWED')
  services.idleLabs.note(call.visit.workVmId)
  const sent: PassedRequest['body'] = { type: 'application/json', content: Buffer.from(JSON.stringify(body)) }
  return relay(reply, 'json', await gns3.pass({ method: request.method === 'PUT' ? 'PUT' : 'POST', path, body: sent, signal }))
}

/** A request to GNS3's API at a lab's host name, from the allow-list to the answer. */
export async function forward({ services, clients }: ForwardParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = labCallOf(services, request)
  const permission = permissionOf(services, request, call, false)
  if (permission.kind === 'write') {
    requireOwnOrigin(services, request)
    if (!permission.rule.readsCurrent) requireWork(services, call)
  }
  const gns3 = await clients.use(call.target)
  const signal = whileWanted(reply)
  switch (permission.kind) {
    case 'read':
      return relay(reply, permission.answer, await gns3.pass({ method: 'GET', path: permission.path, signal }))
    case 'projects':
      return reply.send([await readJson(await gns3.pass({ method: 'GET', path: permission.path, signal }))])
    case 'write':
      return change(services, { request, reply, gns3, signal }, call, permission)
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
