import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { passwordOf, startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'

let on: TestApp
let ana: TestBrowser
beforeEach(async () => {
  on = await startTestApp()
  await on.addUser('ana', 'teacher')
  ana = await on.signIn('ana')
})
afterEach(() => on.close())

const newKey = async (scope: string, days = '30', name = 'grades script'): Promise<string> => {
  await ana.post('/account/tokens', { name, scope, days })
  const key = /npx_[0-9a-z]{16}_[\w-]{43}/.exec((await ana.get('/account')).body)?.[0]
  if (key === undefined) throw new Error('no key was shown')
  return key
}
const asProgram = (key: string, method: 'GET' | 'POST', url: string, payload: object = {}) =>
  on.app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(method === 'POST' ? { payload } : {}) })
const course = { name: 'Networks', term: '2026/27', timeZone: 'Europe/Lisbon' }

describe('an API key', () => {
  it('is shown once, and lets a program do what its owner may', async () => {
    const key = await newKey('write')
    expect((await ana.get('/account')).body).not.toContain(key)
    expect((await asProgram(key, 'GET', '/api/v1/me')).json()).toMatchObject({ username: 'ana', role: 'teacher' })
    expect((await asProgram(key, 'POST', '/api/v1/courses', course)).statusCode).toBe(201)
    expect((await ana.get('/account')).body).toContain('grades script')
  })

  it('that may only read changes nothing', async () => {
    const key = await newKey('read')
    expect((await asProgram(key, 'GET', '/api/v1/courses')).statusCode).toBe(200)
    const refused = await asProgram(key, 'POST', '/api/v1/courses', course)
    expect([refused.statusCode, refused.json()]).toMatchObject([403, { error: { code: 'TOKEN_READ_ONLY' } }])
    expect((await asProgram(key, 'GET', '/api/v1/courses')).json()).toMatchObject({ items: [] })
  })

  it('opens no page, so it can make no other key and change no password', async () => {
    const key = await newKey('write')
    for (const path of ['/', '/account', '/account/password']) expect((await asProgram(key, 'GET', path)).statusCode).toBe(303)
    expect((await asProgram(key, 'POST', '/account/tokens', { name: 'x', scope: 'write', days: '9' })).statusCode).toBe(401)
  })

  it('ends when it is revoked, and when its owner gets another role', async () => {
    const revoked = await newKey('read')
    await ana.post(`/account/tokens/${revoked.slice(4, 20)}/revoke`)
    const open = await newKey('read', '30', 'another')
    expect((await asProgram(revoked, 'GET', '/api/v1/me')).statusCode).toBe(401)
    expect((await asProgram(open, 'GET', '/api/v1/me')).statusCode).toBe(200)
    await on.addUser('admin', 'admin')
    const owner = on.services.users.findByUsername('ana', 'local')
    await (await on.signIn('admin')).post(`/admin/users/${owner?.id}/role`, { role: 'student' })
    expect((await asProgram(open, 'GET', '/api/v1/me')).statusCode).toBe(401)
  })

  it.each(['npx_', 'npx_0000000000000000_x', `npx_${'0'.repeat(16)}_${'A'.repeat(43)}`])('that nobody made is refused: %s', async (key) => {
    expect((await asProgram(key, 'GET', '/api/v1/me')).statusCode).toBe(401)
  })

  it('with a wrong secret is refused', async () => {
    const key = await newKey('read')
    expect((await asProgram(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, 'GET', '/api/v1/me')).statusCode).toBe(401)
  })

  it('of somebody else cannot be revoked, nor is it shown', async () => {
    const key = await newKey('read')
    await on.addUser('rui', 'teacher')
    const rui = await on.signIn('rui')
    expect((await rui.get('/account')).body).not.toContain('grades script')
    expect((await rui.post(`/account/tokens/${key.slice(4, 20)}/revoke`)).statusCode).toBe(404)
    expect((await asProgram(key, 'GET', '/api/v1/me')).statusCode).toBe(200)
  })

  it('shows the form again for a name that is missing or a time without an end', async () => {
    const answer = await ana.post('/account/tokens', { name: '', scope: 'write', days: '4000' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('Please fill this in')
    expect(answer.body).not.toContain('npx_')
  })
})

describe('the sessions of an account', () => {
  it('are listed without their secrets; another one can be ended', async () => {
    const phone = await on.signIn('ana')
    const page = (await ana.get('/account')).body
    expect(page.match(/this browser/g)).toHaveLength(1)
    const name = /\/account\/sessions\/([0-9a-f]{16})\/end/.exec(page)?.[1] ?? ''
    await ana.post(`/account/sessions/${name}/end`)
    expect((await phone.get('/account')).headers.location).toContain('/sign-in')
    expect((await ana.get('/account')).statusCode).toBe(200)
  })

  it('all end at once, with the keys', async () => {
    const phone = await on.signIn('ana')
    const key = await newKey('write')
    const answer = await ana.post('/account/sign-out-everywhere')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-in'])
    for (const browser of [ana, phone]) expect((await browser.get('/account')).statusCode).toBe(303)
    expect((await asProgram(key, 'GET', '/api/v1/me')).statusCode).toBe(401)
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(303)
  })
})
