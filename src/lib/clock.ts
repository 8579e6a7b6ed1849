/** The one source of time. Injected everywhere, so that tests and the sandbox can run it faster or by hand. */
export interface Clock {
  /** Milliseconds since the epoch (UTC). */
  now(): number
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // By hand: `timers/promises` makes an AbortError with its stack for every wait that is given up, and consoles give up most of theirs.
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** ISO 8601 in UTC, as stored in every `*_at` column. */
export const isoNow = (clock: Clock): string => new Date(clock.now()).toISOString()
