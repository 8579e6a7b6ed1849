import type { Logger } from 'pino'
import type { Proxmox, UserTicket } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'

export interface ProxmoxTicketsOptions {
  readonly proxmox: Pick<Proxmox, 'signInAs'>
  /** PROXMOX_USER_REALM */
  readonly realm: string
  /** Whether the account has an open session. */
  readonly isSignedIn: (userId: string) => boolean
  readonly clock: Clock
  readonly log: Logger
}

/** Two hours live Proxmox's tickets; a password waits no longer for its first use. */
const lifetimeMs = 115 * 60_000
const renewAfterMs = 60 * 60_000
/** Each is a password or a ticket in memory. */
const mostHeld = 2_000
/** A sign-in holds one of Proxmox's few workers, for three seconds when it fails. */
const atOnce = 2

interface Held {
  readonly username: string
  /** Until the first ticket, which then renews itself. */
  readonly password: string | null
  readonly ticket: UserTicket | null
  readonly since: number
}

/**
 * Proxmox tickets of the people who are signed in, in memory alone. Lazy: Proxmox is asked when somebody first presses a button that needs
 * it. Limited: in number, in age, in sign-ins at once; a refusal is not repeated. A password gets here only when the directory took it.
 */
export function createProxmoxTickets({ proxmox, realm, isSignedIn, clock, log }: ProxmoxTicketsOptions) {
  const held = new Map<string, Held>()
  const pending = new Map<string, Promise<UserTicket | null>>()
  const nameOf = (username: string): string => `${username}@${realm}`

  async function fetch(userId: string, entry: Held, secret: string): Promise<UserTicket | null> {
    try {
      const ticket = await proxmox.signInAs(nameOf(entry.username), secret)
      // signed out, or in again, meanwhile: this answer is not for now
      if (held.get(userId) === entry) held.set(userId, { ...entry, password: null, ticket })
      return isSignedIn(userId) ? ticket : null
    } catch (error) {
      // refused once is refused: asking again would lock the person's account in the directory
      if (held.get(userId) === entry) held.delete(userId)
      log.warn({ userId, code: isAppError(error) ? error.code : 'INTERNAL' }, 'Proxmox gave a person no ticket')
      return null
    }
  }

  function forgetOld(): void {
    for (const [userId, { since, ticket }] of held)
      if (clock.now() - (ticket?.issuedAt ?? since) > lifetimeMs || !isSignedIn(userId)) held.delete(userId)
  }

  return {
    /** A person of the directory signed in with this password. */
    remember(userId: string, username: string, password: string): void {
      const [oldest] = held.keys()
      if (held.size >= mostHeld && oldest !== undefined) held.delete(oldest)
      held.delete(userId)
      held.set(userId, { username, password, ticket: null, since: clock.now() })
    },

    /** Sessions ended, or time went by. */
    forgetOld,

    /** The account's name on Proxmox. */
    nameOf,

    /** The person's own ticket; null where there is none to be had now. */
    async ticketOf(userId: string): Promise<UserTicket | null> {
      forgetOld()
      const entry = held.get(userId)
      if (!entry) return null
      if (entry.ticket && clock.now() - entry.ticket.issuedAt < renewAfterMs) return entry.ticket
      const running = pending.get(userId)
      if (running) return running
      if (pending.size >= atOnce) return entry.ticket
      const fetching = fetch(userId, entry, entry.ticket?.value ?? entry.password ?? '').finally(() => pending.delete(userId))
      pending.set(userId, fetching)
      return fetching
    },
  }
}

export type ProxmoxTickets = ReturnType<typeof createProxmoxTickets>
