import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { fail, inconclusive, pass } from '../../src/evaluation/verdict.ts'
import { newId } from '../../src/lib/ids.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor, exerciseText } from '../support/given.ts'

type Exercise = ReturnType<TestApp['given']['exercise']>
type WorkVm = ReturnType<TestApp['given']['workVm']>

let on: TestApp
let exercise: Exercise
let lab: WorkVm
let ana: TestBrowser

async function enroll(username: string, values: Parameters<TestApp['given']['workVm']>[2] = {}) {
  const actor = actorFor(await on.addUser(username))
  on.given.enrolled(exercise, actor)
  return { browser: await on.signIn(username), workVm: on.given.workVm(exercise, actor, values) }
}

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const course = on.given.course()
  exercise = on.given.exercise({ courseId: course.id, text: exerciseText })
  const made = await enroll('ana', { state: 'ready', readyAt: '2026-11-22T10:00:00.000Z' })
  ana = made.browser
  lab = made.workVm
})

/** A checked submission of Ana's, with an answer of a device as evidence. */
async function checked(answer: string, criterionId = 'pc1') {
  const submission = on.given.submission(lab, {
    state: 'done',
    points: 2,
    maxPoints: 10,
    undecidedPoints: 0,
    endedAt: '2026-11-22T10:01:00.000Z',
  })
  const runId = on.given.run(submission, {
    pc1: { ...pass('PING_REPLIED', { to: '192.168.10.2', sent: 5, received: 5 }), points: 2 },
    pc2: { ...fail('PING_LOST', 'unreachable', { to: '192.168.10.1', sent: 5 }), points: 0 },
    hidden: { ...fail('PING_LOST', 'unreachable', { to: '192.168.10.9', sent: 5 }), points: 0 },
  })
  const sha256 = await on.services.evidence.put(Buffer.from(answer))
  const observationId = newId()
  on.services.evaluations.insertObservation({
    id: observationId,
    evaluationRunId: runId,
    purpose: 'criterion',
    criterionId,
    seq: 1,
    device: 'PC1',
    command: 'ping 192.168.10.2',
    startedAt: '2026-11-22T10:00:30.000Z',
    tookMs: 300,
    ended: 'prompt',
    rawSha256: sha256,
    textSha256: sha256,
    createdAt: '2026-11-22T10:00:30.000Z',
  })
  return { submission, observationId }
}

describe('the start page', () => {
  it('shows a student the exercises with the one next thing to do', async () => {
    const page = await ana.get('/')
    expect(page.statusCode).toBe(200)
    expect(page.body).toMatch(new RegExp(`href="/exercises/${exercise.id}"[\\s\\S]*Two PCs[\\s\\S]*Go on working`))
  })

  it('offers to read the result once everything is passed', async () => {
    on.services.workVms.update(lab.id, { state: 'stopped' })
    on.given.submission(lab, { state: 'done', points: 10, maxPoints: 10, undecidedPoints: 0 })
    expect((await ana.get('/')).body).toContain('Read the result')
  })

  it.each(['teacher', 'assistant', 'admin'] as const)('sends a %s to the courses', async (role) => {
    await on.addUser('someone', role)
    const page = await (await on.signIn('someone')).get('/')
    expect([page.statusCode, page.headers.location]).toEqual([303, '/courses'])
  })
})

describe("a student's exercise page", () => {
  it('shows lab, topology and what is checked, and only counts what is hidden', async () => {
    const page = await ana.get(`/exercises/${exercise.id}`)
    expect(page.statusCode).toBe(200)
    for (const text of [
      'Ready',
      'PC1 reaches PC2',
      'PC2 reaches PC1',
      'And 1 check that is not shown',
      'Submit for checking',
      '<svg viewBox=',
    ])
      expect(page.body).toContain(text)
    expect(page.body).not.toContain('The hidden one')
    expect(page.body).not.toContain('192.168.10.9')
  })

  it('says what starting over loses beside the button that does it', async () => {
    const page = await ana.get(`/exercises/${exercise.id}`)
    expect(page.body).toMatch(
      new RegExp(`Everything configured on the devices of this lab is lost[\\s\\S]*action="/work-vms/${lab.id}/reset"`),
    )
  })

  it('shows no console address outside the sandbox', async () => {
    const page = await ana.get(`/exercises/${exercise.id}`)
    expect(page.body).not.toContain('telnet')
  })

  it('names the fault of a lab that failed, with a reference', async () => {
    on.services.workVms.update(lab.id, {
      state: 'failed',
      errorCode: 'LAB_ADDRESS_REFUSED',
      errorDetails: { address: '10.9.9.9', reason: '<b>foreign</b>' },
    })
    const page = await ana.get(`/exercises/${exercise.id}`)
    expect(page.body).toContain('The VM reported the address 10.9.9.9, which it may not have: &lt;b&gt;foreign&lt;/b&gt;')
    expect(page.body).toContain('Try again')
  })

  it('offers no submission once all attempts are used', async () => {
    on.services.db.query
      .update(tables.exercises)
      .set({ rules: { attempts: 1 } })
      .run()
    on.given.submission(lab, { state: 'done', points: 1, maxPoints: 10, undecidedPoints: 0 })
    const page = await ana.get(`/exercises/${exercise.id}`)
    expect(page.body).toContain('All 1 submissions are used')
    expect(page.body).not.toContain(`/work-vms/${lab.id}/submissions`)
  })

  it('is not there for whoever is not enrolled', async () => {
    await on.addUser('stranger')
    expect((await (await on.signIn('stranger')).get(`/exercises/${exercise.id}`)).statusCode).toBe(404)
  })

  it('cannot be tried by a student', async () => {
    expect((await ana.get(`/exercises/${exercise.id}/try`)).statusCode).toBe(403)
    expect((await ana.post(`/exercises/${exercise.id}/try`)).statusCode).toBe(403)
  })
})

