import { eq } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'

/** Whether new VMs may be cloned: an administrator's word that lasts over a restart. Drizzle, nothing else. */
export function createClonePause(db: Db, clock: Clock) {
  const { pauses } = tables
  return {
    /** When it was said; null while VMs are cloned. */
    since: (): string | null => db.query.select().from(pauses).where(eq(pauses.what, 'clones')).get()?.createdAt ?? null,
    /** Saying it twice is saying it once. */
    pause: (actorId: string): void => {
      db.query
        .insert(pauses)
        .values({ what: 'clones', pausedBy: actorId, createdAt: isoNow(clock) })
        .onConflictDoNothing()
        .run()
    },
    resume: (): void => {
      db.query.delete(pauses).where(eq(pauses.what, 'clones')).run()
    },
  }
}

export type ClonePause = ReturnType<typeof createClonePause>
