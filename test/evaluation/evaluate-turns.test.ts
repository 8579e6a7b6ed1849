import { describe, expect, it } from 'vitest'
import { type EvaluateOptions, type EvaluationEvent, type Exercise, evaluate, eventText } from '../../src/evaluation/index.ts'
import { type Answerer, createFakeAsk, makeExercise, makeLab, showIp, vpcsPing } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

const ip: Answerer = (_device, command) => (command === 'show ip' ? showIp() : vpcsPing(command, 5))
const slow =
  (tookMs: number, received: (command: string, nth: number) => number = () => 5): Answerer =>
  (_device, command, nth) =>
    command === 'show ip' ? showIp() : { text: vpcsPing(command, received(command, nth)), tookMs }

async function run(exercise: Exercise, answer: Answerer, options: Partial<EvaluateOptions> = {}) {
  const clock = options.clock ?? createVirtualClock()
  const ask = createFakeAsk(clock, answer)
  const signal = new AbortController().signal
  const result = await evaluate({ exercise, ask, readLab: async () => null, budgetMs: 3_600_000, signal, ...options, clock })
  const pings = ask.log.filter((line) => line.includes('ping'))
  return { result, by: Object.fromEntries(result.criteria.map((one) => [one.id, one])), pings, asked: ask.log, clock }
}

const to = (address: string, more: object = {}) => ({ to: address, warmup: 0, ...more })

describe('turns on one device', () => {
  it('gives every criterion its first question before any has its second, however long they poll', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => index + 1)
    const exercise = makeExercise(ids.map((id) => ({ id: `c${id}`, within: 60, params: to(`10.0.0.${id + 10}`) })))
    const { pings } = await run(
      exercise,
      slow(4_000, () => 0),
    )
    const targets = pings.map((line) => Number(/10\.0\.0\.(\d+)/.exec(line)?.[1]) - 10)
    expect(targets.slice(0, 12)).toEqual([...ids, ...ids])
  })

  it('does not let what settles in a moment wait for a long pause', async () => {
    const exercise = makeExercise([{ id: 'a', within: 30, params: to('10.0.0.2') }])
    const { by } = await run(exercise, (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth > 1 ? 5 : 0)))
    expect(by.a?.passedAfterMs).toBeLessThan(1_000)
  })

  it('pauses longer and longer, but never longer than it may', async () => {
    const exercise = makeExercise([{ id: 'a', within: 60, params: to('10.0.0.2') }])
    const { by } = await run(
      exercise,
      slow(0, () => 0),
      { pollMs: 1_000 },
    )
    expect(by.a?.attempts).toBeGreaterThan(55)
    expect(by.a?.attempts).toBeLessThan(65)
  })
})

