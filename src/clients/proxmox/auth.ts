import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'
import { answerData, answerError } from './answer.ts'
import { type BuiltRequest, buildRequest } from './endpoints.ts'
import { isClass } from './fault.ts'
import { ticketAnswer } from './schemas.ts'
import type { ProxmoxAuth } from './types.ts'
import type { ServedAnswer, Wire } from './wire.ts'

/** Tickets live two hours; the web interface renews every 15 minutes, we when half is gone. */
const renewAfterMs = 60 * 60_000
const lifetimeMs = 115 * 60_000

interface Ticket {
  readonly value: string
  readonly csrf: string
  readonly issuedAt: number
}

export type Authenticator = ReturnType<typeof createAuthenticator>

/**
 * Credentials for each request. A token needs nothing; a ticket is fetched once for all callers, renewed early with itself as the
 * password, and once more when the server refuses it.
 */
export function createAuthenticator({ auth, wire, clock }: { auth: ProxmoxAuth; wire: Wire; clock: Clock }) {
  let ticket: Ticket | undefined
  let pending: Promise<Ticket> | undefined

  async function signIn(password: string): Promise<Ticket> {
    if (auth.kind !== 'password') throw new AppError('INTERNAL', { details: { reason: 'a token needs no ticket' } })
    const built = buildRequest('ticket', {}, { username: auth.username, password })
    const answer = await wire.send(built, {})
    if (answer.status !== 200) throw answerError(answer)
    const data = answerData(answer, ticketAnswer)
    if (data.NeedTFA || data.ticket.startsWith('PVE:!tfa!')) {
      throw new AppError('PROXMOX_AUTH', {
        details: { reason: say('details.proxmox.secondFactor', { username: auth.username }) },
      })
    }
    return { value: data.ticket, csrf: data.CSRFPreventionToken, issuedAt: clock.now() }
  }

  async function renewed(): Promise<Ticket> {
    if (auth.kind !== 'password') throw new AppError('INTERNAL', { details: { reason: 'a token needs no ticket' } })
    const old = ticket
    if (old === undefined || clock.now() - old.issuedAt > lifetimeMs) return signIn(auth.password)
    try {
      return await signIn(old.value)
    } catch (error) {
      if (!isClass(error, 'auth')) throw error
      return signIn(auth.password)
    }
  }

  /** One sign-in for all who wait: each failed one costs three seconds and a worker. */
  async function currentTicket(): Promise<Ticket> {
    if (ticket !== undefined && clock.now() - ticket.issuedAt < renewAfterMs) return ticket
    pending ??= renewed().finally(() => {
      pending = undefined
    })
    ticket = await pending
    return ticket
  }

  /** What a request carries; of a ticket that the server has refused meanwhile only `send` hears. */
  async function headers(method: BuiltRequest['method']): Promise<Record<string, string>> {
    if (auth.kind === 'token') return { authorization: `PVEAPIToken=${auth.tokenId}=${auth.secret}` }
    const { value, csrf } = await currentTicket()
    const cookie = `PVEAuthCookie=${encodeURIComponent(value)}`
    return method === 'GET' ? { cookie } : { cookie, csrfpreventiontoken: csrf }
  }

  /** Sends with credentials; a refused ticket is replaced once and the request repeated (a 401 did nothing). */
  async function send(built: BuiltRequest, signal?: AbortSignal): Promise<ServedAnswer> {
    const used = await headers(built.method)
    const answer = await wire.send(built, used, signal)
    if (answer.status !== 401 || auth.kind === 'token') return answer
    if (ticket !== undefined && used.cookie === `PVEAuthCookie=${encodeURIComponent(ticket.value)}`) ticket = undefined
    return wire.send(built, await headers(built.method), signal)
  }

  return { send, headers }
}
