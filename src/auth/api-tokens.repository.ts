import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type ApiTokenRow = typeof tables.apiTokens.$inferSelect

/**
 * Keys of programs; Drizzle, nothing else.
 * @param onRevoked told whenever keys end before their time, as with sessions
 */
export function createApiTokensRepository(db: Db, onRevoked: () => void = () => undefined) {
  const { apiTokens, users } = tables
  const isOpen = (now: string) => and(isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, now))
  return {
    insert: (row: typeof apiTokens.$inferInsert) => db.query.insert(apiTokens).values(row).run(),
    findOpen: (id: string, now: string) =>
      db.query
        .select({ token: apiTokens, user: users })
        .from(apiTokens)
        .innerJoin(users, eq(users.id, apiTokens.userId))
        .where(and(eq(apiTokens.id, id), isOpen(now), eq(users.state, 'active')))
        .get(),
    listOpen: (userId: string, now: string) =>
      db.query
        .select()
        .from(apiTokens)
        .where(and(eq(apiTokens.userId, userId), isOpen(now)))
        .orderBy(desc(apiTokens.createdAt), sql`rowid desc`)
        .all(),
    touch: (id: string, lastUsedAt: string) => db.query.update(apiTokens).set({ lastUsedAt }).where(eq(apiTokens.id, id)).run(),
    /** @returns how many were open and are revoked now */
    revoke: (userId: string, at: string, id?: string): number => {
      const { changes } = db.query
        .update(apiTokens)
        .set({ revokedAt: at })
        .where(and(eq(apiTokens.userId, userId), isNull(apiTokens.revokedAt), id === undefined ? undefined : eq(apiTokens.id, id)))
        .run()
      if (changes > 0) onRevoked()
      return changes
    },
  }
}

export type ApiTokensRepository = ReturnType<typeof createApiTokensRepository>
