import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { passwordOf, startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'

let on: TestApp
let admin: TestBrowser

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  await on.addUser('admin', 'admin')
  admin = await on.signIn('admin')
})

const idOf = (username: string): string => on.services.users.findByUsername(username)?.id ?? ''

describe('the users of an installation', () => {
  it.each(['student', 'assistant', 'teacher'] as const)('are not for a %s to see', async (role) => {
    await on.addUser('someone', role)
    const someone = await on.signIn('someone')
    for (const path of ['/admin', '/admin/users', `/admin/users/${idOf('admin')}`, '/admin/jobs'])
      expect((await someone.get(path)).statusCode).toBe(403)
    expect((await someone.post('/admin/users', { username: 'mallory', name: 'M', role: 'admin' })).statusCode).toBe(403)
  })

  it('are found by a part of the name, and by role', async () => {
    await on.addUser('ana')
    await on.addUser('teresa', 'teacher')
    const found = async (query: string) =>
      [...(await admin.get(`/admin/users?${query}`)).body.matchAll(/<td><code>(\w+)<\/code>/g)].map((match) => match[1])
    expect(await found('query=ana&role=')).toEqual(['ana'])
    expect(await found('role=teacher')).toEqual(['teresa'])
  })

  it('are made with a password that is shown once and works once', async () => {
    const answer = await admin.post('/admin/users', { username: 'Nora', name: 'Nora <Neves>', email: '', role: 'student' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/admin/users'])
    const page = await admin.get('/admin/users')
    expect(page.body).toContain('Nora &lt;Neves&gt;')
    const password = /<code class="secret">([^<]+)</.exec(page.body)?.[1] ?? ''
    expect((await admin.get('/admin/users')).body).not.toContain(password)
    const signedIn = await on.stranger.post('/sign-in', { username: 'nora', password })
    expect(signedIn.headers.location).toBe('/account/password')
  })

  it.each([
    ['a name that is taken', { username: 'admin', name: 'A', role: 'student' }, 'There is already an account named admin.'],
    ['a name that none can have', { username: 'no spaces', name: 'A', role: 'student' }, 'A user name has letters'],
    ['an address that is none', { username: 'nora', name: 'A', email: 'nora@', role: 'student' }, 'This is not an e-mail address.'],
    ['a role that is none', { username: 'nora', name: 'A', role: 'root' }, 'Please choose one.'],
  ])('are not made with %s: the form comes back with what was typed', async (_what, fields, problem) => {
    const answer = await admin.post('/admin/users', fields)
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain(problem)
    expect(answer.body).toContain(`value="${fields.username}"`)
    expect(on.services.users.list({ limit: 10 })).toHaveLength(1)
  })
})

describe('an account', () => {
  it('takes another role at once: its sessions end', async () => {
    await on.addUser('ana')
    const ana = await on.signIn('ana')
    const answer = await admin.post(`/admin/users/${idOf('ana')}/role`, { role: 'teacher' })
    expect(answer.statusCode).toBe(303)
    expect((await ana.get('/')).headers.location).toBe('/sign-in')
    expect((await (await on.signIn('ana')).get('/')).headers.location).toBe('/courses')
  })

  it('that is the last administrator stays one', async () => {
    const answer = await admin.post(`/admin/users/${idOf('admin')}/role`, { role: 'student' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('This is the last administrator')
    expect(on.services.users.get(idOf('admin')).role).toBe('admin')
  })

  it('gets a new one-time password, and the old one stops working', async () => {
    await on.addUser('ana')
    await admin.post(`/admin/users/${idOf('ana')}/password`)
    const page = await admin.get(`/admin/users/${idOf('ana')}`)
    const password = /<code class="secret">([^<]+)</.exec(page.body)?.[1] ?? ''
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(401)
    expect((await on.stranger.post('/sign-in', { username: 'ana', password })).statusCode).toBe(303)
  })

  it('can be closed and opened again; nobody closes his own', async () => {
    await on.addUser('ana')
    const ana = await on.signIn('ana')
    await admin.post(`/admin/users/${idOf('ana')}/deactivate`)
    expect((await ana.get('/')).headers.location).toBe('/sign-in')
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(401)
    await admin.post(`/admin/users/${idOf('ana')}/activate`)
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(303)
    expect((await admin.post(`/admin/users/${idOf('admin')}/deactivate`)).statusCode).toBe(403)
  })

  it('that does not exist is not found', async () => {
    expect((await admin.get('/admin/users/nobody')).statusCode).toBe(404)
  })
})
