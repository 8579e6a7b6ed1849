import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createLimiter, type Lease, type Outcome, type Priority } from '../../src/lib/limiter.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

/** Time by hand. */
function handClock(at = 0) {
  let now = at
  return { now: () => now, sleep: async () => undefined, forward: (ms: number) => (now += ms) }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const rule = (start: number, max = start, min = 1) => ({ start, min, max })

function asking(limiter: ReturnType<typeof createLimiter>, key: string, priority: Priority, signal?: AbortSignal) {
  const got: { lease?: Lease; error?: unknown } = {}
  limiter.acquire(key, { priority, signal }).then(
    (lease) => (got.lease = lease),
    (error: unknown) => (got.error = error),
  )
  return got
}

describe('limiter', () => {
  it('lets no more in than the budget has places', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(2) })
    const all = [1, 2, 3].map(() => asking(limiter, 'a', 'batch'))
    await turn()
    expect(all.map((one) => one.lease !== undefined)).toEqual([true, true, false])
    all[0]?.lease?.release()
    await turn()
    expect(all[2]?.lease).toBeDefined()
  })

  it('keeps budgets apart by key', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1) })
    const all = ['a', 'b'].map((key) => asking(limiter, key, 'batch'))
    await turn()
    expect(all.every((one) => one.lease !== undefined)).toBe(true)
  })

  it('serves interactive before repair before batch, and first come first inside each', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1) })
    const held = await limiter.acquire('a', { priority: 'batch' })
    const order: string[] = []
    const wanted: [string, Priority][] = [
      ['b1', 'batch'],
      ['r1', 'repair'],
      ['i1', 'interactive'],
      ['b2', 'batch'],
      ['i2', 'interactive'],
    ]
    const done = wanted.map(async ([name, priority]) => {
      const lease = await limiter.acquire('a', { priority })
      order.push(name)
      lease.release()
    })
    held.release()
    await Promise.all(done)
    expect(order).toEqual(['i1', 'i2', 'r1', 'b1', 'b2'])
  })

  it('takes no place for a waiter that was aborted, and says why it was', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1) })
    const held = await limiter.acquire('a', { priority: 'batch' })
    const abort = new AbortController()
    const gone = asking(limiter, 'a', 'interactive', abort.signal)
    const next = asking(limiter, 'a', 'batch')
    abort.abort(new Error('no longer wanted'))
    await turn()
    expect(gone.error).toEqual(new Error('no longer wanted'))
    expect(limiter.state()).toEqual([{ key: 'a', inFlight: 1, limit: 1, waiting: 1, recent5xx: 0 }])
    held.release()
    await turn()
    expect(next.lease).toBeDefined()
  })

  it('refuses a signal that was aborted before', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1) })
    await expect(limiter.acquire('a', { priority: 'batch', signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late')
    expect(limiter.state()).toEqual([])
  })

  it('gives a place back once, however often it is released', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1) })
    const lease = await limiter.acquire('a', { priority: 'batch' })
    lease.release()
    lease.release()
    await limiter.acquire('a', { priority: 'batch' })
    expect(limiter.state()[0]?.inFlight).toBe(1)
  })

  it('halves on overload, once for all that was in flight, and grows back by ones while it is full', async () => {
    const clock = handClock()
    const limiter = createLimiter({ clock, ruleOf: () => rule(8) })
    const use = async (count: number, outcome: Outcome) => {
      const leases = await Promise.all(Array.from({ length: count }, () => limiter.acquire('a', { priority: 'batch' })))
      for (const lease of leases) lease.release(outcome)
    }
    await use(8, 'overloaded')
    expect(limiter.state()[0]).toMatchObject({ limit: 4, recent5xx: 8 })
    clock.forward(3_000)
    await use(1, 'ok')
    expect(limiter.state()[0]?.limit).toBe(4)
    for (let round = 0; round < 40; round += 1) {
      const waiting = Array.from({ length: 12 }, () => limiter.acquire('a', { priority: 'batch' }))
      for (const lease of waiting) (await lease).release('ok')
    }
    // what was too much is left alone for a while, then tried again
    expect(limiter.state()[0]?.limit).toBe(7)
    clock.forward(61_000)
    for (let round = 0; round < 10; round += 1) {
      const waiting = Array.from({ length: 12 }, () => limiter.acquire('a', { priority: 'batch' }))
      for (const lease of waiting) (await lease).release('ok')
    }
    expect(limiter.state()[0]?.limit).toBe(8)
    expect(limiter.state()[0]?.recent5xx).toBe(0)
  })

  it('moves the present limit into new bounds and lets those in that now fit', async () => {
    const limiter = createLimiter({ clock: handClock(), ruleOf: () => rule(1, 1) })
    const all = [1, 2, 3].map(() => asking(limiter, 'a', 'batch'))
    limiter.setRule('a', { start: 1, min: 3, max: 3 })
    await turn()
    expect(all.every((one) => one.lease !== undefined)).toBe(true)
  })

  it('never exceeds its limit, never loses a waiter and ends empty, whatever happens in whatever order', async () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('ask' as const), priority: fc.constantFrom<Priority>('interactive', 'repair', 'batch') }),
      fc.record({
        do: fc.constant('release' as const),
        at: fc.nat(20),
        outcome: fc.constantFrom<Outcome>('ok', 'slow', 'overloaded', 'neutral'),
      }),
      fc.record({ do: fc.constant('abort' as const), at: fc.nat(20) }),
      fc.record({ do: fc.constant('forward' as const), ms: fc.nat(5_000) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(action, { maxLength: 60 }), async (places, actions) => {
        const clock = handClock()
        const limiter = createLimiter({ clock, ruleOf: () => rule(places) })
        const asked: { got: ReturnType<typeof asking>; abort: AbortController; released: boolean }[] = []
        const held = () => asked.filter((one) => one.got.lease !== undefined && !one.released)
        for (const step of actions) {
          if (step.do === 'ask') {
            const abort = new AbortController()
            asked.push({ got: asking(limiter, 'a', step.priority, abort.signal), abort, released: false })
          }
          if (step.do === 'release') {
            const one = held()[step.at]
            if (one !== undefined) {
              one.released = true
              one.got.lease?.release(step.outcome)
            }
          }
          if (step.do === 'abort') asked[step.at]?.abort.abort(new Error('aborted'))
          if (step.do === 'forward') clock.forward(step.ms)
          await turn()
          const state = limiter.state()[0]
          expect(state?.inFlight ?? 0).toBe(held().length)
          expect(held().length).toBeLessThanOrEqual(places)
          expect(state?.limit ?? 1).toBeGreaterThanOrEqual(1)
          // nobody waits beside a free place
          if (state !== undefined && state.waiting > 0) expect(state.inFlight).toBeGreaterThanOrEqual(state.limit)
        }
        while (held().length > 0) {
          for (const one of held()) {
            one.released = true
            one.got.lease?.release('neutral')
          }
          await turn()
        }
        expect(asked.every((one) => one.got.lease !== undefined || one.got.error !== undefined)).toBe(true)
        expect(limiter.state()[0]?.waiting ?? 0).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a side that can do less, then more again', () => {
  const served = 250
  const refused = 50

  /** Serves so many at once, and refuses the others. @returns when each was served (ms), and how many were refused */
  async function drive(capacityAt: (nowMs: number) => number, endMs: number) {
    const time = createVirtualClock(0)
    const limiter = createLimiter({ clock: time.clock, ruleOf: () => rule(4, 8) })
    const done: number[] = []
    let active = 0
    let refusals = 0
    const write = async (): Promise<boolean> => {
      const lease = await limiter.acquire('api:write', { priority: 'batch' })
      if (active >= capacityAt(time.clock.now())) {
        refusals += 1
        await time.clock.sleep(refused)
        lease.release('overloaded')
        return false
      }
      active += 1
      await time.clock.sleep(served)
      active -= 1
      done.push(time.clock.now())
      lease.release('ok')
      return true
    }
    const caller = async () => {
      while (time.clock.now() < endMs) await write()
    }
    for (let count = 0; count < 12; count += 1) void caller()
    for (let now = 0; now < endMs; now += 10_000) await time.advance(10_000)
    return { done, refusals }
  }

  it('is followed within a minute in both directions, with less than one refusal in a hundred', async () => {
    const minute = 60_000
    const { done, refusals } = await drive((now) => (now >= minute && now < 3 * minute ? 2 : 4), 5 * minute)
    const perSecond = (from: number, to: number) => (done.filter((at) => at >= from && at < to).length / (to - from)) * 1_000
    const [atOnce, half] = [4, 2].map((places) => (places * 1_000) / served)
    expect(perSecond(2 * minute, 3 * minute) / (half ?? 0)).toBeGreaterThan(0.9)
    expect(perSecond(4 * minute, 5 * minute) / (atOnce ?? 0)).toBeGreaterThan(0.9)
    expect(refusals / done.length).toBeLessThan(0.01)
  })
})
