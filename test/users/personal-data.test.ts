import { describe, expect, it, onTestFinished } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { passwordOf, startTestApp } from '../support/app.ts'
import { actorFor, openBench } from '../support/given.ts'

const daysMs = 86_400_000

describe('the personal data of an account', () => {
  const withAna = async () => {
    const on = await startTestApp()
    onTestFinished(() => on.close())
    await on.addUser('admin', 'admin')
    const { given } = on
    const course = given.course()
    const exercise = given.exercise({ courseId: course.id })
    const user = await on.services.users.createWithPassword(
      { username: 'ana', displayName: 'Ana Almeida', email: 'ana@example.org', role: 'student' },
      passwordOf('ana'),
    )
    given.enrolled(exercise, actorFor(user))
    given.submission(given.workVm(exercise, given.enrolled(exercise), {}), { userId: user.id, points: 4, maxPoints: 5, state: 'done' })
    return { on, user, exercise, admin: await on.signIn('admin') }
  }

  it('are handed to the person: account, sign-ins, courses, submissions, and no secret', async () => {
    const { on } = await withAna()
    const ana = await on.signIn('ana')
    const answer = await ana.get('/account/data.json')
    expect(answer.headers['content-disposition']).toContain('attachment')
    expect(answer.json()).toMatchObject({
      account: { username: 'ana', email: 'ana@example.org' },
      sessions: [{ address: '127.0.0.1' }],
      enrollments: [{ exercise: 'Two PCs' }],
      submissions: [{ points: 4, maxPoints: 5 }],
    })
    expect(answer.body).not.toMatch(/argon2|passwordHash|secretHash/)
  })

  it('are erased once the account is closed; marks stay under a name that says nothing', async () => {
    const { on, user, exercise, admin } = await withAna()
    await on.signIn('ana')
    const erase = () => admin.post(`/admin/users/${user.id}/erase`)
    expect((await erase()).statusCode).toBe(422)
    expect(on.services.users.get(user.id).username).toBe('ana')
    await admin.post(`/admin/users/${user.id}/deactivate`)
    expect((await erase()).statusCode).toBe(303)
    expect(on.services.users.get(user.id)).toMatchObject({
      ...{ username: `erased-${user.id}`, displayName: `erased-${user.id}`, email: null, studentNumber: null, passwordHash: null },
      state: 'disabled',
    })
    expect(on.services.submissions.listOf(exercise.id, user.id)).toMatchObject([{ points: 4 }])
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(401)
    expect((await admin.get(`/admin/users/${user.id}/data.json`)).json()).toMatchObject({ sessions: [], apiKeys: [] })
  })
})

describe('after RETENTION_DAYS', () => {
  const withOld = async (days: string) => {
    const bench = openBench({ environment: { RETENTION_DAYS: days } })
    const { services, given, time, db } = bench
    const admin = given.user({ role: 'admin' })
    const closed = given.user({ username: 'long-closed' })
    services.users.setActive(closed.id, false, admin.id)
    await services.users.createWithPassword({ username: 'ana', displayName: 'Ana', role: 'student' }, 'four unrelated words')
    const { actor: ana } = await services.auth.signIn({
      ...{ username: 'ana', password: 'four unrelated words', kind: 'browser', address: '10.0.0.7', userAgent: 'test' },
    })
    services.auth.signOut(ana)
    return { services, closed, time, db }
  }

  it('ended sessions, old entries of the audit log and closed accounts go; a second look finds nothing more', async () => {
    const { services, closed, time, db } = await withOld('30')
    await time.advance(31 * daysMs)
    db.query
      .insert(tables.auditEvents)
      .values({ id: 'new', action: 'test.new', objectType: 'test', createdAt: new Date(services.clock.now()).toISOString() })
      .run()
    const forgotten = services.personalData.forget()
    expect(forgotten).toMatchObject({ sessions: 1, accounts: 1 })
    expect(services.users.get(closed.id).username).toBe(`erased-${closed.id}`)
    expect(services.users.findByUsername('ana')).toBeDefined()
    expect(services.audit.list({ limit: 10 }).map(({ event }) => event.action)).toEqual(['audit.forget', 'user.erase', 'test.new'])
    expect(services.personalData.forget()).toEqual({ sessions: 0, auditEvents: 0, accounts: 0 })
  })

  it('of 0 nothing goes by itself', async () => {
    const { services, time } = await withOld('0')
    await time.advance(4_000 * daysMs)
    expect(services.personalData.forget()).toEqual({ sessions: 0, auditEvents: 0, accounts: 0 })
  })
})
