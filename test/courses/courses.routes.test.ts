import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'

let on: TestApp
let teacher: TestBrowser

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  await on.addUser('teresa', 'teacher')
  teacher = await on.signIn('teresa')
})

async function createCourse(): Promise<string> {
  const answer = await teacher.post('/courses', { title: 'Networks <1>', term: '2026/27', timeZone: 'Europe/Lisbon' })
  expect(answer.statusCode).toBe(303)
  return String(answer.headers.location)
}

describe('pages of courses', () => {
  it('make a course and show it, everything escaped', async () => {
    const path = await createCourse()
    const page = await teacher.get(path)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('Networks &lt;1&gt;')
    expect(page.body).toContain('The course was created.')
    expect((await teacher.get('/courses')).body).toContain(path)
  })

  it('keep what is to be said for the person, not for a tab that reloads itself', async () => {
    const made = await teacher.post('/courses', { title: 'Networks', term: '2026/27', timeZone: 'UTC' })
    const path = String(made.headers.location)
    expect((await teacher.get(path, { 'sec-fetch-mode': 'cors' })).body).not.toContain('The course was created.')
    expect((await teacher.get(path)).body).toContain('The course was created.')
  })

  it('show a refused form again with what was typed and what is wrong', async () => {
    const page = await teacher.post('/courses', { title: '', term: 'autumn term', timeZone: 'Europe/Nowhere' })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('value="autumn term"')
    expect(page.body).toContain('Please fill this in.')
    expect(page.body).toContain('This is not a time zone.')
    expect(on.services.courses.listFor({ ...(await actorOf('teresa')) })).toEqual([])
  })

  it('let a teacher add and remove people, and tell a name that there is not', async () => {
    const path = await createCourse()
    await on.addUser('ana')
    const refused = await teacher.post(`${path}/members`, { username: 'nobody', role: 'student', group: '' })
    expect([refused.statusCode, refused.body.includes('There is no account of this name')]).toEqual([422, true])
    await teacher.post(`${path}/members`, { username: 'ANA', role: 'student', group: 'P1' })
    const roster = await teacher.get(`${path}/roster?group=P1`)
    expect(roster.body).toContain('Name of ana')
    const id = on.services.users.findByUsername('ana')?.id ?? ''
    await teacher.post(`${path}/members/${id}/remove`)
    expect((await teacher.get(`${path}/roster`)).body).not.toContain('Name of ana</th>')
  })

  it('keep teachers from taking their own course away from themselves', async () => {
    const path = await createCourse()
    const answer = await teacher.post(`${path}/members`, { username: 'teresa', role: 'student', group: '' })
    expect(answer.statusCode).toBe(422)
    const id = on.services.users.findByUsername('teresa')?.id ?? ''
    expect((await teacher.post(`${path}/members/${id}/remove`)).statusCode).toBe(422)
    expect((await teacher.get(path)).statusCode).toBe(200)
  })

  it('are not there for strangers, and assistants may look but not change', async () => {
    const path = await createCourse()
    await on.addUser('other', 'teacher')
    const stranger = await on.signIn('other')
    for (const page of [path, `${path}/roster`]) expect((await stranger.get(page)).statusCode).toBe(404)
    expect((await stranger.post(`${path}/members`, { username: 'other' })).statusCode).toBe(404)
    await on.addUser('artur', 'assistant')
    await teacher.post(`${path}/members`, { username: 'artur', role: 'assistant', group: '' })
    const assistant = await on.signIn('artur')
    const seen = await assistant.get(path)
    expect([seen.statusCode, seen.body.includes('/exercises/new')]).toEqual([200, false])
    expect((await assistant.post(`${path}/members`, { username: 'artur', role: 'teacher' })).statusCode).toBe(403)
    expect((await assistant.get(`/exercises/new?course=${path.split('/').at(-1)}`)).statusCode).toBe(403)
  })

  const actorOf = async (username: string) => {
    const user = on.services.users.findByUsername(username)
    if (!user) throw new Error('no such user')
    return {
      id: user.id,
      username,
      displayName: '',
      role: user.role,
      mustChangePassword: false,
      session: { id: '', kind: 'browser' as const, csrf: '' },
    }
  }
})
