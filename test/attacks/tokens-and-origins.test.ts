import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passwordOf } from '../support/app.ts'
import { type AttackBench, openAttackBench } from './attack-bench.ts'

let on: AttackBench
beforeAll(async () => {
  on = await openAttackBench()
})
afterAll(() => on?.close())

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (header: object, payload: object, secret: string, hash = 'sha256') => {
  const body = `${encode(header)}.${encode(payload)}`
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`
}
const ours = 's'.repeat(48)
const nowS = () => Math.floor(Date.now() / 1_000)

describe('a token', () => {
  const sidOf = async () => {
    const { authorization = '' } = await on.bearerOf('ana')
    const payload = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
    return { authorization, sid: String(payload.sid) }
  }
  const rename = (token: string) =>
    on.app.inject({ method: 'POST', url: '/api/v1/courses', headers: { authorization: `Bearer ${token}` }, payload: { name: 'x' } })

  it.each<[string, (sid: string) => string, string]>([
    [
      'without a signature (alg none)',
      (sid) => `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sid, iat: nowS() })}.`,
      'FAST_JWT_MISSING_SIGNATURE',
    ],
    ['signed with another key', (sid) => signed({ alg: 'HS256' }, { sid, iat: nowS() }, 'x'.repeat(48)), 'FAST_JWT_INVALID_SIGNATURE'],
    [
      'of another algorithm under our key',
      (sid) => signed({ alg: 'HS512' }, { sid, iat: nowS() }, ours, 'sha512'),
      'FAST_JWT_INVALID_ALGORITHM',
    ],
    [
      'that says RS256 and is signed with our key as if it were public',
      (sid) => signed({ alg: 'RS256' }, { sid, iat: nowS() }, ours),
      'FAST_JWT_INVALID_ALGORITHM',
    ],
    ['that is none', () => 'not.a.token', 'FAST_JWT_MALFORMED'],
  ])('%s opens nothing', async (_what, forge, mark) => {
    const { sid } = await sidOf()
    await on.expectRefused(() => rename(forge(sid)), 401, mark)
  })

  it('that expired, or whose session was signed out, opens nothing, however well it is signed', async () => {
    const { sid, authorization } = await sidOf()
    const old = signed({ alg: 'HS256' }, { sid, iat: nowS() - 90_000, exp: nowS() - 60 }, ours)
    expect((await rename(old)).statusCode).toBe(401)
    await on.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { authorization } })
    expect((await on.app.inject({ url: '/api/v1/me', headers: { authorization } })).statusCode).toBe(401)
  })

  it('of a program that may only read changes nothing', async () => {
    const key = on.services.apiTokens.create(on.teacher, { name: 'script', scope: 'read', days: 9 })
    await on.expectRefused(() => rename(key), 403, 'TOKEN_READ_ONLY')
  })
})

describe('a write from another page', () => {
  it.each([
    ['a foreign site', 'https://evil.example'],
    ['a sandboxed frame or a file', 'null'],
    ['a lab on the same site', 'http://lab-1.localhost:8080'],
    ['the same host on another port', 'http://127.0.0.1:8081'],
    ['a name that begins like ours', 'http://127.0.0.1:8080.evil.example'],
  ])('of %s is refused, with the right cookie and token', async (_what, origin) => {
    const teresa = await on.signIn('teresa')
    await on.expectRefused(() => teresa.post('/courses', { title: 'x', term: 'y', timeZone: 'UTC' }, { origin }), 403, 'ORIGIN_REFUSED')
  })

  it.each([
    ['without a token', () => ''],
    ['with the token of somebody else', (other: string) => other],
  ])('%s is refused although it comes from us', async (_what, csrf) => {
    const [teresa, ana] = [await on.signIn('teresa'), await on.signIn('ana')]
    await on.expectRefused(
      () => teresa.post('/courses', { title: 'x', term: 'y', timeZone: 'UTC', csrf: csrf(ana.csrf) }),
      403,
      'CSRF_FAILED',
    )
  })

  it.each(['https://evil.example', 'http://lab-1.localhost:8080'])('opens no stream of events for %s', async (origin) => {
    const ana = await on.signIn('ana')
    await on.expectRefused(
      () => ana.get('/events', { origin, accept: 'text/event-stream', 'sec-fetch-site': 'same-site' }),
      403,
      'ORIGIN_REFUSED',
    )
  })

  it('signs nobody in', async () => {
    await on.expectRefused(
      () => on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }, { origin: 'https://evil.example' }),
      403,
      'ORIGIN_REFUSED',
    )
  })
})

describe('a host name that the request brings along', () => {
  it('is believed nowhere without TRUST_PROXY: no address we send leads there', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-for': '10.9.9.9',
      forwarded: 'host=evil.example',
    }
    const sent = await on.app.inject({ url: '/courses', headers })
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/sign-in?next=%2Fcourses'])
    expect((await on.app.inject({ url: '/sign-in', headers })).body).not.toContain('evil.example')
    await on.stranger.post('/sign-in', { username: 'nobody', password: 'x' }, headers)
    expect(on.log()).not.toContain('10.9.9.9')
    expect(on.log()).toContain('"address":"127.0.0.1"')
  })
})

it('sends every protective header with pages, refusals and files', async () => {
  for (const url of ['/sign-in', '/nothing', '/api/v1/me', '/assets/app.js']) {
    const { headers } = await on.app.inject({ url })
    expect([url, headers['x-content-type-options'], headers['x-frame-options'], headers['referrer-policy']]).toEqual([
      url,
      'nosniff',
      'SAMEORIGIN',
      'same-origin',
    ])
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/default-src 'self'.*base-uri 'none'.*frame-ancestors 'none'.*form-action 'self'/)
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/)
  }
})
