import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Runtime } from './runtime.ts'

/** Minutes a token of 3.x lives (`jwt_access_token_expire_minutes`). */
const tokenMinutes = 1440

const claimsSchema = z.object({ sub: z.string(), exp: z.number() })

/** Basic (2.2): the whole header is compared as a string, so another spelling of "Basic" fails too. */
export function isBasicAllowed(runtime: Runtime, authorization: string | undefined): boolean {
  const { credentials } = runtime.options
  if (!credentials) return true
  const expected = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`
  return authorization === expected
}

export interface Tokens {
  /** The access token for these credentials, or undefined when they are wrong. */
  issue(username: string, password: string): string | undefined
  /** The user of a valid, unexpired token. */
  userOf(token: string): string | undefined
}

/** JSON web tokens (HS256) of 3.x. The key lies on the disk, so tokens outlive a restart, as with the genuine server. */
export function createTokens(runtime: Runtime): Tokens {
  const key = readKey(runtime.options.folder)
  const account = runtime.options.credentials ?? { username: 'admin', password: 'admin' }
  const sign = (content: string) => createHmac('sha256', key).update(content).digest('base64url')
  return {
    issue: (username, password) => {
      if (username !== account.username || password !== account.password) return undefined
      const expires = Math.floor(runtime.options.clock.now() / 1000) + tokenMinutes * 60
      const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: username, exp: expires })}`
      return `${content}.${sign(content)}`
    },
    userOf: (token) => {
      const [header, payload, signature, ...rest] = token.split('.')
      if (!header || !payload || !signature || rest.length > 0) return undefined
      if (!isSame(signature, sign(`${header}.${payload}`))) return undefined
      const claims = decode(payload)
      if (!claims || claims.exp * 1000 <= runtime.options.clock.now() || claims.sub !== account.username) return undefined
      return claims.sub
    },
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function decode(payload: string): z.infer<typeof claimsSchema> | undefined {
  try {
    return claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
  } catch {
    // not one of ours: the caller says so
    return undefined
  }
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

function readKey(folder: string): string {
  const file = join(folder, 'gns3_jwt_secret_key')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  mkdirSync(folder, { recursive: true })
  const key = randomBytes(32).toString('hex')
  writeFileSync(file, key, { mode: 0o600 })
  return key
}
