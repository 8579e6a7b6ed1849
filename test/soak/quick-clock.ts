import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../src/lib/clock.ts'

/** Where and how fast a quick clock goes: the same in every thread and process that is told the same. */
export interface Pace {
  readonly epochMs: number
  /** Times as fast as the real one. */
  readonly speed: number
  /** Skipped so far. */
  readonly skippedMs: number
}

/** Time that goes faster than the real one, and can be set forward: whoever sleeps is not woken by that. */
export function createQuickClock({ epochMs, speed, skippedMs }: Pace): { clock: Clock; skipTo(skippedMs: number): void } {
  let skipped = skippedMs
  return {
    clock: {
      now: () => epochMs + (Date.now() - epochMs) * speed + skipped,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted()
        await delay(ms / speed, undefined, signal === undefined ? {} : { signal })
      },
    },
    skipTo: (total) => {
      skipped = total
    },
  }
}
