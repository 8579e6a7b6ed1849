import type { Clock } from '../lib/clock.ts'

/** Wakes whoever waits for something to change. */
export interface Bell {
  ring(): void
  /** Until it rings, at most so long. */
  wait(ms?: number): Promise<void>
}

export function createBell(clock: Clock): Bell {
  const waiting = new Set<() => void>()
  return {
    ring: () => {
      const now = [...waiting]
      waiting.clear()
      for (const wake of now) wake()
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = new AbortController()
        const wake = () => {
          waiting.delete(wake)
          timer.abort()
          resolve()
        }
        waiting.add(wake)
        if (ms !== undefined) clock.sleep(ms, timer.signal).then(wake, () => undefined)
      }),
  }
}
