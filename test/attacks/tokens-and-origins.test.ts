import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AttackBench, openAttackBench } from './attack-bench.ts'
import { nowS, ours, sidOf, signed } from './cases/doors.ts'

let on: AttackBench
beforeAll(async () => {
  on = await openAttackBench()
})
afterAll(() => on?.close())

describe('a token', () => {
  const rename = (token: string) =>
    on.app.inject({ method: 'POST', url: '/api/v1/courses', headers: { authorization: `Bearer ${token}` }, payload: { name: 'x' } })

  it('that expired, or whose session was signed out, opens nothing, however well it is signed', async () => {
    const { sid, authorization } = await sidOf(on)
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
