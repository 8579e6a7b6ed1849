import sse from '@fastify/sse'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { LiveEvent } from '../lib/events.ts'
import type { Services } from '../services.ts'
import { type Actor, actorOf } from './access.ts'

const heartbeatMs = 15_000
/** A session that runs out by itself tells nobody. */
const lookAroundMs = 30_000
/** Of one person at a time, a tab each: every stream is looked at with every event. */
const mostOfPerson = 30

/** The people named in an event, staff of its course that is there for one of them, administrators. */
function maySee({ courses }: Pick<Services, 'courses'>, actor: Actor, { audience }: LiveEvent): boolean {
  if (actor.role === 'admin' || audience.userIds.includes(actor.id)) return true
  const { courseId, userIds } = audience
  if (courseId === null || !courses.can(actor, courseId, 'assist')) return false
  return userIds.length === 0 || userIds.some(courses.studentsOf(actor, courseId))
}

/**
 * A stream opened by the cookie must come from a page of ours: browsers say so by Origin, or by Sec-Fetch-Site where they leave Origin
 * out (same-origin requests). A Bearer request needs neither.
 */
function requireOwnPage(request: FastifyRequest): void {
  if (!request.isByCookie) return
  if (!request.hasOwnOrigin && request.headers['sec-fetch-site'] !== 'same-origin') throw new AppError('ORIGIN_REFUSED')
}

/**
 * Live events of a signed-in page or program: one stream, resumed by `Last-Event-ID`. Who comes back too late gets `reset` and reads
 * everything again. The stream ends with the session: at once when it is revoked.
 */
export async function eventsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { events, auth, exams, accessEnded } = services
  await app.register(sse.default, { heartbeatInterval: heartbeatMs })

  /** Of every open stream: what ends it when its reader may not be here any more, and who he is. */
  const streams = new Map<() => void, string>()
  const recheck = (): void => {
    for (const look of [...streams.keys()]) look()
  }
  const countOf = (userId: string): number => [...streams.values()].filter((id) => id === userId).length
  const unsubscribeAll = accessEnded.subscribe(recheck)
  const timer = setInterval(recheck, lookAroundMs)
  timer.unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    unsubscribeAll()
  })

  app.get<{ Querystring: { lastEventId?: string } }>(
    '/events',
    { sse: { kind: 'only' }, config: { access: 'account' } },
    async (request, reply) => {
      const actor = actorOf(request)
      requireOwnPage(request)
      if (countOf(actor.id) >= mostOfPerson) throw new AppError('TOO_MANY_REQUESTS', { details: { seconds: 60 } })
      const send = (event: LiveEvent) => {
        if (!maySee(services, actor, event)) return
        reply.sse.send({ id: event.id, event: event.name, data: event.data }).catch((error: unknown) => {
          request.log.debug({ err: error }, 'an event could not be sent')
        })
      }
      // A page names its place in the address: an EventSource sends the header only when it reconnects by itself.
      const last = request.headers['last-event-id'] ?? request.query.lastEventId
      const missed = typeof last === 'string' ? events.since(last) : []
      // what began before an exam, or elsewhere, ends with it
      const mayListen = () => auth.isOpen(actor) && exams.refusalOf(actor, request.ip) === null
      const look = () => {
        if (!mayListen()) reply.sse.close()
      }
      streams.set(look, actor.id)
      const unsubscribe = events.subscribe((event) => {
        if (mayListen()) send(event)
        else reply.sse.close()
      })
      reply.sse.onClose(() => {
        streams.delete(look)
        unsubscribe()
      })
      reply.sse.keepAlive()
      await reply.sse.send(
        // with what was missed still to come, the place of the reader is where it was
        missed === null
          ? { id: events.lastId, event: 'reset', data: {} }
          : { id: missed[0] && last ? String(last) : events.lastId, event: 'hello', data: {} },
      )
      for (const event of missed ?? []) send(event)
    },
  )
}