describe('the buttons of a lab', () => {
  it('start it, with the steps to come on the page', async () => {
    const bruno = await enroll('bruno')
    const answer = await bruno.browser.post(`/work-vms/${bruno.workVm.id}/start`)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/exercises/${exercise.id}`])
    const page = await bruno.browser.get(`/exercises/${exercise.id}`)
    expect(page.body).toMatch(/In the queue[\s\S]*Starting the VM[\s\S]*Waiting for an address[\s\S]*Waiting for the consoles/)
    expect(page.body).toContain('<noscript><meta http-equiv="refresh" content="5">')
  })

  it('make one job of two presses', async () => {
    const bruno = await enroll('bruno')
    await bruno.browser.post(`/work-vms/${bruno.workVm.id}/start`)
    await bruno.browser.post(`/work-vms/${bruno.workVm.id}/start`)
    expect(on.services.jobsRepository.findLiveByKey(`work-vm:${bruno.workVm.id}`)).toHaveLength(1)
  })

  it('refuse what the state does not allow with a page that says so', async () => {
    const bruno = await enroll('bruno')
    const answer = await bruno.browser.post(`/work-vms/${bruno.workVm.id}/suspend`)
    expect(answer.statusCode).toBe(409)
    expect(answer.body).toContain('The lab is stopped, so this cannot be done now.')
  })

  it('know only the verbs there are', async () => {
    expect((await ana.post(`/work-vms/${lab.id}/destroy`)).statusCode).toBe(422)
  })

  it("are not there for another student's lab", async () => {
    const bruno = await enroll('bruno')
    for (const verb of ['start', 'stop', 'reset', 'submissions'])
      expect((await bruno.browser.post(`/work-vms/${lab.id}/${verb}`)).statusCode).toBe(404)
    expect(on.services.workVms.get(lab.id).state).toBe('ready')
  })

  it('need token and Origin', async () => {
    expect((await ana.post(`/work-vms/${lab.id}/stop`, { csrf: 'guessed' })).statusCode).toBe(403)
    expect((await ana.post(`/work-vms/${lab.id}/stop`, {}, { origin: 'https://evil.example' })).statusCode).toBe(403)
    expect(on.services.workVms.get(lab.id).state).toBe('ready')
  })

  it('make a teacher a lab of his own for trying, and bring him to it', async () => {
    const teacher = actorFor(await on.addUser('teacher', 'teacher'))
    on.services.courses.putMember(exercise.courseId, { userId: teacher.id, role: 'teacher', groupName: null }, null)
    const browser = await on.signIn('teacher')
    expect((await browser.get(`/exercises/${exercise.id}/try`)).body).toContain('What you submit here counts for nobody')
    const answer = await browser.post(`/exercises/${exercise.id}/lab/start`)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/exercises/${exercise.id}/try`])
    expect(on.services.workVms.findOwn(teacher, exercise.id, 'try')?.state).toBe('requested')
  })
})

describe('submitting', () => {
  it('leads to the page of the submission, which waits for the first check', async () => {
    const answer = await ana.post(`/work-vms/${lab.id}/submissions`)
    expect(answer.statusCode).toBe(303)
    const page = await ana.get(answer.headers.location ?? '')
    expect(page.body).toContain('Checking your lab')
    expect(page.body).toContain('<noscript><meta http-equiv="refresh" content="5">')
    expect(page.body).not.toContain('The hidden one')
  })

  it('twice at once is refused with 409, and one submission is there', async () => {
    await ana.post(`/work-vms/${lab.id}/submissions`)
    const second = await ana.post(`/work-vms/${lab.id}/submissions`)
    expect(second.statusCode).toBe(409)
    expect(second.body).toContain('being checked already')
    expect(on.services.submissions.listByWorkVm(lab.id)).toHaveLength(1)
  })

  it('freezes the lab: no button but the way to the check', async () => {
    await ana.post(`/work-vms/${lab.id}/submissions`)
    const page = await ana.get(`/exercises/${exercise.id}`)
    // the terminals stay, to look at
    expect(page.body).not.toContain(`action="/work-vms/${lab.id}/`)
    expect((await ana.post(`/work-vms/${lab.id}/stop`)).statusCode).toBe(409)
  })

  it('needs a ready lab', async () => {
    const bruno = await enroll('bruno')
    const answer = await bruno.browser.post(`/work-vms/${bruno.workVm.id}/submissions`)
    expect([answer.statusCode, answer.body.includes('Start it and wait until it is ready')]).toEqual([409, true])
  })
})

