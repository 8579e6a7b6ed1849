import { and, count, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type SessionRow = typeof tables.sessions.$inferSelect

/**
 * Sessions in the database; Drizzle, nothing else.
 * @param onRevoked told whenever sessions end before their time: what stays open beside requests (terminals, live events) looks again who may
 */
export function createSessionsRepository(db: Db, onRevoked: () => void = () => undefined) {
  const { sessions, users } = tables
  // asked on every request, so it is prepared once
  const findValid = db.query
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, sql.placeholder('id')),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, sql.placeholder('now')),
        eq(users.state, 'active'),
      ),
    )
    .prepare()
  return {
    inTransaction: db.inTransaction,
    insert: (row: typeof sessions.$inferInsert) => db.query.insert(sessions).values(row).run(),
    findValid: (id: string, now: string) => findValid.get({ id, now }),
    touch: (id: string, lastSeenAt: string, expiresAt: string) =>
      db.query.update(sessions).set({ lastSeenAt, expiresAt }).where(eq(sessions.id, id)).run(),
    revoke: (id: string, at: string): void => {
      db.query
        .update(sessions)
        .set({ revokedAt: at })
        .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))
        .run()
      onRevoked()
    },
    revokeAll: (userId: string, at: string, exceptId: string): void => {
      db.query
        .update(sessions)
        .set({ revokedAt: at })
        .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), sql`${sessions.id} <> ${exceptId}`))
        .run()
      onRevoked()
    },
    listOpen: (userId: string, now: string) =>
      db.query
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)))
        .orderBy(desc(sessions.createdAt))
        .all(),
    countOpen: (userId: string, now: string) =>
      db.query
        .select({ count: count() })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)))
        .get()?.count ?? 0,
  }
}

export type SessionsRepository = ReturnType<typeof createSessionsRepository>
