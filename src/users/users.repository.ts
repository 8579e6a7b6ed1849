import { and, asc, count, eq, gt, inArray, like, or } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type UserRow = typeof tables.users.$inferSelect
export type NewUserRow = typeof tables.users.$inferInsert

/** Accounts in the database; Drizzle, nothing else. */
export function createUsersRepository(db: Db) {
  const { users } = tables
  return {
    insert: (row: NewUserRow) => db.query.insert(users).values(row).run(),
    find: (id: string) => db.query.select().from(users).where(eq(users.id, id)).get(),
    findMany: (ids: readonly string[]) =>
      ids.length === 0
        ? []
        : db.query
            .select()
            .from(users)
            .where(inArray(users.id, [...ids]))
            .all(),
    findByUsername: (username: string, source?: UserRow['source']) =>
      db.query
        .select()
        .from(users)
        .where(and(eq(users.username, username.toLowerCase()), source ? eq(users.source, source) : undefined))
        .get(),
    findByExternalId: (source: UserRow['source'], externalId: string) =>
      db.query
        .select()
        .from(users)
        .where(and(eq(users.source, source), eq(users.externalId, externalId)))
        .get(),
    listByUsernames: (usernames: readonly string[]) =>
      usernames.length === 0
        ? []
        : db.query
            .select()
            .from(users)
            .where(
              inArray(
                users.username,
                usernames.map((name) => name.toLowerCase()),
              ),
            )
            .all(),
    update: (id: string, change: Partial<NewUserRow>) => db.query.update(users).set(change).where(eq(users.id, id)).run(),
    countActiveAdmins: () =>
      db.query
        .select({ count: count() })
        .from(users)
        .where(and(eq(users.role, 'admin'), eq(users.state, 'active')))
        .get()?.count ?? 0,
    list: (filter: { query?: string; role?: UserRow['role']; after?: string; limit: number }) => {
      const pattern = `%${(filter.query ?? '').replace(/[%_]/g, ' ')}%`
      return db.query
        .select()
        .from(users)
        .where(
          and(
            filter.query ? or(like(users.username, pattern), like(users.displayName, pattern)) : undefined,
            filter.role ? eq(users.role, filter.role) : undefined,
            filter.after ? gt(users.username, filter.after) : undefined,
          ),
        )
        .orderBy(asc(users.username))
        .limit(filter.limit)
        .all()
    },
    inTransaction: db.inTransaction,
  }
}

export type UsersRepository = ReturnType<typeof createUsersRepository>
