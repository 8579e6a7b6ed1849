import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { fail, pass } from '../../src/evaluation/verdict.ts'
import { newId } from '../../src/lib/ids.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

/** What nobody but staff may find anywhere: each is in the result and nowhere else. */
const traces = ['7.25', 'GEHEIM-ANSWER', 'well done indeed', 'PING_LOST', '192.168.10.77']

let on: TestApp
let ana: TestBrowser
let teacher: TestBrowser
let ids: { exercise: string; submission: string; observation: string; lab: string }

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const boss = actorFor(await on.addUser('boss', 'teacher'))
  const course = on.services.courses.create(boss, { name: 'Networks', term: '2026' })
  const exercise = on.given.exercise({ courseId: course.id, rules: { results: 'withheld' } })
  const student = on.given.enrolled(exercise, actorFor(await on.addUser('ana')))
  const lab = on.given.workVm(exercise, student, { state: 'ready', readyAt: '2026-11-22T10:00:00.000Z' })
  const submission = on.given.submission(lab, { state: 'done', points: 7.25, maxPoints: 10, undecidedPoints: 0 })
  const runId = on.given.run(submission, {
    pc1: { ...pass('PING_REPLIED', { to: '192.168.10.2', sent: 5, received: 5 }), points: 2 },
    pc2: { ...fail('PING_LOST', 'unreachable', { to: '192.168.10.77', sent: 5 }), points: 0 },
  })
  const sha256 = await on.services.evidence.put(Buffer.from('GEHEIM-ANSWER'))
  const observation = newId()
  on.services.evaluations.insertObservation({
    ...{ id: observation, evaluationRunId: runId, purpose: 'criterion', criterionId: 'pc1', seq: 1, device: 'PC1', command: 'ping' },
    ...{ startedAt: '2026-11-22T10:00:30.000Z', tookMs: 3, ended: 'prompt', rawSha256: sha256, textSha256: sha256 },
    createdAt: '2026-11-22T10:00:30.000Z',
  })
  on.services.submissions.review(boss, submission.id, { criterionId: null, verdict: null, points: null, reason: 'well done indeed' })
  on.services.submissions.update(submission.id, { points: 7.25 })
  ids = { exercise: exercise.id, submission: submission.id, observation, lab: lab.id }
  ana = await on.signIn('ana')
  teacher = await on.signIn('boss')
})

const everywhere = () => [
  '/',
  '/account/data.json',
  `/exercises/${ids.exercise}`,
  `/submissions/${ids.submission}`,
  `/submissions/${ids.submission}/evidence/${ids.observation}`,
  `/api/v1/exercises/${ids.exercise}`,
  `/api/v1/exercises/${ids.exercise}/attempts`,
  `/api/v1/exercises/${ids.exercise}/results`,
  `/api/v1/exercises/${ids.exercise}/results.csv`,
  `/api/v1/submissions/${ids.submission}`,
  `/api/v1/submissions/${ids.submission}/evidence`,
  `/api/v1/submissions/${ids.submission}/configurations`,
  `/api/v1/work-vms/${ids.lab}/submissions`,
]

describe('withheld results', () => {
  it('are nowhere to be found by their student, though he sees that his work was taken', async () => {
    for (const path of everywhere()) {
      const { body } = await ana.get(path)
      for (const trace of traces) expect(body, `${trace} in ${path}`).not.toContain(trace)
    }
    expect((await ana.get(`/submissions/${ids.submission}`)).body).toContain('Your work was taken')
    expect((await ana.get(`/api/v1/submissions/${ids.submission}`)).json()).toMatchObject({
      state: 'done',
      isWithheld: true,
      points: null,
      criteria: [],
    })
    expect((await ana.get(`/submissions/${ids.submission}/evidence/${ids.observation}`)).statusCode).toBe(404)
  })

  it('are read by staff all the same', async () => {
    const page = await teacher.get(`/submissions/${ids.submission}`)
    for (const trace of ['7.25', 'GEHEIM-ANSWER', 'well done indeed']) expect(page.body).toContain(trace)
  })

  it('are shown once a teacher releases them, and the audit log says who', async () => {
    expect((await ana.post(`/exercises/${ids.exercise}/release-results`)).statusCode).toBe(403)
    expect((await teacher.get(`/exercises/${ids.exercise}/rules`)).body).toContain('Release the results')
    expect((await teacher.post(`/exercises/${ids.exercise}/release-results`)).statusCode).toBe(303)
    const page = await ana.get(`/submissions/${ids.submission}`)
    for (const trace of ['7.25', 'GEHEIM-ANSWER', 'well done indeed']) expect(page.body).toContain(trace)
    const audit = on.services.db.query.select().from(tables.auditEvents).all()
    expect(audit.filter(({ action }) => action === 'exercise.release-results').map(({ actorId }) => actorId)).toEqual([
      on.services.users.findByUsername('boss')?.id,
    ])
  })
})
