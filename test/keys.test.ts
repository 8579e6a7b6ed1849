import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadKeys } from '../src/keys.ts'
import { tempFolder } from './support/temp-folder.ts'

it('makes the keys once, readable by the server alone, and finds them again', () => {
  const DATA_DIR = join(tempFolder(), 'data')
  const first = loadKeys({ DATA_DIR })
  expect(first.session).not.toBe(first.secretKey)
  expect(first.session.length).toBeGreaterThanOrEqual(32)
  expect(statSync(join(DATA_DIR, 'session.key')).mode & 0o777).toBe(0o600)
  expect(loadKeys({ DATA_DIR })).toEqual(first)
})

it('takes the keys of the settings and then makes none', () => {
  const DATA_DIR = tempFolder()
  expect(loadKeys({ DATA_DIR, SESSION_SECRET: 's'.repeat(32), SECRET_KEY: 'k'.repeat(32) })).toEqual({
    session: 's'.repeat(32),
    secretKey: 'k'.repeat(32),
  })
  expect(() => statSync(join(DATA_DIR, 'session.key'))).toThrow('ENOENT')
})

it('refuses a key file that was cut short: an empty key would sign for anybody', () => {
  const DATA_DIR = tempFolder()
  writeFileSync(join(DATA_DIR, 'secrets.key'), '')
  expect(() => loadKeys({ DATA_DIR })).toThrow('secrets.key')
  expect(readFileSync(join(DATA_DIR, 'secrets.key'), 'utf8')).toBe('')
})
