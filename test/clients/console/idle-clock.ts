import type { Clock } from '../../../src/lib/clock.ts'

/** Turns of the event loop, timers included, without anybody beginning or ending a sleep. The terminal emulation needs one per piece. */
const idleTurns = 6

let stirred = 0
/** A device in this process hands over bytes: no idle clock may jump meanwhile. */
export const stir = (): void => {
  stirred += 1
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * Time for consoles whose device lives in this process: it jumps to the next who wants to wake as soon as nothing happens any more, so
 * that seconds of silence cost some turns of the event loop. Not for sockets: bytes on their way are not seen.
 */
export function createIdleClock(turnsToWait = idleTurns): Clock & { touch(): void } {
  let now = Date.parse('2026-01-01T00:00:00Z')
  let sleepers: Sleeper[] = []
  let activity = 0
  let isWatching = false

  const watch = async (): Promise<void> => {
    if (isWatching) return
    isWatching = true
    while (sleepers.length > 0) {
      await untilIdle()
      const next = Math.min(...sleepers.map(({ at }) => at))
      if (!Number.isFinite(next)) break
      now = Math.max(now, next)
      const due = sleepers.filter(({ at }) => at <= now)
      sleepers = sleepers.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
    }
    isWatching = false
  }
  const untilIdle = async (): Promise<void> => {
    for (let seen = activity + stirred, turns = 0; turns < turnsToWait; turns += 1) {
      await new Promise<void>((resolve) => setTimeout(() => setImmediate(resolve), 0))
      if (seen !== activity + stirred) turns = -1
      seen = activity + stirred
    }
  }

  return {
    /** Something is on its way that no sleep shows. */
    touch: () => {
      activity += 1
    },
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        activity += 1
        const stop = () => {
          activity += 1
          sleepers = sleepers.filter((one) => one !== sleeper)
          reject(signal?.reason)
        }
        const sleeper = {
          at: now + ms,
          wake: () => {
            activity += 1
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', stop, { once: true })
        void watch()
      }),
  }
}
