import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AttackBench, openAttackBench } from './attack-bench.ts'
import { labWith } from './cases/work.ts'

let on: AttackBench
let bearer: Record<string, string>
beforeAll(async () => {
  on = await openAttackBench()
  bearer = await on.bearerOf('ana')
})
afterAll(() => on?.close())

const submit = (labId: string, payload?: object) =>
  on.app.inject({ method: 'POST', url: `/api/v1/work-vms/${labId}/submissions`, headers: bearer, ...(payload ? { payload } : {}) })

describe('a submission', () => {
  it('is not made twice, however many ask at once', async () => {
    const { lab } = labWith(on, {})
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(lab.id)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, ...Array(7).fill(409)])
  })

  it('has the time of the server, whatever the request says of time', async () => {
    const { lab } = labWith(on, {})
    const before = Date.now()
    const answer = await submit(lab.id, { acceptedAt: '2001-01-01T00:00:00.000Z' })
    const accepted = Date.parse(on.services.submissions.get(answer.json().id).acceptedAt)
    expect([accepted >= before, accepted <= Date.now()]).toEqual([true, true])
  })
})

it('a withheld result has no points where its student looks it up', async () => {
  const { lab } = labWith(on, { results: 'withheld' })
  const submission = on.given.submission(lab, { state: 'done', points: 7.25, maxPoints: 10, undecidedPoints: 0 })
  on.given.run(submission, {})
  const answer = await on.app.inject({ url: `/api/v1/submissions/${submission.id}`, headers: bearer })
  expect([answer.json().points, answer.body.includes('7.25')]).toEqual([null, false])
})
