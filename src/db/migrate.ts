import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Db } from './index.ts'

/** Ours; a test brings its own. */
const ownFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Brings the schema to the newest version; forward only. Safe to call on every start. */
export function migrateDatabase(db: Db, migrationsFolder = ownFolder): void {
  migrate(db.query, { migrationsFolder })
}

/** How many migrations the database still lacks. */
export function countPendingMigrations(db: Db, migrationsFolder = ownFolder): number {
  const known = readMigrationFiles({ migrationsFolder }).length
  const table = db.query.get(sql`select count(*) as count from sqlite_master where name = '__drizzle_migrations'`)
  if (z.object({ count: z.number() }).parse(table).count === 0) return known
  const applied = db.query.get(sql`select count(*) as count from __drizzle_migrations`)
  return known - z.object({ count: z.number() }).parse(applied).count
}

/**
 * Migrates when that is allowed, or says that it must be done.
 * @throws AppError MIGRATION_NEEDED when the database exists, is older and may not be migrated by itself
 */
export function ensureMigrated(db: Db, options: { autoMigrate: boolean }, migrationsFolder = ownFolder): void {
  const pending = countPendingMigrations(db, migrationsFolder)
  const isNew = pending === readMigrationFiles({ migrationsFolder }).length
  if (pending > 0 && !options.autoMigrate && !isNew) throw new AppError('MIGRATION_NEEDED', { details: { pending } })
  if (pending > 0) migrateDatabase(db, migrationsFolder)
}
