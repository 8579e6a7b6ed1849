import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import * as schema from './schema.ts'

export * as tables from './schema.ts'

type Drizzle = BetterSQLite3Database<typeof schema>

export interface Db {
  /** Drizzle's query builder; only repositories use it. */
  readonly query: Drizzle
  /**
   * Runs `work` in one write transaction; nesting is a savepoint. Never `await` inside: better-sqlite3 is synchronous and one
   * connection serves everybody.
   */
  inTransaction<T>(work: () => T): T
  /** Copies the database while it is used (SQLite's online backup). */
  backup(file: string): Promise<void>
  close(): void
}

/** As many texts as the program has, and lists of ids of usual lengths. */
const maxStatements = 500

/** Compiling a statement costs more than running it, and drizzle compiles anew for every query: each text is compiled once. */
function rememberStatements(connection: Database.Database): void {
  const compile = connection.prepare.bind(connection)
  const known = new Map<string, Database.Statement>()
  const prepare = (text: string): Database.Statement => {
    const statement = known.get(text) ?? compile(text)
    if (known.size >= maxStatements) known.clear()
    known.set(text, statement)
    return statement
  }
  connection.prepare = prepare as typeof connection.prepare // generic only in what the caller says of his own query
}

/**
 * Opens the database: WAL, every commit on disk (`synchronous=FULL`), foreign keys on.
 * @param file a path, or `:memory:` for tests
 */
export function openDatabase(file: string): Db {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const connection = new Database(file)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('busy_timeout = 2000')
  rememberStatements(connection)
  const query = drizzle(connection, { schema, casing: 'snake_case' })
  return {
    query,
    inTransaction: (work) => connection.transaction(work).immediate(),
    backup: async (target) => {
      await connection.backup(target)
    },
    close: () => connection.close(),
  }
}
