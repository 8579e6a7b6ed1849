import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { everybody } from '../../src/courses/index.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor, exerciseText } from '../support/given.ts'

let on: TestApp
let teacher: TestBrowser
let exercise: ReturnType<TestApp['given']['exercise']>
let path: string

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const course = on.given.course()
  on.services.courses.putMember(course.id, { userId: (await on.addUser('teresa', 'teacher')).id, role: 'teacher', groupName: null }, null)
  on.services.courses.putMember(
    course.id,
    { userId: (await on.addUser('artur', 'assistant')).id, role: 'assistant', groupName: null },
    null,
  )
  teacher = await on.signIn('teresa')
  exercise = on.given.exercise({ courseId: course.id, text: exerciseText })
  path = `/exercises/${exercise.id}/enrollments`
})

const list = 'username;name;group\nana;Ana Álvares;P1\nana;Twice;P1\nnot a name;;\nbea;Bea;P2\n'
const enrolled = () => on.services.enrollments.listActive(exercise.id, everybody).map(({ user }) => user.username)

describe('the class of an exercise', () => {
  it('shows what each line would do before anything happens', async () => {
    const page = await teacher.upload(path, { do: 'dry-run', list: '' }, { file: ['class.csv', Buffer.from(list, 'latin1')] })
    expect(page.statusCode).toBe(200)
    for (const text of ['twice in the list', 'cannot be read', 'Ana Álvares', 'Enroll 2 students', '2 labs would be made at once'])
      expect(page.body).toContain(text)
    expect(enrolled()).toEqual([])
  })

  it('enrolls once, also when pressed twice, and shows the passwords of new accounts once', async () => {
    const first = await teacher.post(path, { do: 'enroll', list })
    const again = await teacher.post(path, { do: 'enroll', list })
    expect(again.statusCode).toBe(303)
    expect(enrolled()).toEqual(['ana', 'bea'])
    // another tab that reloads itself takes nothing away
    expect((await teacher.get(path)).body).not.toContain('<code class="secret">')
    const shown = String(first.headers.location)
    const page = await teacher.get(shown)
    expect(page.body.match(/<code class="secret">/g)).toHaveLength(2)
    expect((await teacher.get(shown)).body).not.toContain('<code class="secret">')
    const jobs = on.services.jobsRepository.list({ limit: 50 }).filter((job) => job.name === 'create-work-vm')
    expect(jobs).toHaveLength(2)
  })

  it.each([
    ['', 'Please fill this in.'],
    ['username\n', 'it holds no names'],
    ['a\u0000b', 'it is not a text file'],
  ])('refuses %j with a sentence, and keeps what was pasted', async (text, sentence) => {
    const page = await teacher.post(path, { do: 'dry-run', list: text })
    expect([page.statusCode, page.body.includes(sentence)]).toEqual([422, true])
  })

  it('enrolls a group of the course', async () => {
    const ana = await on.addUser('ana')
    on.services.courses.putMember(exercise.courseId, { userId: ana.id, role: 'student', groupName: 'P1 & friends' }, null)
    const page = await teacher.post(path, { do: 'group:P1 & friends' })
    expect(page.body).toContain('Enroll 1 student')
  })

  it('shows how far the labs are, has all failed ones made again, and stops the rest', async () => {
    await teacher.post(path, { do: 'enroll', list })
    const page = await teacher.get(path)
    for (const text of ['0 of 2 labs are there', 'waiting their turn', 'Stop making labs']) expect(page.body).toContain(text)
    const labs = on.services.workVms.listByExercise(exercise.id)
    for (const { id } of on.services.jobsRepository.listLive('create-work-vm')) on.services.jobs.cancel(id)
    for (const { id } of labs) on.services.workVms.noteFailed(id, 'VMID_RANGE_FULL', { from: 1, to: 2 })
    const failed = await teacher.get(path)
    for (const text of ['2 labs could not be made', 'All VM numbers from 1 to 2 are used', 'Try all 2 again'])
      expect(failed.body).toContain(text)
    const live = () => on.services.jobsRepository.listLive('create-work-vm').length
    const verb = (name: string, browser = teacher) => browser.post(`/exercises/${exercise.id}/labs/${name}`)
    expect([(await verb('retry')).statusCode, live()]).toEqual([303, 2])
    const assistant = await on.signIn('artur')
    expect([(await verb('cancel', assistant)).statusCode, live()]).toEqual([403, 2])
    expect([(await verb('cancel')).statusCode, live()]).toEqual([303, 0])
    expect((await teacher.get(path)).body).toContain('2 labs were not made')
    expect([(await verb('make', assistant)).statusCode, live()]).toEqual([303, 2])
  })

  it('takes a student out, and tries a failed lab again', async () => {
    const ana = actorFor(await on.addUser('ana'))
    on.given.enrolled(exercise, ana)
    on.given.workVm(exercise, ana, { state: 'failed', vmid: null, errorCode: 'VMID_RANGE_FULL', errorDetails: { from: 1, to: 2 } })
    expect((await teacher.get(path)).body).toContain('All VM numbers from 1 to 2 are used')
    const assistant = await on.signIn('artur')
    expect((await assistant.post(`${path}/${ana.id}/retry`)).statusCode).toBe(303)
    await assistant.post(`${path}/${ana.id}/retry`)
    const jobs = on.services.jobsRepository.list({ limit: 50 }).map((job) => job.name)
    expect(jobs).toEqual(['create-work-vm'])
    await teacher.post(`${path}/${ana.id}/remove`)
    expect(enrolled()).toEqual([])
    const binned = /\/work-vms\/[^/]+\/undelete/.exec((await teacher.get(path)).body)?.[0] ?? ''
    expect((await assistant.get(path)).body).not.toContain('/undelete')
    expect([(await assistant.post(binned)).statusCode, enrolled()]).toEqual([403, []])
    expect([(await teacher.post(binned)).statusCode, enrolled()]).toEqual([303, ['ana']])
  })

  it('lets assistants look and not enroll, and is not there for strangers', async () => {
    const assistant = await on.signIn('artur')
    const page = await assistant.get(path)
    expect([page.statusCode, page.body.includes('Check the list')]).toEqual([200, false])
    expect((await assistant.post(path, { do: 'enroll', list })).statusCode).toBe(403)
    await on.addUser('other', 'teacher')
    const other = await on.signIn('other')
    expect((await other.get(path)).statusCode).toBe(404)
    expect((await other.post(path, { do: 'enroll', list })).statusCode).toBe(404)
    expect(enrolled()).toEqual([])
  })
})
