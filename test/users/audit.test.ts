import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp } from '../support/app.ts'
import { openBench } from '../support/given.ts'

async function withAdmin() {
  const on = await startTestApp()
  onTestFinished(() => on.close())
  await on.addUser('admin', 'admin')
  await on.addUser('ana')
  return { on, admin: await on.signIn('admin') }
}

const refusal = (words: string) => expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining(words) }) })

describe('the audit log', () => {
  it('is for administrators alone', async () => {
    const { on } = await withAdmin()
    const ana = await on.signIn('ana')
    for (const path of ['/admin/audit', '/admin/audit.csv']) expect((await ana.get(path)).statusCode).toBe(403)
  })

  it('shows who did what to whom and from where, the newest first, and escapes what strangers typed', async () => {
    const { on, admin } = await withAdmin()
    await on.stranger.post('/sign-in', { username: '<img src=x>', password: 'x' })
    const ana = on.services.users.findByUsername('ana')?.id ?? ''
    await admin.post(`/admin/users/${ana}/role`, { role: 'teacher' })
    const page = await admin.get('/admin/audit')
    const actions = [...page.body.matchAll(/<td><code>([\w.-]+)<\/code><\/td><td><code>/g)].map((match) => match[1])
    expect(actions.slice(0, 2)).toEqual(['user.role', 'session.refused'])
    expect(page.body).not.toContain('<img src=x>')
    expect(page.body).toContain('127.0.0.1')
  })

  it('is filtered by action, by person and by day', async () => {
    const { on, admin } = await withAdmin()
    await on.signIn('ana')
    await on.stranger.post('/sign-in', { username: 'ana', password: 'wrong' })
    const lines = async (query: string) => (await admin.get(`/admin/audit.csv?${query}`)).body.trimEnd().split('\r\n').slice(1)
    expect((await lines('action=session.refused')).length).toBe(1)
    expect((await lines('user=ANA')).every((line) => line.includes(',ana,'))).toBe(true)
    expect((await lines('to=2001-01-01')).length).toBe(0)
    expect((await lines('from=2001-01-01')).length).toBeGreaterThan(2)
    expect((await admin.get('/admin/audit?from=yesterday')).statusCode).toBe(422)
  })

  it('is taken along as CSV that no spreadsheet runs', async () => {
    const { on, admin } = await withAdmin()
    on.services.audit.record({ actorId: null, action: 'test.formula', objectType: '=cmd|calc', address: '+1' })
    const answer = await admin.get('/admin/audit.csv?action=test.formula')
    expect(answer.headers).toMatchObject({
      ...{ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="audit.csv"' },
    })
    expect(answer.body).toMatch(/test\.formula,'=cmd\|calc,,,'\+1,/)
  })

  it('is only added to: the database itself refuses to change an entry, or to let go of a young one', () => {
    const { db, services } = openBench()
    services.audit.record({ actorId: null, action: 'test.one', objectType: 'test' })
    expect(() => db.query.run(sql`update audit_events set action = 'x'`)).toThrow(refusal('never changed'))
    expect(() => db.query.run(sql`delete from audit_events where action = 'test.one'`)).toThrow(refusal('kept for 30 days'))
  })
})