describe('one answer for several criteria', () => {
  const pair = (second: object = {}) =>
    makeExercise([
      { id: 'a', within: 0, params: to('10.0.0.2') },
      { id: 'b', within: 0, params: to('10.0.0.2', { maxDrop: 0 }), ...second },
    ])

  it('serves all that were ready when the question was put, and is evidence of each', async () => {
    const { by, pings } = await run(
      pair(),
      slow(1_000, () => 4),
    )
    expect(pings).toHaveLength(1)
    expect([by.a?.verdict, by.b?.verdict]).toEqual(['pass', 'fail'])
    expect(by.a?.evidence[0]).toBe(by.b?.evidence[0])
  })

  it('does not serve what became ready after the question was put, though before the answer', async () => {
    const exercise = makeExercise([
      { id: 'a', within: 0, params: to('10.0.0.2') },
      { id: 'gate', device: 'PC2', within: 0, params: to('10.0.0.9') },
      { id: 'b', within: 0, params: to('10.0.0.2'), requires: ['gate'] },
    ])
    // b is ready at 3 s, the ping of a was sent at 0 s and is answered at 5 s, when the lab is right at last
    const { by, pings } = await run(exercise, (device, command, nth) => {
      if (command === 'show ip') return showIp()
      if (device === 'PC2') return { text: vpcsPing(command, 5), tookMs: 3_000 }
      return { text: vpcsPing(command, nth === 1 ? 0 : 5), tookMs: 5_000 }
    })
    expect(pings.filter((line) => line.startsWith('PC1'))).toHaveLength(2)
    expect([by.a?.verdict, by.b?.verdict]).toEqual(['fail', 'pass'])
  })

  it('does not serve a second question from before the first', async () => {
    const exercise = makeExercise([
      { id: 'a', within: 0, params: to('10.0.0.2') },
      { id: 'b', within: 0, params: to('10.0.0.3') },
    ])
    const { asked } = await run(
      exercise,
      slow(100, () => 0),
    )
    expect(asked.map((line) => line.split(' ')[1])).toEqual(['ping', 'show', 'ping', 'show'])
  })

  it('does not serve the next round', async () => {
    const exercise = makeExercise([{ id: 'a', within: 10, params: to('10.0.0.2') }])
    const { by } = await run(exercise, (_device, command, nth) => (command === 'show ip' ? showIp() : vpcsPing(command, nth > 2 ? 5 : 0)))
    expect(by.a).toMatchObject({ verdict: 'pass', attempts: 3 })
  })

  it.each(['timeout', 'closed', 'cut'] as const)('does not serve anybody else when it ended by %s', async (ended) => {
    const { by, pings } = await run(pair(), (_device, command, nth) => {
      if (command === 'show ip') return showIp()
      return nth === 1 ? { text: '', ended } : vpcsPing(command, 5)
    })
    expect(pings.length).toBeGreaterThan(1)
    expect(by.b?.verdict).toBe('pass')
  })

  it('reads GNS3 once for all that are ready at the same time', async () => {
    let read = 0
    const names = Array.from({ length: 20 }, (_, index) => `PC${index + 1}`)
    const exercise = makeExercise(
      names.map((device) => ({ id: device, device, within: 0, params: to('10.0.0.2') })),
      names,
    )
    await run(exercise, ip, {
      readLab: async () => {
        read += 1
        return makeLab(Object.fromEntries(names.map((name) => [name, 'started'])))
      },
    })
    expect(read).toBe(1)
  })
})

it('says how many seconds are left, never fewer than none', async () => {
  const lines: string[] = []
  const onEvent = (event: EvaluationEvent) => {
    if (event.type === 'asked' && event.command.startsWith('ping')) lines.push(eventText(event))
  }
  const exercise = makeExercise([
    { id: 'a', within: 8, params: to('10.0.0.2') },
    { id: 'once', device: 'PC2', within: 0, params: to('10.0.0.2') },
  ])
  await run(
    exercise,
    slow(5_000, () => 0),
    { onEvent },
  )
  expect(lines).toEqual([
    'asking PC1: ping 10.0.0.2 -c 5 -i 100 -w 1000 (8 s left)',
    'asking PC2: ping 10.0.0.2 -c 5 -i 100 -w 1000',
    'asking PC1: ping 10.0.0.2 -c 5 -i 100 -w 1000 (3 s left)',
  ])
})

describe('devices that print without end', () => {
  const flood: Answerer = (_device, command) =>
    command === 'show ip' ? showIp() : { text: `${vpcsPing(command, 0)}${'x'.repeat(100_000)}`, tookMs: 100 }

  it('are not asked any more once a run keeps enough of them, and leave what was not decided to the teacher', async () => {
    const exercise = makeExercise([
      { id: 'a', within: 600, params: to('10.0.0.2') },
      { id: 'done', device: 'PC2', within: 0, params: to('10.0.0.3') },
    ])
    const { by, pings } = await run(exercise, flood, { maxEvidenceBytes: 2_000_000 })
    expect(by.a).toMatchObject({ verdict: 'inconclusive', reason: { code: 'EVIDENCE_FULL', cause: 'lab' } })
    expect(by.done?.verdict).toBe('fail')
    expect(pings.length).toBeLessThanOrEqual(21)
  })
})
