import { AsyncLocalStorage } from 'node:async_hooks'
import { and, desc, eq, gte, inArray, like, lt, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { type Db, tables } from '../db/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'

export interface AuditEntry {
  readonly actorId: string | null
  readonly onBehalfOf?: string | null
  /** `<object>.<verb>`, such as `submission.override`. */
  readonly action: string
  readonly objectType: string
  readonly objectId?: string | null
  /** Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  /** From where; of the request that is being answered, where it is not given. */
  readonly address?: string | null
  readonly requestId?: string | null
}

/** The request in which entries are made. */
export interface AuditOrigin {
  readonly address: string
  readonly requestId: string
}

export interface AuditFilter {
  /** `session.refused`, or `session.` for all of one object. */
  readonly action?: string
  /** Account that acted, that it was done for or done to. */
  readonly username?: string
  /** ISO times, the first within, the second without. */
  readonly from?: string
  readonly until?: string
  /** Place of the last entry of the page before. */
  readonly before?: number
  readonly limit: number
}

/** The audit log: who did what to whom, why and from where. Rows are only added; triggers of the database see to it. */
export function createAuditRepository(db: Db, clock: Clock) {
  const { auditEvents, users } = tables
  const origins = new AsyncLocalStorage<AuditOrigin>()
  const behalf = alias(users, 'behalf')
  const place = sql<number>`${auditEvents}.rowid`

  function about(username: string) {
    const ids = db.query.select({ id: users.id }).from(users).where(eq(users.username, username.toLowerCase()))
    return or(inArray(auditEvents.actorId, ids), inArray(auditEvents.onBehalfOf, ids), inArray(auditEvents.objectId, ids))
  }

  const record = (entry: AuditEntry): void => {
    const origin = origins.getStore()
    db.query
      .insert(auditEvents)
      .values({
        ...{ id: newId(), ...entry, details: entry.details ?? null, createdAt: isoNow(clock) },
        address: entry.address ?? origin?.address ?? null,
        requestId: entry.requestId ?? origin?.requestId ?? null,
      })
      .run()
  }

  return {
    record,

    /** Entries made by `work`, and by all that it leads to, come from there. */
    during: (origin: AuditOrigin, work: () => void): void => origins.run(origin, work),

    /** The newest first, with the names of today. */
    list: ({ action, username, from, until, before, limit }: AuditFilter) =>
      db.query
        .select({ event: auditEvents, place, actor: users.username, behalf: behalf.username })
        .from(auditEvents)
        .leftJoin(users, eq(users.id, auditEvents.actorId))
        .leftJoin(behalf, eq(behalf.id, auditEvents.onBehalfOf))
        .where(
          and(
            action === undefined
              ? undefined
              : like(auditEvents.action, `${action.replace(/[%_]/g, ' ')}${action.endsWith('.') ? '%' : ''}`),
            username === undefined ? undefined : about(username),
            from === undefined ? undefined : gte(auditEvents.createdAt, from),
            until === undefined ? undefined : lt(auditEvents.createdAt, until),
            before === undefined ? undefined : lt(place, before),
          ),
        )
        .orderBy(desc(place))
        .limit(limit)
        .all(),

    /** Every action that was ever written down, in the order of the alphabet. */
    listActions: () =>
      db.query
        .selectDistinct({ action: auditEvents.action })
        .from(auditEvents)
        .orderBy(auditEvents.action)
        .all()
        .map(({ action }) => action),

    /** Removes what is older, and says so in the log. The database lets go of nothing that is less than 30 days older than the newest entry. */
    removeBefore(time: string): number {
      const isOld = lt(auditEvents.createdAt, time)
      if (db.query.select({ id: auditEvents.id }).from(auditEvents).where(isOld).limit(1).get() === undefined) return 0
      return db.inTransaction(() => {
        record({ actorId: null, action: 'audit.forget', objectType: 'audit', details: { before: time } })
        return db.query.delete(auditEvents).where(isOld).run().changes
      })
    },
  }
}

export type Audit = ReturnType<typeof createAuditRepository>
export type AuditLine = ReturnType<Audit['list']>[number]
