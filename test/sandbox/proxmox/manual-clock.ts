import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../../src/lib/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock that stands still until it is moved. Sleepers wake in the order of their time. */
export function createManualClock(startMs: number) {
  let now = startMs
  let sleepers: Sleeper[] = []
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason)
          return
        }
        const stop = () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal?.reason)
        }
        const wake = () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const sleeper: Sleeper = { at: now + ms, wake }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', stop, { once: true })
      }),
  }
  /** Lets promises and sockets go on. */
  const settle = async () => {
    for (let round = 0; round < 6; round++) await turn()
  }
  return {
    clock,
    settle,
    async advance(ms: number): Promise<void> {
      const end = now + ms
      for (;;) {
        const next = sleepers.filter((sleeper) => sleeper.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        now = Math.max(now, next.at)
        sleepers = sleepers.filter((other) => other !== next)
        next.wake()
        await settle()
      }
      now = end
      await settle()
    },
  }
}
export type ManualClock = ReturnType<typeof createManualClock>
