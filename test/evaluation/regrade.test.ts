import { describe, expect, it } from 'vitest'
import { type Criterion, type Exercise, evaluate, type Judgement, judgementSchema, regrade } from '../../src/evaluation/index.ts'
import { type Answerer, createFakeAsk, makeExercise, showIp, vpcsPing } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

const previous: Judgement = { verdict: 'fail', reason: { code: 'DEVICE_STOPPED', class: 'device-off', data: {} } }
const criterionOf = ({ criteria: [first] }: Exercise): Criterion => {
  if (first === undefined) throw new Error('no criterion')
  return first
}

async function gradeAndRegrade(exercise: Exercise, answer: Answerer, revised: Exercise = exercise) {
  const clock = createVirtualClock()
  const run = await evaluate({
    exercise,
    ask: createFakeAsk(clock, answer),
    readLab: async () => null,
    clock,
    signal: new AbortController().signal,
    budgetMs: 1e6,
  })
  const [then] = run.criteria
  const now = await regrade({ exercise: revised, criterion: criterionOf(revised), observations: then?.evidence ?? [], previous })
  return { then, now }
}

const answers: Record<string, Answerer> = {
  'a pass after some rounds': (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth < 4 ? 0 : 5)),
  'a fail over the whole window': (_device, command) => (command === 'show ip' ? showIp('0.0.0.0/0') : vpcsPing(command, 0)),
  'an answer that cannot be read': () => 'garbage',
  'a window spoilt once and begun anew': (_device, command, nth) => {
    if (nth === 3) return 'garbage'
    return command === 'show ip' ? showIp() : vpcsPing(command, 0)
  },
  'a late reply': (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth === 5 ? 1 : 0)),
}

describe('regrading from evidence', () => {
  for (const [name, answer] of Object.entries(answers)) {
    for (const expect_ of ['success', 'failure']) {
      it(`gives the same verdict and reason again: ${name}, expect ${expect_}`, async () => {
        const exercise = makeExercise([{ id: 'a', within: 20, params: { to: '10.0.0.2', expect: expect_ } }])
        const { then, now } = await gradeAndRegrade(exercise, answer)
        expect({ verdict: then?.verdict, reason: then?.reason }).toEqual(now)
      })
    }
  }

  it('finds in the evidence of each criterion what another one had settled before', async () => {
    const exercise = makeExercise([
      { id: 'a', within: 0 },
      { id: 'b', within: 0 },
    ])
    const clock = createVirtualClock()
    const ask = createFakeAsk(clock, (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 5)))
    const signal = new AbortController().signal
    const run = await evaluate({ exercise, ask, readLab: async () => null, clock, signal, budgetMs: 1e6 })
    expect(ask.log.filter((line) => line === 'PC1: show ip')).toHaveLength(1)
    for (const [index, { evidence, verdict, reason }] of run.criteria.entries()) {
      const criterion = exercise.criteria[index] ?? criterionOf(exercise)
      expect(await regrade({ exercise, criterion, observations: evidence, previous })).toEqual({ verdict, reason })
    }
  })

  it('keeps the device names of a reason, which its own evidence does not show', async () => {
    const exercise = makeExercise([{ id: 'a', within: 0, params: { to: '10.9.0.1', warmup: 0 } }])
    const answer: Answerer = (_device, command) => (command === 'show ip' ? showIp() : 'host (10.0.0.254) not reachable\n')
    const clock = createVirtualClock()
    const run = await evaluate({
      exercise,
      ask: createFakeAsk(clock, answer),
      readLab: async () => null,
      clock,
      signal: new AbortController().signal,
      budgetMs: 1e6,
      seen: [
        {
          seq: 1,
          device: 'PC2',
          command: 'show ip',
          startedAt: '2026-01-01T00:00:00.000Z',
          tookMs: 1,
          ended: 'prompt',
          raw: Buffer.from(''),
          text: showIp('10.0.0.254/24'),
        },
      ],
    })
    const [then] = run.criteria
    if (then === undefined) throw new Error('no result')
    const again = await regrade({
      exercise,
      criterion: criterionOf(exercise),
      observations: then.evidence,
      previous: judgementSchema.parse(then),
    })
    expect(again).toMatchObject({ reason: { code: 'PING_GATEWAY_SILENT', data: { gateway: '10.0.0.254', gatewayDevice: 'PC2' } } })
  })

  it('applies the new parameters to the old answers', async () => {
    const strict = makeExercise([{ id: 'a', within: 0, params: { to: '10.0.0.2', maxDrop: 0, warmup: 0 } }])
    const mild = makeExercise([{ id: 'a', within: 0, params: { to: '10.0.0.2', maxDrop: 2, warmup: 0 } }])
    const { then, now } = await gradeAndRegrade(
      strict,
      (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 4)),
      mild,
    )
    expect([then?.verdict, now.verdict]).toEqual(['fail', 'pass'])
  })

  it('says so when the new question was not asked then, instead of guessing', async () => {
    const one = makeExercise([{ id: 'a', within: 0 }])
    const other = makeExercise([{ id: 'a', within: 0, params: { to: '10.0.0.3' } }])
    const { now } = await gradeAndRegrade(one, (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 5)), other)
    expect(now).toMatchObject({ verdict: 'inconclusive', reason: { code: 'NOT_IN_EVIDENCE', cause: 'exercise', data: { device: 'PC1' } } })
  })

  it('keeps the verdict where nothing was asked', async () => {
    const exercise = makeExercise([{ id: 'a' }])
    expect(await regrade({ exercise, criterion: criterionOf(exercise), observations: [], previous })).toEqual(previous)
  })
})
