import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cookieOf, passwordOf, startTestApp, type TestApp } from '../support/app.ts'

const secret = 's'.repeat(48)
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hs = (bits: 256 | 512, key: string, text: string) => createHmac(`sha${bits}`, key).update(text).digest('base64url')

let on: TestApp
let token: string
let sid: string
beforeEach(async () => {
  on = await startTestApp()
  await on.addUser('ana')
  const answer = await on.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username: 'ana', password: passwordOf('ana') } })
  token = answer.json().token
  sid = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
})
afterEach(() => on.close())

const me = async (bearer: string) => (await on.app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${bearer}` } })).statusCode

describe('a token', () => {
  it('opens the session it names', async () => {
    expect(await me(token)).toBe(200)
  })

  it.each<[string, () => string]>([
    ['is signed by nobody', () => `${base64({ alg: 'none', typ: 'JWT' })}.${base64({ sid })}.`],
    [
      'is signed with another key',
      () => `${base64({ alg: 'HS256' })}.${base64({ sid })}.${hs(256, 'guess', `${base64({ alg: 'HS256' })}.${base64({ sid })}`)}`,
    ],
    [
      'is signed by another algorithm with our key',
      () => `${base64({ alg: 'HS512' })}.${base64({ sid })}.${hs(512, secret, `${base64({ alg: 'HS512' })}.${base64({ sid })}`)}`,
    ],
    [
      'is signed with a key pair of its own',
      () => {
        const text = `${base64({ alg: 'RS256' })}.${base64({ sid })}`
        return `${text}.${sign('sha256', Buffer.from(text), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey).toString('base64url')}`
      },
    ],
    [
      'names another session under the old signature',
      () => [token.split('.')[0], base64({ sid: 'another' }), token.split('.')[2]].join('.'),
    ],
    ['names a session that does not exist', () => on.app.jwt.sign({ sid: 'never-made' })],
    ['names no session', () => on.app.jwt.sign({ sid: '' })],
    ['has expired', () => on.app.jwt.sign({ sid }, { expiresIn: -10 })],
    ['is cut short', () => token.slice(0, -2)],
    ['is no token', () => 'x'],
  ])('is refused when it %s', async (_what, make) => {
    expect(await me(make())).toBe(401)
  })

  it('ends with its session', async () => {
    const signedOut = await on.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { authorization: `Bearer ${token}` } })
    expect([signedOut.statusCode, await me(token)]).toEqual([204, 401])
  })
})

describe('a write', () => {
  const write = (headers: Record<string, string>) => on.app.inject({ method: 'POST', url: '/sign-out', headers })
  const signInForCookie = async () => cookieOf(await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }))

  it('by cookie needs the CSRF token also where a proxy adds an Authorization of its own', async () => {
    const cookie = await signInForCookie()
    const origin = 'http://127.0.0.1:8080'
    expect((await write({ cookie, origin, authorization: 'Basic cHJveHk6cHJveHk=' })).statusCode).toBe(403)
    expect((await write({ cookie, authorization: 'Basic cHJveHk6cHJveHk=' })).statusCode).toBe(403)
    expect((await on.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(200)
  })

  it('by Bearer needs neither token nor Origin, and a foreign Origin is refused there too', async () => {
    const send = (headers: Record<string, string>) =>
      on.app.inject({
        method: 'POST',
        url: '/api/v1/courses',
        payload: { name: 'x' },
        headers: { authorization: `Bearer ${token}`, ...headers },
      })
    expect((await send({})).json().error.code).toBe('FORBIDDEN') // a student may not make courses: the request came through
    expect((await send({ origin: 'https://evil.example' })).json().error.code).toBe('ORIGIN_REFUSED')
    expect(
      (await on.app.inject({ method: 'POST', url: '/api/v1/session', headers: { origin: 'null' }, payload: {} })).json().error.code,
    ).toBe('ORIGIN_REFUSED')
  })
})

describe('the stream of live events', () => {
  it.each<[string, Record<string, string>, number]>([
    ['the cookie alone', {}, 403],
    ['another site', { origin: 'https://evil.example' }, 403],
    ["a student's lab", { 'sec-fetch-site': 'same-site' }, 403],
  ])('is not opened by %s', async (_what, headers, status) => {
    const cookie = cookieOf(await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }))
    const answer = await on.app.inject({ url: '/events', headers: { cookie, accept: 'text/event-stream', ...headers } })
    expect(answer.statusCode).toBe(status)
  })
})
