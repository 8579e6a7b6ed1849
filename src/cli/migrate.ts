import { loadConfig } from '../config.ts'
import { openDatabase } from '../db/index.ts'
import { lockDataDir } from '../db/lock.ts'
import { countPendingMigrations, migrateDatabase } from '../db/migrate.ts'
import { requireOwnSchema } from '../db/schema-check.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()

/** `netpraxis migrate`: brings the database to this version; the server must not run meanwhile. */
export async function run(_argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const config = loadConfig(io.env)
    const lock = lockDataDir(config.DATA_DIR)
    const db = openDatabase(config.DATABASE_FILE)
    requireOwnSchema(db, config.DATABASE_FILE)
    const count = countPendingMigrations(db)
    migrateDatabase(db)
    db.close()
    lock.release()
    io.stdout.write(`${t('commands.migrate.done', { count })}\n`)
    return exitCodes.ok
  } catch (error) {
    const lines = describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return exitCodes.failed
  }
}
