import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { newSecret } from './lib/ids.ts'

/** A key from the setting, else one of our own, made once and kept in DATA_DIR outside the database. */
function keyFrom(setting: string | undefined, folder: string, name: string): string {
  if (setting !== undefined) return setting
  const file = join(folder, name)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, newSecret(), { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600)
  }
  return readFileSync(file, 'utf8').trim()
}

/** The keys of sessions and of secrets at rest. */
export const loadKeys = (config: Pick<Config, 'DATA_DIR' | 'SESSION_SECRET' | 'SECRET_KEY'>): { session: string; secretKey: string } => ({
  session: keyFrom(config.SESSION_SECRET, config.DATA_DIR, 'session.key'),
  secretKey: keyFrom(config.SECRET_KEY, config.DATA_DIR, 'secrets.key'),
})
