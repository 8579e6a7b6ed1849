import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Db, openDatabase, tables } from '../../src/db/index.ts'
import { countPendingMigrations, ensureMigrated, migrateDatabase } from '../../src/db/migrate.ts'
import { requireOwnSchema } from '../../src/db/schema-check.ts'
import { isAppError } from '../../src/errors.ts'
import { tempFolder } from '../support/temp-folder.ts'

function open(file = ':memory:'): Db {
  const db = openDatabase(file)
  onTestFinished(() => db.close())
  return db
}
const insert = (db: Db, id: string) => db.query.insert(tables.installation).values({ id, createdAt: '2026-01-01T00:00:00.000Z' }).run()
const ids = (db: Db) =>
  db.query
    .select()
    .from(tables.installation)
    .all()
    .map((row) => row.id)

/** As drizzle-kit writes them. */
function migrationsFolder(statements: readonly string[]): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'meta'))
  const entries = statements.map((_, idx) => ({ idx, version: '6', when: 1_000 + idx, tag: `000${idx}_step`, breakpoints: true }))
  for (const [index, statement] of statements.entries()) writeFileSync(join(folder, `000${index}_step.sql`), statement)
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }))
  return folder
}

describe('a transaction', () => {
  let db: Db
  beforeEach(() => {
    db = open()
    migrateDatabase(db)
  })

  it('leaves nothing of what failed', () => {
    expect(() =>
      db.inTransaction(() => {
        insert(db, 'a')
        throw new Error('in the middle')
      }),
    ).toThrow('in the middle')
    expect(ids(db)).toEqual([])
  })

  it('inside another is undone alone when it fails', () => {
    db.inTransaction(() => {
      insert(db, 'outer')
      expect(() =>
        db.inTransaction(() => {
          insert(db, 'inner')
          throw new Error('inner')
        }),
      ).toThrow('inner')
    })
    expect(ids(db)).toEqual(['outer'])
  })

  it('cannot wait for anything, and is undone when it tries', () => {
    expect(() =>
      db.inTransaction(async () => {
        insert(db, 'a')
      }),
    ).toThrow('promise')
    expect(ids(db)).toEqual([])
  })

  it('refuses a row that points to nothing', () => {
    const orphan = { courseId: 'none', userId: 'nobody', role: 'student' as const, createdAt: '' }
    expect(() => db.query.insert(tables.courseMembers).values(orphan).run()).toThrow()
  })
})

describe('a database on disk', () => {
  it('writes every commit through and lets readers go on', () => {
    const db = open(join(tempFolder(), 'deep', 'netpraxis.sqlite'))
    const read = (name: string) => Object.values(db.query.get<Record<string, unknown>>(sql.raw(`pragma ${name}`)) ?? {})[0]
    expect([read('journal_mode'), read('synchronous'), read('foreign_keys')]).toEqual(['wal', 2, 1])
  })

  it('is copied whole while it is used', async () => {
    const folder = tempFolder()
    const db = open(join(folder, 'a.sqlite'))
    migrateDatabase(db)
    insert(db, 'a')
    await db.backup(join(folder, 'copy.sqlite'))
    insert(db, 'b')
    expect(existsSync(join(folder, 'copy.sqlite'))).toBe(true)
    expect(ids(open(join(folder, 'copy.sqlite')))).toEqual(['a'])
  })
})

describe('migrations', () => {
  it('make a new database at the first start without being asked', () => {
    const db = open()
    expect(countPendingMigrations(db)).toBeGreaterThan(0)
    ensureMigrated(db, { autoMigrate: false })
    expect(countPendingMigrations(db)).toBe(0)
  })

  it('are not carried out on an older database unless that is allowed', () => {
    const [older, newer] = [migrationsFolder(['create table a (x)']), migrationsFolder(['create table a (x)', 'create table b (x)'])]
    const db = open()
    ensureMigrated(db, { autoMigrate: false }, older)
    expect(countPendingMigrations(db, newer)).toBe(1)
    expect(() => ensureMigrated(db, { autoMigrate: false }, newer)).toThrow(
      expect.objectContaining({ code: 'MIGRATION_NEEDED', details: { pending: 1 } }),
    )
    expect(() => db.query.get(sql`select * from b`)).toThrow('no such table')
    ensureMigrated(db, { autoMigrate: true }, newer)
    expect([countPendingMigrations(db, newer), db.query.get(sql`select * from b`)]).toEqual([0, undefined])
  })

  it('of a newer program are told from those of another, and neither database is used', () => {
    const [ours, newer, foreign] = [['a'], ['a', 'b'], ['c']].map((names) =>
      migrationsFolder(names.map((name) => `create table ${name} (x)`)),
    )
    const codeOf = (madeBy: string | undefined) => {
      const db = open()
      migrateDatabase(db, madeBy)
      try {
        requireOwnSchema(db, 'x.sqlite', ours)
      } catch (error) {
        return isAppError(error) ? [error.code, error.details] : error
      }
      return null
    }
    expect([codeOf(ours), codeOf(newer), codeOf(foreign)]).toEqual([
      null,
      ['DATABASE_NEWER', { file: 'x.sqlite', count: 1 }],
      ['DATABASE_FOREIGN', { file: 'x.sqlite' }],
    ])
  })

  it('change nothing the second time', () => {
    const db = open()
    migrateDatabase(db)
    insert(db, 'a')
    migrateDatabase(db)
    ensureMigrated(db, { autoMigrate: true })
    expect(ids(db)).toEqual(['a'])
  })
})
