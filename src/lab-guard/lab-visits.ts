import type { Actor } from '../http/access.ts'
import type { Clock } from '../lib/clock.ts'
import { newSecret } from '../lib/ids.ts'
import type { Locale } from '../strings/index.ts'

/** Somebody at the host name of one lab. */
export interface LabVisit {
  readonly actor: Actor
  readonly workVmId: string
  /** That of the pages he came from: his choice is a cookie that a lab never sees. */
  readonly locale: Locale
}

/** As long as a browser takes to follow a redirect. */
const ticketMs = 60_000
const maxTickets = 2_000
const maxVisits = 5_000

/** Drops the oldest so that one more finds room. */
function makeRoom(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys()
  if (map.size >= most && oldest !== undefined) map.delete(oldest)
}

/**
 * How somebody who is signed in with us gets to the host name of a lab, where our cookies do not go: by a ticket that is good once, for a
 * minute and for that lab, and turns into a secret of that host name alone. Both name the session they came from and are nothing without
 * it. Kept in memory: after a restart the lab is opened again from its page.
 */
export function createLabVisits(clock: Clock) {
  const tickets = new Map<string, LabVisit & { readonly until: number }>()
  const visits = new Map<string, LabVisit>()
  return {
    makeTicket: (visit: LabVisit): string => {
      makeRoom(tickets, maxTickets)
      const ticket = newSecret()
      tickets.set(ticket, { ...visit, until: clock.now() + ticketMs })
      return ticket
    },
    /** @returns the secret of the visit; null for a ticket that was used, is too old, or is for another lab */
    redeem: (ticket: string, workVmId: string): string | null => {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      if (!found || found.until <= clock.now() || found.workVmId !== workVmId) return null
      makeRoom(visits, maxVisits)
      const secret = newSecret()
      visits.set(secret, { actor: found.actor, workVmId, locale: found.locale })
      return secret
    },
    find: (secret: string | undefined, workVmId: string): LabVisit | null => {
      const visit = secret === undefined ? undefined : visits.get(secret)
      return visit?.workVmId === workVmId ? visit : null
    },
    end: (secret: string): void => {
      visits.delete(secret)
    },
  }
}

export type LabVisits = ReturnType<typeof createLabVisits>
