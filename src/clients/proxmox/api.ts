import type { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { Limiter, Outcome, Priority } from '../../lib/limiter.ts'
import { answerError, answerList } from './answer.ts'
import type { Authenticator } from './auth.ts'
import { ticketHeaders } from './behalf.ts'
import { apiBudget } from './budgets.ts'
import { buildRequest, type EndpointName, type Params, type PathValues } from './endpoints.ts'
import { classOf, faultOf } from './fault.ts'
import { backOffMs, readRepeats } from './policy.ts'
import type { Log, UserTicket } from './types.ts'
import type { Wire } from './wire.ts'

export interface Call {
  readonly path?: PathValues
  readonly params?: Params
  readonly priority?: Priority
  readonly signal?: AbortSignal | undefined
  /** Sent under this ticket instead of the service account's credentials. */
  readonly ticket?: UserTicket | undefined
  /** How often a read is repeated at most; 0 where each try is dear (guest agent). */
  readonly repeats?: number
}

export type Api = ReturnType<typeof createApi>

/** An answer later than this says that the workers are busy. */
const slowMs = 15_000
/** How long the answer to a write is waited for once nobody wants it any more. */
const graceMs = 10_000

/**
 * Typed calls: every request passes its API budget, carries credentials, and its answer is parsed. Reads are repeated after what may
 * pass; writes never here, since only their verb can look whether they were done.
 */
export function createApi(parts: {
  authenticator: Authenticator
  wire: Wire
  limiter: Limiter
  clock: Clock
  log: Log
  random: () => number
}) {
  const { authenticator, wire, limiter, clock, log, random } = parts
  let skewS = 0

  async function attempt<Schema extends z.ZodType>(name: EndpointName, schema: Schema, call: Call) {
    const built = buildRequest(name, call.path ?? {}, call.params ?? {})
    const lease = await limiter.acquire(apiBudget(built.method), { priority: call.priority ?? 'interactive', signal: call.signal })
    const startedAt = clock.now()
    let outcome: Outcome = 'neutral'
    const sent = built.method === 'GET' ? { signal: call.signal, end: () => undefined } : awaitingAnswer(clock, call.signal)
    try {
      const answer = await (call.ticket
        ? wire.send(built, ticketHeaders(call.ticket), sent.signal)
        : authenticator.send(built, sent.signal))
      if (answer.skewS !== undefined) skewS = answer.skewS
      if (answer.status !== 200) throw answerError(answer)
      const found = answerList(answer, schema)
      outcome = clock.now() - startedAt > slowMs ? 'slow' : 'ok'
      return found
    } catch (error) {
      if (faultOf(error)?.classified.pressure === 'api') outcome = 'overloaded'
      throw error
    } finally {
      sent.end()
      lease.release(outcome)
      log.debug({ call: name, path: built.path, tookMs: clock.now() - startedAt, outcome }, 'proxmox call')
    }
  }

  async function list<Schema extends z.ZodType>(name: EndpointName, schema: Schema, call: Call = {}) {
    for (let repeat = 1; ; repeat += 1) {
      try {
        return await attempt(name, schema, call)
      } catch (error) {
        call.signal?.throwIfAborted()
        const kind = classOf(error)
        const allowed = kind === undefined || isShape(error) ? 0 : (readRepeats[kind] ?? 0)
        if (repeat > Math.min(allowed, call.repeats ?? Number.POSITIVE_INFINITY)) throw error
        await clock.sleep(backOffMs(repeat, random) / 2, call.signal)
      }
    }
  }

  return {
    /** A read, repeated after what may pass. */
    read: async <Schema extends z.ZodType>(name: EndpointName, schema: Schema, call: Call = {}): Promise<z.output<Schema>> =>
      (await list(name, schema, call)).data,
    /** As `read`, with the list's `total`. */
    list,
    /** One write, sent once. */
    write: async <Schema extends z.ZodType>(name: EndpointName, schema: Schema, call: Call): Promise<z.output<Schema>> =>
      (await attempt(name, schema, call)).data,
    /** Proxmox's own time in epoch seconds, as far as its last answer told. */
    serverNowS: (): number => Math.floor(clock.now() / 1000) + skewS,
  }
}

/**
 * For a write that is sent: who gives it up waits for its answer a little longer, since only that names what it has begun. Cut off at once,
 * a clone would begin after everybody had looked and found nothing to undo.
 */
function awaitingAnswer(clock: Clock, given: AbortSignal | undefined) {
  const cut = new AbortController()
  const answered = new AbortController()
  const begin = (): void => {
    clock.sleep(graceMs, answered.signal).then(
      () => cut.abort(given?.reason),
      () => undefined,
    )
  }
  given?.addEventListener('abort', begin, { once: true })
  return {
    signal: cut.signal,
    end: (): void => {
      given?.removeEventListener('abort', begin)
      answered.abort()
    },
  }
}

const isShape = (error: unknown): boolean => faultOf(error)?.seen.where === 'shape'
