import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { newSecret } from './lib/ids.ts'

const minimumLength = 32

/** Written whole or not at all: a key that a power cut emptied would sign for anybody. */
function makeKey(file: string): void {
  const temporary = `${file}.new`
  rmSync(temporary, { force: true })
  const handle = openSync(temporary, 'wx', 0o600)
  writeSync(handle, newSecret())
  fsyncSync(handle)
  closeSync(handle)
  renameSync(temporary, file)
}

/**
 * A key from the setting, else one of our own, made once and kept in DATA_DIR outside the database.
 * @throws Error for a file that is too short to be one
 */
function keyFrom(setting: string | undefined, folder: string, name: string): string {
  if (setting !== undefined) return setting
  const file = join(folder, name)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    makeKey(file)
  }
  const key = readFileSync(file, 'utf8').trim()
  if (key.length < minimumLength) throw new Error(`${file} holds no key; restore it from a backup`)
  return key
}

/** The keys of sessions and of secrets at rest. */
export const loadKeys = (config: Pick<Config, 'DATA_DIR' | 'SESSION_SECRET' | 'SECRET_KEY'>): { session: string; secretKey: string } => ({
  session: keyFrom(config.SESSION_SECRET, config.DATA_DIR, 'session.key'),
  secretKey: keyFrom(config.SECRET_KEY, config.DATA_DIR, 'secrets.key'),
})
