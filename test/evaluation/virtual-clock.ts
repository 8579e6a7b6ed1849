import type { Clock } from '../../src/lib/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Time that moves only when everybody sleeps: to the next one who wants to wake. */
export function createVirtualClock(startMs = 0): Clock {
  let now = startMs
  let sleepers: Sleeper[] = []
  let scheduled = false

  const advance = (): void => {
    scheduled = false
    const next = Math.min(...sleepers.map(({ at }) => at))
    if (!Number.isFinite(next)) return
    now = Math.max(now, next)
    const due = sleepers.filter(({ at }) => at <= now)
    sleepers = sleepers.filter(({ at }) => at > now)
    for (const { wake } of due) wake()
    schedule()
  }
  // a macrotask after every microtask chain has come to its sleep
  const schedule = (): void => {
    if (scheduled || sleepers.length === 0) return
    scheduled = true
    setImmediate(() => setImmediate(advance))
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason)
          return
        }
        const stop = () => {
          sleepers = sleepers.filter((one) => one !== sleeper)
          reject(signal?.reason)
        }
        const wake = () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const sleeper = { at: now + ms, wake }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', stop, { once: true })
        schedule()
      }),
  }
}
