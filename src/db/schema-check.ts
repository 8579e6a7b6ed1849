import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Db } from './index.ts'

const ownFolder = fileURLToPath(new URL('../../migrations', import.meta.url))
const counted = z.object({ count: z.number() })
const applied = z.array(z.object({ hash: z.string() }))

/**
 * Refuses a database that another version wrote, or another program: its tables would answer wrongly, sooner or later.
 * @throws AppError DATABASE_NEWER when it has all our migrations and more, DATABASE_FOREIGN
 */
export function requireOwnSchema(db: Db, file: string, migrationsFolder = ownFolder): void {
  const countOf = (condition: ReturnType<typeof sql>) =>
    counted.parse(db.query.get(sql`select count(*) as count from sqlite_master where ${condition}`)).count
  if (countOf(sql`type = 'table'`) === 0) return
  const known = new Set(readMigrationFiles({ migrationsFolder }).map((migration) => migration.hash))
  const hasJournal = countOf(sql`name = '__drizzle_migrations'`) > 0
  const rows = hasJournal ? applied.parse(db.query.all(sql`select hash from __drizzle_migrations`)) : []
  // tables without a single migration are somebody else's
  const unknown = rows.filter(({ hash }) => !known.has(hash)).length
  if (unknown > 0 && unknown === rows.length - known.size) throw new AppError('DATABASE_NEWER', { details: { file, count: unknown } })
  if (rows.length === 0 || unknown > 0) throw new AppError('DATABASE_FOREIGN', { details: { file } })
}
