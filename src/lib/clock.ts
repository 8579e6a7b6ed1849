import { setTimeout as delay } from 'node:timers/promises'

/** The one source of time. Injected everywhere, so that tests and the sandbox can run it faster or by hand. */
export interface Clock {
  /** Milliseconds since the epoch (UTC). */
  now(): number
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted()
    try {
      await delay(ms, undefined, signal ? { signal } : undefined)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}

/** ISO 8601 in UTC, as stored in every `*_at` column. */
export const isoNow = (clock: Clock): string => new Date(clock.now()).toISOString()
