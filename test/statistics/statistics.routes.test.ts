import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { fail, pass } from '../../src/evaluation/verdict.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

let on: TestApp
let teacher: TestBrowser
let exercise: ReturnType<TestApp['given']['exercise']>

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const course = on.given.course()
  on.services.courses.putMember(course.id, { userId: (await on.addUser('tina', 'teacher')).id, role: 'teacher', groupName: null }, null)
  exercise = on.given.exercise({ courseId: course.id })
  teacher = await on.signIn('tina')
})

it('tells how a class did, with each table as a file', async () => {
  const actor = actorFor(on.given.user())
  on.given.enrolled(exercise, actor)
  expect((await teacher.get(`/exercises/${exercise.id}/statistics`)).body).toContain('Nothing to count yet')
  const lab = on.given.workVm(exercise, actor, { state: 'ready' })
  const handedIn = on.given.submission(lab, { state: 'done', points: 2, maxPoints: 10, undecidedPoints: 0 })
  on.given.run(handedIn, {
    pc1: { ...pass('PING_REPLIED', { to: '192.168.10.2', sent: 5, received: 5 }), points: 2 },
    pc2: { ...fail('PING_LOST', 'unreachable', { to: '192.168.10.1', sent: 5 }), points: 0 },
  })
  on.services.jobsRepository.insert({
    ...{ id: 'first', name: 'start-work-vm', key: `work-vm:${lab.id}`, payload: {}, data: {}, state: 'done', priority: 'interactive' },
    createdAt: new Date(Date.parse(handedIn.acceptedAt) - 40 * 60_000).toISOString(),
  })
  const page = await teacher.get(`/exercises/${exercise.id}/statistics`)
  expect(page.statusCode).toBe(200)
  for (const text of ['Students by points reached', 'PC1 reaches PC2', 'PING_LOST', `results?at=pc2&amp;verdict=fail`])
    expect(page.body).toContain(text)
  const file = async (table: string) => (await teacher.get(`/exercises/${exercise.id}/statistics/${table}.csv`)).body.split('\r\n')
  expect((await file('checks'))[1]).toBe('pc1,PC1 reaches PC2,2,1,1,1,0,2,')
  expect((await file('attempts'))[2]).toBe('pc2,PC2 reaches PC1,0,0,0,0,1,')
  expect((await file('scores'))[3]).toBe('20–30,1')
  expect(page.body).toContain('Half of them took at most 40 min')
  expect((await file('durations'))[3]).toBe('30–45,1')
  expect((await file('hours')).filter((line) => line.endsWith(',1'))).toHaveLength(1)
  expect((await file('failures'))[1]).toMatch(/^PC2 reaches PC1,fail,PING_LOST,1,/)
})

it('is for staff of the course alone', async () => {
  const ana = actorFor(await on.addUser('ana'))
  on.given.enrolled(exercise, ana)
  await on.addUser('other', 'teacher')
  expect((await (await on.signIn('ana')).get(`/exercises/${exercise.id}/statistics`)).statusCode).toBe(403)
  expect((await (await on.signIn('other')).get(`/exercises/${exercise.id}/statistics/scores.csv`)).statusCode).toBe(404)
})
