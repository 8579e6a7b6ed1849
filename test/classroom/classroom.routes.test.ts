import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

let on: TestApp
let teacher: TestBrowser
let ana: TestBrowser
let exercise: ReturnType<TestApp['given']['exercise']>
let anaId: string
let page: string

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const course = on.given.course()
  on.services.courses.putMember(course.id, { userId: (await on.addUser('tina', 'teacher')).id, role: 'teacher', groupName: null }, null)
  exercise = on.given.exercise({ courseId: course.id })
  page = `/exercises/${exercise.id}`
  const actor = actorFor(await on.addUser('ana'))
  anaId = actor.id
  on.given.enrolled(exercise, actor)
  const now = new Date().toISOString()
  on.given.workVm(exercise, actor, { state: 'ready', startedAt: now, readyAt: now })
  teacher = await on.signIn('tina')
  ana = await on.signIn('ana')
})

const board = async () => (await teacher.get(`${page}/board`)).body

describe('a raised hand', () => {
  it('reaches the board and the streams, and is taken back by its student', async () => {
    const heard: unknown[] = []
    on.services.events.subscribe((event) => heard.push([event.name, event.audience]))
    expect((await ana.post(`${page}/help`)).headers.location).toBe(`${page}#help`)
    await ana.post(`${page}/help`)
    expect(heard).toEqual([['help', { userIds: [anaId], courseId: exercise.courseId }]])
    expect(await board()).toContain('Needs help')
    expect((await ana.get(page)).body).toContain('Your hand is raised')
    await ana.post(`${page}/help/undo`)
    expect(await board()).not.toContain('Needs help')
  })

  it('goes down when somebody was there', async () => {
    await ana.post(`${page}/help`)
    await teacher.post(`${page}/help/${anaId}/answer`)
    expect((await ana.get(page)).body).toContain('I need help')
  })

  it('is no business of other students, and nothing that staff does', async () => {
    await on.addUser('eve')
    const eve = await on.signIn('eve')
    await ana.post(`${page}/help`)
    expect((await eve.post(`${page}/help`)).statusCode).toBe(404)
    expect((await eve.get(`${page}/board`)).statusCode).toBe(404)
    expect((await ana.get(`${page}/board`)).statusCode).toBe(403)
    expect((await ana.post(`${page}/help/${anaId}/answer`)).statusCode).toBe(403)
    expect((await teacher.post(`${page}/help`)).statusCode).toBe(403)
    expect(await board()).toContain('Needs help')
  })
})

describe('a message to all', () => {
  it('stands on every page of the enrolled as text, until it is taken back, and on nobody else’s', async () => {
    await on.addUser('eve')
    const eve = await on.signIn('eve')
    await teacher.post(`${page}/messages`, { text: 'Break until <11:00>', minutes: '15' })
    for (const path of ['/', '/account', page]) expect((await ana.get(path)).body).toContain('Break until &lt;11:00&gt;')
    expect((await eve.get('/')).body).not.toContain('Break until')
    const [sent] = on.services.classroom.listMessages(exercise.id)
    await teacher.post(`${page}/messages/${sent?.message.id}/end`)
    expect((await ana.get('/')).body).not.toContain('Break until')
  })

  it('is refused empty, and the form is shown again', async () => {
    const answer = await teacher.post(`${page}/messages`, { text: ' ', minutes: '15' })
    expect([answer.statusCode, on.services.classroom.listMessages(exercise.id)]).toEqual([422, []])
    expect(answer.body).toContain('name="text"')
  })

  it('is sent by staff alone', async () => {
    expect((await ana.post(`${page}/messages`, { text: 'Hello', minutes: '15' })).statusCode).toBe(403)
  })
})

describe('the time of a class', () => {
  it('is extended for all from the board', async () => {
    const closesAt = new Date(Date.now() + 600_000).toISOString()
    const admin = actorFor(await on.addUser('root', 'admin'))
    on.services.exercises.setRules(admin, exercise.id, { dueAt: closesAt, closesAt })
    expect(await board()).toContain('15 min more for all')
    expect((await teacher.post(`${page}/extend`, { minutes: '15' })).headers.location).toBe(`${page}/board`)
    const later = new Date(Date.parse(closesAt) + 900_000).toISOString()
    expect(on.services.exercises.get(exercise.id).rules).toMatchObject({ dueAt: later, closesAt: later })
    expect((await ana.post(`${page}/extend`, { minutes: '15' })).statusCode).toBe(403)
  })

  it('has nothing to extend where nothing ends', async () => {
    expect(await board()).not.toContain('min more for all')
    expect((await teacher.post(`${page}/extend`, { minutes: '15' })).statusCode).toBe(409)
  })

  it('is stopped for submissions, and let go on', async () => {
    const submit = async () => {
      const lab = on.services.workVms.findLive(exercise.id, anaId, 'student')
      return (await ana.post(`/work-vms/${lab?.id}/submissions`)).statusCode
    }
    await teacher.post(`${page}/freeze`)
    expect(await board()).toContain('Nobody of the class can submit')
    expect((await ana.get(page)).body).toContain('stopped submissions for a moment')
    expect(await submit()).toBe(409)
    expect((await ana.post(`${page}/thaw`)).statusCode).toBe(403)
    await teacher.post(`${page}/thaw`)
    expect(await submit()).toBe(303)
  })
})