describe("a submission's page", () => {
  it('tells in plain words what passed, what did not and what was asked, and only counts what is hidden', async () => {
    const { submission } = await checked('84 bytes from 192.168.10.2')
    const page = await ana.get(`/submissions/${submission.id}`)
    for (const text of [
      'PC1 reaches 192.168.10.2.',
      'nothing came back',
      '84 bytes from 192.168.10.2',
      'ping 192.168.10.2',
      'The total also contains 1 check',
    ]) {
      expect(page.body).toContain(text)
    }
    expect(page.body).not.toContain('The hidden one')
    expect(page.body).not.toContain('192.168.10.9')
  })

  it('escapes what a device said', async () => {
    const { submission } = await checked('<script>alert(1)</script>\u001b]0;title\u0007 "quoted"')
    const page = await ana.get(`/submissions/${submission.id}`)
    expect(page.body).not.toContain('<script>alert')
    expect(page.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('is not there for another student', async () => {
    const { submission, observationId } = await checked('x')
    const bruno = await enroll('bruno')
    expect((await bruno.browser.get(`/submissions/${submission.id}`)).statusCode).toBe(404)
    expect((await bruno.browser.get(`/submissions/${submission.id}/evidence/${observationId}`)).statusCode).toBe(404)
  })

  it('says whose doing it is when a check could not be made', async () => {
    const submission = on.given.submission(lab, { state: 'done', points: 0, maxPoints: 10, undecidedPoints: 2, attemptUsed: false })
    on.given.run(submission, { pc1: { ...inconclusive('CONSOLE_TIMEOUT', 'infrastructure'), points: 0 } })
    const page = await ana.get(`/submissions/${submission.id}`)
    expect(page.body).toContain('This was our doing, not yours')
    expect(page.body).toContain('This submission was given back')
  })

  it('shows what the teacher decided, and why', async () => {
    const { submission } = await checked('x')
    const teacher = actorFor(await on.addUser('teacher', 'teacher'))
    on.services.courses.putMember(exercise.courseId, { userId: teacher.id, role: 'teacher', groupName: null }, null)
    on.services.submissions.review(teacher, submission.id, { criterionId: 'pc2', verdict: 'pass', points: 3, reason: 'The cable was ours' })
    const page = await ana.get(`/submissions/${submission.id}`)
    expect(page.body).toContain('Decided by Name of teacher: Passed, 3 points.')
    expect(page.body).toContain('The cable was ours')
  })

  it('hands out the bytes as a download that no browser shows', async () => {
    const { submission, observationId } = await checked('\u001b[2Jhello')
    const answer = await ana.get(`/submissions/${submission.id}/evidence/${observationId}`)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' })
    expect(answer.headers['content-disposition']).toMatch(/^attachment/)
    expect(answer.body).toBe('\u001b[2Jhello')
  })

  it('keeps the answers of hidden criteria, and those of other submissions, to itself', async () => {
    const hidden = await checked('secret', 'hidden')
    expect((await ana.get(`/submissions/${hidden.submission.id}/evidence/${hidden.observationId}`)).statusCode).toBe(404)
    const other = await checked('x')
    expect((await ana.get(`/submissions/${hidden.submission.id}/evidence/${other.observationId}`)).statusCode).toBe(404)
  })
})

describe('a criterion that does not reveal what it expects', () => {
  beforeEach(async () => {
    exercise = on.given.exercise({ courseId: on.given.course().id, text: exerciseText.replace('id: pc2,', 'id: pc2, reveal: false,') })
    const made = await enroll('bea', { state: 'ready', readyAt: '2026-11-22T10:00:00.000Z' })
    ana = made.browser
    lab = made.workVm
  })

  it('keeps it from the student, on the page and in the API, and not from staff', async () => {
    const { submission } = await checked('nothing')
    const page = await ana.get(`/submissions/${submission.id}`)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('Something that is asked for cannot be reached.')
    expect(page.body).not.toContain('replies from 192.168.10.1')
    const api = JSON.parse((await ana.get(`/api/v1/submissions/${submission.id}`)).body)
    const own = api.criteria.find((one: { id: string }) => one.id === 'pc2')
    expect(own).toMatchObject({ expected: '', reason: { code: 'PING_LOST', class: 'unreachable', data: {} }, facts: [] })
    expect(JSON.stringify(own)).not.toContain('192.168.10.1')
    await on.addUser('tess', 'admin')
    const staff = JSON.parse((await (await on.signIn('tess')).get(`/api/v1/submissions/${submission.id}`)).body)
    expect(staff.criteria.find((one: { id: string }) => one.id === 'pc2').expected).toContain('192.168.10.1')
  })
})
