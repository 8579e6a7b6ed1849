import { describe, expect, it } from 'vitest'
import { type Ask, evaluate, readExerciseModel, worstCaseSeconds } from '../../src/evaluation/index.ts'
import { planCriteria } from '../../src/evaluation/plan.ts'
import { createConsolePlaces } from '../../src/evaluations/console-places.ts'
import { createRandom } from '../../src/sandbox/proxmox/random.ts'
import { createFakeAsk, makeExercise, showIp, vpcsPing } from './fake-lab.ts'
import { createVirtualClock } from './virtual-clock.ts'

describe('the longest time of an exercise', () => {
  it('is one window for criteria that poll side by side, not their sum', () => {
    const four = makeExercise(
      ['PC1', 'PC2', 'PC3', 'PC4'].map((device) => ({ id: device, device, within: 100 })),
      ['PC1', 'PC2', 'PC3', 'PC4'],
    )
    const one = makeExercise([{ id: 'a', within: 100 }])
    expect(worstCaseSeconds(four)).toBe(worstCaseSeconds(one))
    expect(worstCaseSeconds(one)).toBeGreaterThan(100)
    expect(worstCaseSeconds(one)).toBeLessThan(160)
  })

  it('is the sum for criteria that require each other', () => {
    const chain = makeExercise(['a', 'b', 'c'].map((id, index, ids) => ({ id, within: 100, requires: ids.slice(index - 1, index) })))
    expect(worstCaseSeconds(chain)).toBeGreaterThan(300)
  })

  it.each([
    // three probes of five seconds for each silent hop, and no option for less
    ['cisco_nxos', 10 * 15],
    // one program after the other: sixteen probes at a time, then one
    ['frr', 10 * 15],
    ['cisco_ios', 10 * 2],
  ])('knows what a trace takes on %s', (platform, seconds) => {
    const { exercise } = readExerciseModel({
      netpraxis: 1,
      title: 'Test',
      devices: { R1: { platform } },
      criteria: [
        { id: 'way', title: 'way', module: 'traceroute', device: 'R1', points: 1, within: 0, params: { to: '10.0.0.1', maxHops: 10 } },
      ],
    })
    if (exercise === undefined) throw new Error('the exercise does not fit')
    expect(worstCaseSeconds(exercise)).toBeGreaterThanOrEqual(seconds)
    expect(worstCaseSeconds(exercise)).toBeLessThan(seconds + 50)
  })

  it('counts the time that a command of the teacher may take', () => {
    const limited = (timeout: number) =>
      makeExercise([{ id: 'own', module: 'command', within: 0, params: { command: 'show', regex: 'x', timeoutSeconds: timeout } }])
    expect(worstCaseSeconds(limited(100)) - worstCaseSeconds(limited(10))).toBe(90)
  })

  it('grows with the criteria of one device', () => {
    const many = (count: number) => makeExercise(Array.from({ length: count }, (_, index) => ({ id: `c${index}`, within: 20 })))
    expect(worstCaseSeconds(many(20))).toBeGreaterThan(worstCaseSeconds(many(2)))
  })

  it('grows where there are more devices than consoles may be open', () => {
    const names = ['PC1', 'PC2', 'PC3', 'PC4']
    const four = makeExercise(
      names.map((device) => ({ id: device, device, within: 20 })),
      names,
    )
    expect(worstCaseSeconds(four, 4)).toBe(worstCaseSeconds(four))
    expect(worstCaseSeconds(four, 2)).toBeGreaterThan(worstCaseSeconds(four))
    expect(worstCaseSeconds(four, 1)).toBeGreaterThan(worstCaseSeconds(four, 2))
  })

  it.each(Array.from({ length: 40 }, (_, seed) => ({ seed, maxConsoles: seed % 2 === 0 ? 64 : 1 })))(
    'is never exceeded by an evaluation where nothing passes in time (seed $seed, $maxConsoles open at most)',
    async ({ seed, maxConsoles }) => {
      const random = createRandom(seed)
      const below = (limit: number) => Math.floor(random() * limit)
      const devices = Array.from({ length: 1 + below(3) }, (_, index) => `PC${index + 1}`)
      const exercise = makeExercise(
        Array.from({ length: 1 + below(8) }, (_, index) => ({
          id: `c${index}`,
          device: devices[below(devices.length)],
          within: below(3) * 15,
          requires: index > 0 && random() < 0.3 ? [`c${below(index)}`] : [],
          params: { to: `10.0.0.${100 + index}`, count: 1 + below(5), maxDrop: 0, expect: random() < 0.2 ? 'failure' : 'success' },
        })),
        devices,
      )
      const plan = planCriteria(exercise)
      const clock = createVirtualClock()
      const started = new Map<string, number>()
      // every ping takes as long as it may; a positive one is answered only in the round that begins when its window is over
      const ask = createFakeAsk(clock, (_device, command) => {
        if (command === 'show ip') return { text: showIp(), tookMs: 10 }
        const to = /^ping (\S+)/.exec(command)?.[1]
        const planned = plan.find(({ criterion }) => criterion.params.to === to)
        if (planned === undefined) throw new Error(command)
        const since = started.get(planned.criterion.id) ?? clock.now()
        started.set(planned.criterion.id, since)
        const isLate = clock.now() - since >= planned.withinMs
        return { text: vpcsPing(command, isLate && !planned.negative ? 20 : 0), tookMs: planned.roundMs - 100 }
      })
      // a console that makes room for another takes its time to close and to open
      const places = createConsolePlaces({ limit: maxConsoles, vacate: () => clock.sleep(2_900) })
      const askInTurn: Ask = async (device, command, options) => {
        await places.enter(device)
        try {
          return await ask(device, command, options)
        } finally {
          places.leave(device)
        }
      }
      const result = await evaluate({
        exercise,
        ask: askInTurn,
        readLab: async () => null,
        clock,
        signal: new AbortController().signal,
        budgetMs: 10_000_000,
      })
      expect(result.tookMs / 1_000).toBeLessThanOrEqual(worstCaseSeconds(exercise, maxConsoles))
    },
  )
})
