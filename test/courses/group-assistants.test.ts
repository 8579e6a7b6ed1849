import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { listCourseExercises } from '../../src/classroom/course-exercises.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

let on: TestApp
let ids: { course: string; exercise: string; mine: Student; other: Student }
let artur: TestBrowser

interface Student {
  readonly userId: string
  readonly lab: string
  readonly submission: string
  readonly job: string
}

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const { services, given } = on
  const teacher = actorFor(await on.addUser('teresa', 'teacher'))
  const course = services.courses.create(teacher, { name: 'Networks', term: 'now' })
  const exercise = given.exercise({ courseId: course.id })
  const put = (userId: string, role: 'student' | 'assistant', groupName: string | null) =>
    services.courses.putMember(course.id, { userId, role, groupName }, teacher)
  const student = async (username: string, group: string): Promise<Student> => {
    const actor = actorFor(await on.addUser(username))
    put(actor.id, 'student', group)
    given.enrolled(exercise, actor)
    const lab = given.workVm(exercise, actor, { state: 'failed', vmid: null, errorCode: 'PROXMOX_BUSY' })
    const submission = given.submission(lab, { state: 'done', points: 7, maxPoints: 10 })
    services.classroom.raiseHand(actor, exercise.id)
    services.exercises.allow(teacher, exercise.id, actor.id, { extraMinutes: 5, extraAttempts: 0 })
    const about = { priority: 'interactive', userId: actor.id, courseId: course.id } as const
    return {
      userId: actor.id,
      lab: lab.id,
      submission: submission.id,
      job: services.jobs.enqueue('start-work-vm', { workVmId: lab.id }, about),
    }
  }
  ids = { course: course.id, exercise: exercise.id, mine: await student('paula', 'P1'), other: await student('quim', 'P2') }
  put((await on.addUser('artur', 'assistant')).id, 'assistant', 'P1')
  artur = await on.signIn('artur')
})

const lists = () => {
  const [e, api] = [`/exercises/${ids.exercise}`, `/api/v1/exercises/${ids.exercise}`]
  return [
    ...[
      `${e}/board`,
      `${e}/enrollments`,
      `${e}/results`,
      `${e}/results.csv`,
      `${e}/results.json`,
      `${e}/results.xml`,
      `${e}/exam`,
      `${e}/rules`,
    ],
    ...[`${api}/enrollments`, `${api}/work-vms`, `${api}/results`, `${api}/results.csv`, `${api}/results.json`, `${api}/results.xml`],
    ...[`${api}/allowances`, `/courses/${ids.course}/roster`, `/api/v1/courses/${ids.course}/members`],
  ]
}

describe('an assistant of a group', () => {
  it('finds his group, and nobody else, in every list, file and board', async () => {
    for (const url of lists()) {
      const { statusCode, body } = await artur.get(url)
      const names = [body.includes('paula') || body.includes(ids.mine.userId), body.includes('quim') || body.includes(ids.other.userId)]
      expect([url, statusCode, ...names]).toEqual([url, 200, true, false])
    }
  })

  it('reads numbers of his group alone', async () => {
    const numbersFor = (username: string) => {
      const user = on.services.users.findByUsername(username) ?? expect.unreachable()
      return listCourseExercises(on.services, ids.course, on.services.courses.studentsOf(actorFor(user), ids.course))[0]
    }
    expect(numbersFor('teresa')).toMatchObject({ enrolled: 2, submitted: 2, hands: 2, labsFailed: 2 })
    expect(numbersFor('artur')).toMatchObject({ enrolled: 1, submitted: 1, hands: 1, labsFailed: 1 })
  })

  it("grades his group, and does not find the others' labs, terminals, submissions, evidence and jobs", async () => {
    const places = ({ lab, submission, job }: Student) => [
      ...[`/submissions/${submission}`, `/api/v1/submissions/${submission}`],
      ...[`/api/v1/submissions/${submission}/evidence`, `/api/v1/work-vms/${lab}`, `/api/v1/work-vms/${lab}/submissions`],
      ...[`/work-vms/${lab}/terminals`, `/api/v1/jobs/${job}`],
    ]
    for (const url of places(ids.mine)) expect([url, (await artur.get(url)).statusCode]).toEqual([url, 200])
    for (const url of places(ids.other)) expect([url, (await artur.get(url)).statusCode]).toEqual([url, 404])
    const grade = (submission: string) => artur.post(`/submissions/${submission}/review`, { comment: 'well done', stamp: '.' })
    expect((await grade(ids.mine.submission)).statusCode).toBe(303)
    for (const url of [
      `/submissions/${ids.other.submission}/review`,
      `/work-vms/${ids.other.lab}/watch`,
      `/work-vms/${ids.other.lab}/reset`,
    ])
      expect([url, (await artur.post(url, { comment: 'mine now', reason: 'curious' })).statusCode]).toEqual([url, 404])
    expect(on.services.submissions.listReviews(ids.other.submission)).toEqual([])
  })

  it('makes the labs of his group anew and leaves the others as they are', async () => {
    await artur.post(`/exercises/${ids.exercise}/labs/retry`)
    const [asked] = on.services.audit.list({ action: 'exercise.labs.retry', limit: 1 })
    expect(asked?.event.details).toEqual({ count: 1 })
    expect(on.services.workVms.get(ids.other.lab).state).toBe('failed')
  })

  it('neither edits, nor speaks to the whole class', async () => {
    const e = `/exercises/${ids.exercise}`
    for (const [url, fields] of [
      [`${e}/archive`, {}],
      [`${e}/rules`, { dueAt: '' }],
      [`${e}/allowances`, { userId: ids.mine.userId, extraMinutes: '9', extraAttempts: '0' }],
      [`${e}/messages`, { text: 'all of you', minutes: '5' }],
      [`/courses/${ids.course}/members`, { username: 'artur', role: 'assistant', group: 'P2' }],
    ] as const)
      expect([url, (await artur.post(url, fields)).statusCode]).toEqual([url, 403])
    expect((await artur.get(`${e}/board`)).body).not.toContain('name="text"')
  })

  it('is there for the whole class once his group is taken away, and the audit log says who did it', async () => {
    const teresa = await on.signIn('teresa')
    await teresa.post(`/courses/${ids.course}/members`, { username: 'artur', role: 'assistant', group: '' })
    expect((await artur.get(`/submissions/${ids.other.submission}`)).statusCode).toBe(200)
    const [last] = on.services.audit.list({ action: 'course.member-changed', limit: 1 })
    expect(last?.event).toMatchObject({
      actorId: on.services.users.findByUsername('teresa')?.id,
      details: { before: { group: 'P1' }, group: null },
    })
  })
})
