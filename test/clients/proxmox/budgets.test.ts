import { describe, expect, it } from 'vitest'
import { createBudgets, createHoldMeter, placesFor, ruleOf, type TurnRequest } from '../../../src/clients/proxmox/budgets.ts'
import { createLimiter } from '../../../src/lib/limiter.ts'

function handClock() {
  let now = 0
  return { now: () => now, sleep: async () => undefined, forward: (ms: number) => (now += ms) }
}

const signal = new AbortController().signal
const turn = (kind: TurnRequest['kind'], locks: [string, number][], keys: string[] = []): TurnRequest => ({
  kind,
  locks: new Map(locks),
  keys,
  priority: 'batch',
  signal,
})

describe('places on a storage lock', () => {
  it.each([
    [500, 1, 8],
    [1_000, 1, 4],
    [1_000, 2, 2],
    [3_000, 1, 1],
    [9_000, 3, 1],
    [0, 1, 8],
  ])('hold time %i ms and %i volumes: %i in line', (holdMs, volumes, places) => {
    expect(placesFor(holdMs, volumes)).toBe(places)
  })
})

describe('hold meter', () => {
  it('learns the serial time of the lock from ends that overlap, not the length of the tasks', () => {
    const clock = handClock()
    const meter = createHoldMeter(clock)
    // four in flight on a lock of 700 ms: each takes 2.8 s
    for (let n = 0; n < 4; n += 1) meter.began('lab')
    for (let n = 0; n < 8; n += 1) {
      clock.forward(700)
      meter.ended('lab', 1)
      meter.began('lab')
    }
    expect(meter.measured('lab')).toEqual({ holdMs: 700, volumes: 1 })
  })

  it('does not count the time in which nothing was in flight', () => {
    const clock = handClock()
    const meter = createHoldMeter(clock)
    for (let n = 0; n < 3; n += 1) {
      clock.forward(60_000)
      meter.began('lab')
      clock.forward(400)
      meter.ended('lab', 2)
    }
    expect(meter.measured('lab')).toEqual({ holdMs: 200, volumes: 2 })
  })

  it('has no opinion before three operations, nor from failed ones', () => {
    const meter = createHoldMeter(handClock())
    for (const volumes of [1, 0, 0, 1]) {
      meter.began('lab')
      meter.ended('lab', volumes)
    }
    expect(meter.measured('lab')).toBeUndefined()
  })
})

describe('budgets', () => {
  const made = () => {
    const clock = handClock()
    const limiter = createLimiter({ clock, ruleOf: ruleOf({ maxReads: 6, maxWrites: 4 }) })
    return { clock, limiter, budgets: createBudgets({ limiter, clock }) }
  }
  const limitOf = (limiter: ReturnType<typeof made>['limiter'], key: string) => limiter.state().find((one) => one.key === key)?.limit

  it('begin with two operations on a lock and one deletion', async () => {
    const { limiter, budgets } = made()
    const lease = await budgets.take(turn('free', [['pve1/lab', 1]], ['destroy']))
    expect(limiter.state().map(({ key, inFlight, limit }) => [key, inFlight, limit])).toEqual([
      ['destroy', 1, 2],
      ['free:pve1/lab', 1, 1],
      ['storage:pve1/lab', 1, 2],
    ])
    lease.release('ok', true)
    expect(limiter.state().every((one) => one.inFlight === 0)).toBe(true)
  })

  it('widen when the lock turns out fast, and narrow to one when it is slow', async () => {
    const { clock, limiter, budgets } = made()
    const run = async (times: number, ms: number) => {
      for (let n = 0; n < times; n += 1) {
        const both = await Promise.all([budgets.take(turn('allocate', [['lab', 1]])), budgets.take(turn('allocate', [['lab', 1]]))])
        clock.forward(ms)
        for (const lease of both) lease.release('ok', true)
      }
    }
    await run(8, 500)
    expect(limitOf(limiter, 'storage:lab')).toBeGreaterThan(2)
    const one = await budgets.take(turn('allocate', [['lab', 1]]))
    clock.forward(60_000)
    one.release('ok', true)
    expect(limitOf(limiter, 'storage:lab')).toBe(1)
  })

  it('give everything back when one of several cannot be had', async () => {
    const { limiter, budgets } = made()
    const held = await budgets.take(turn('free', [['lab', 1]]))
    const abort = new AbortController()
    const second = budgets.take({ ...turn('free', [['lab', 1]], ['destroy']), signal: abort.signal })
    abort.abort(new Error('cancelled'))
    await expect(second).rejects.toThrow('cancelled')
    held.release('ok', false)
    expect(limiter.state().every((one) => one.inFlight === 0 && one.waiting === 0)).toBe(true)
  })
})
