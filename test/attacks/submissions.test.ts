import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AttackBench, openAttackBench } from './attack-bench.ts'

let on: AttackBench
let bearer: Record<string, string>
beforeAll(async () => {
  on = await openAttackBench()
  bearer = await on.bearerOf('ana')
})
afterAll(() => on?.close())

const day = 86_400_000
const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString()

/** An exercise with rules, and a lab of Ana's in it that is ready. */
function labWith(rules: object, lab: object = {}) {
  const exercise = on.given.exercise({ courseId: on.course.id, rules })
  on.given.enrolled(exercise, on.student)
  return { exercise, lab: on.given.workVm(exercise, on.student, { state: 'ready', readyAt: at(-day), ...lab }) }
}
const post = (url: string, payload?: object, headers: Record<string, string> = bearer) =>
  on.app.inject({ method: 'POST', url, headers, ...(payload ? { payload } : {}) })
const submissionsOf = (labId: string) => `/api/v1/work-vms/${labId}/submissions`

describe('a submission', () => {
  it('is not made twice, however many ask at once', async () => {
    const { lab } = labWith({})
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(submissionsOf(lab.id))))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, ...Array(7).fill(409)])
    await on.expectRefused(() => post(submissionsOf(lab.id)), 409, 'SUBMISSION_OPEN')
  })

  it.each<[string, object]>([
    ['late', {}],
    ['late, with a clock of his own in the body', { acceptedAt: at(-2 * day), now: at(-2 * day), submittedAt: at(-2 * day) }],
    ['late, for an attempt that he calls the first', { number: 1, attemptUsed: false, state: 'done', points: 10 }],
  ])('is refused when it comes %s', async (_what, body) => {
    const { lab } = labWith({ closesAt: at(-day) })
    const headers = { ...bearer, date: new Date(Date.now() - 2 * day).toUTCString(), 'x-forwarded-date': at(-2 * day) }
    await on.expectRefused(() => post(submissionsOf(lab.id), body, headers), 409, 'EXERCISE_STATE')
  })

  it('is refused before the exercise opens', async () => {
    const { lab } = labWith({ opensAt: at(day) })
    await on.expectRefused(() => post(submissionsOf(lab.id)), 409, 'EXERCISE_STATE')
  })

  it('is refused when the attempts are used up', async () => {
    const { lab } = labWith({ attempts: 1 })
    on.given.submission(lab, { state: 'done', attemptUsed: true })
    await on.expectRefused(() => post(submissionsOf(lab.id)), 409, 'ATTEMPTS_USED')
  })

  it('is refused in a loop', async () => {
    const { lab } = labWith({})
    for (let count = 0; count < 6; count += 1) on.given.submission(lab, { state: 'done', acceptedAt: at(0) })
    await on.expectRefused(() => post(submissionsOf(lab.id)), 429, 'SUBMISSIONS_TOO_FAST')
  })

  it('has the time of the server, whatever the request says of time', async () => {
    const { lab } = labWith({})
    const before = Date.now()
    const answer = await post(submissionsOf(lab.id), { acceptedAt: '2001-01-01T00:00:00.000Z' })
    const accepted = Date.parse(on.services.submissions.get(answer.json().id).acceptedAt)
    expect([accepted >= before, accepted <= Date.now()]).toEqual([true, true])
  })

  it.each(['stop', 'reset', 'reboot', 'shutdown'])('keeps its lab as it is while it is checked: no %s', async (verb) => {
    const { lab } = labWith({})
    await post(submissionsOf(lab.id))
    await on.expectRefused(() => post(`/api/v1/work-vms/${lab.id}/${verb}`), 409, 'LAB_FROZEN')
  })
})

describe('withheld results', () => {
  const sealed = () => {
    const { exercise, lab } = labWith({ results: 'withheld' })
    const submission = on.given.submission(lab, { state: 'done', points: 7.25, maxPoints: 10, undecidedPoints: 0 })
    const runId = on.given.run(submission, {})
    return { exercise, submission, runId }
  }

  it.each<[string, 'POST' | 'PATCH' | 'PUT' | 'GET', string, object | undefined, number, string]>([
    ['releasing them', 'POST', '/api/v1/exercises/:exercise/release-results', undefined, 403, 'FORBIDDEN'],
    ['changing the rule', 'PATCH', '/api/v1/exercises/:exercise', { rules: { results: 'at-once' } }, 403, 'FORBIDDEN'],
    ['taking the list of the class', 'GET', '/api/v1/exercises/:exercise/results.csv', undefined, 403, 'FORBIDDEN'],
    ['reviewing his own work', 'POST', '/api/v1/submissions/:submission/review', { reason: 'all right' }, 403, 'FORBIDDEN'],
    ['regrading it', 'GET', '/api/v1/exercises/:exercise/regrade', undefined, 403, 'FORBIDDEN'],
    ['naming the run as evidence', 'GET', '/submissions/:submission/evidence/:run', undefined, 404, 'EVIDENCE_NOT_FOUND'],
    ['ending the exam', 'POST', '/api/v1/exercises/:exercise/exam/end', undefined, 403, 'FORBIDDEN'],
  ])('stay sealed to their student, who tries by %s', async (_what, method, url, payload, status, mark) => {
    const { exercise, submission, runId } = sealed()
    const path = url.replace(':exercise', exercise.id).replace(':submission', submission.id).replace(':run', runId)
    const ana = url.startsWith('/submissions') ? await on.signIn('ana') : null
    const send = () => (ana ? ana.get(path) : on.app.inject({ method, url: path, headers: bearer, ...(payload ? { payload } : {}) }))
    const answer = await on.expectRefused(send, status, mark)
    expect(answer.body).not.toContain('7.25')
    expect((await on.app.inject({ url: `/api/v1/submissions/${submission.id}`, headers: bearer })).json().points).toBeNull()
  })
})
