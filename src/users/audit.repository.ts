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
  readonly address?: string | null
  readonly requestId?: string | null
}

/** The audit log: who did what to whom, why and from where. Rows are only added. */
export function createAuditRepository(db: Db, clock: Clock) {
  return {
    record: (entry: AuditEntry): void => {
      db.query
        .insert(tables.auditEvents)
        .values({ id: newId(), ...entry, details: entry.details ?? null, createdAt: isoNow(clock) })
        .run()
    },
  }
}

export type Audit = ReturnType<typeof createAuditRepository>
