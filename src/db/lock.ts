import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../errors.ts'

/** Held until it is released or the process ends, however it ends. */
export interface DataDirLock {
  release(): void
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'unknown'
    throw error
  }
}

/**
 * One writing process per DATA_DIR. The lock is SQLite's own on a file beside the database: the operating system gives it back when the
 * process dies, so nothing stale is ever left.
 * @throws AppError DATA_DIR_LOCKED naming the holder
 */
export function lockDataDir(folder: string): DataDirLock {
  mkdirSync(folder, { recursive: true })
  const holderFile = join(folder, 'server.pid')
  const connection = new Database(join(folder, 'server.lock'), { timeout: 0 })
  try {
    connection.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    connection.close()
    if (!isBusy(error)) throw error
    throw new AppError('DATA_DIR_LOCKED', { cause: error, details: { folder, holder: readHolder(holderFile) } })
  }
  writeFileSync(holderFile, `process ${process.pid}\n`)
  return { release: () => connection.close() }
}
