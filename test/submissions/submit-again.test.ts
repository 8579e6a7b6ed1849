import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

let on: TestApp
let lab: { id: string; exerciseId: string }
beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const exercise = on.given.exercise({ courseId: on.given.course().id })
  const ana = on.given.enrolled(exercise, actorFor(await on.addUser('ana')))
  on.given.enrolled(exercise, actorFor(await on.addUser('bruno')))
  lab = on.given.workVm(exercise, ana, { state: 'ready', readyAt: new Date().toISOString() })
})

const page = () => `/work-vms/${lab.id}/submissions`
const submitted = () => on.services.submissions.listByWorkVm(lab.id).length

/** Submit, pressed on a page that was made before the session ended. */
async function pressTooLate() {
  const ana = await on.signIn('ana')
  on.services.auth.endOtherSessions(on.services.users.findByUsername('ana')?.id ?? '')
  return ana.post(page())
}

describe('a Submit that is pressed as the session ended', () => {
  it('leads through the sign-in to the question whether to submit, and is done when it is said', async () => {
    const sent = await pressTooLate()
    expect([sent.statusCode, submitted()]).toEqual([303, 0])
    const door = await on.stranger.get(sent.headers.location ?? '')
    expect(door.body).toContain('nothing was done yet')
    expect(door.body).toContain(`name="next" value="${page()}"`)
    const back = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana'), next: page() })
    expect(back.headers.location).toBe(page())
    const ana = await on.signIn('ana')
    expect((await ana.get(page())).body).toContain('You pressed Submit as your session ended')
    expect(submitted()).toBe(0)
    const done = await ana.post(page())
    expect([done.statusCode, submitted()]).toEqual([303, 1])
    // read again it leads to what is being checked
    expect((await ana.get(page())).headers.location).toBe(done.headers.location)
  })

  it('is asked again too on a page of the old session, after he signed in anew elsewhere in the same browser', async () => {
    const [old, anew] = [await on.signIn('ana'), await on.signIn('ana')]
    const answer = await anew.post(page(), { csrf: old.csrf })
    expect([answer.statusCode, answer.headers.location, submitted()]).toEqual([303, page(), 0])
  })

  it('finds its way back through a password that must be changed first, whichever page of it is left', async () => {
    await pressTooLate()
    const id = on.services.users.findByUsername('ana')?.id ?? ''
    const oneTime = await on.services.users.resetPassword(id, id)
    const change = `/account/password?next=${encodeURIComponent(page())}`
    const door = await on.stranger.post('/sign-in', { username: 'ana', password: oneTime, next: page() })
    expect(door.headers.location).toBe(change)
    const ana = await on.signIn('ana', oneTime)
    for (const answer of [await ana.get(page()), await ana.post(page())]) expect(answer.headers.location).toBe(change)
    expect((await ana.get(change)).body).toContain(`name="next" value="${page()}"`)
    const typed = { current: oneTime, password: 'four unrelated words', repeat: 'four unrelated words', next: page() }
    const again = await ana.post('/account/password', { ...typed, repeat: 'others' })
    expect(again.body).toContain(`name="next" value="${page()}"`)
    expect((await ana.post('/account/password', typed)).headers.location).toBe(page())
    expect((await ana.get(page())).body).toContain('You pressed Submit as your session ended')
    expect(submitted()).toBe(0)
    expect([(await ana.post(page())).statusCode, submitted()]).toEqual([303, 1])
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])('leads from a changed password to no %s', async (next) => {
    const ana = await on.signIn('ana')
    const typed = { current: passwordOf('ana'), password: 'four unrelated words', repeat: 'four unrelated words', next }
    expect((await ana.post('/account/password', typed)).headers.location).toBe('/')
  })

  it('is nothing for the next person at the desk', async () => {
    await pressTooLate()
    const bruno = await on.signIn('bruno')
    expect((await bruno.get(page())).statusCode).toBe(404)
    expect((await bruno.post(page())).statusCode).toBe(404)
    expect(submitted()).toBe(0)
  })

  it('cannot be pressed by a foreign page, neither before nor after the sign-in', async () => {
    const before = await on.stranger.post(page(), {}, { origin: 'https://evil.example' })
    const ana = await on.signIn('ana')
    const after = await ana.post(page(), {}, { origin: 'https://evil.example' })
    const guessed = await ana.post(page(), { csrf: 'guess' })
    expect([before.statusCode, after.statusCode, guessed.statusCode, submitted()]).toEqual([403, 403, 303, 0])
  })

  it('stays a plain refusal for a program', async () => {
    const answer = await on.app.inject({ method: 'POST', url: `/api/v1/work-vms/${lab.id}/submissions` })
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, 'SIGN_IN_REQUIRED'])
  })
})
