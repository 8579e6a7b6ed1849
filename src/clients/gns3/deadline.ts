import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'

export interface Deadline {
  /** Aborted at the deadline (reason: GNS3_TIMEOUT) or with any of the signals handed in (their reason). */
  readonly signal: AbortSignal
  /** Must be called: takes the timer and the listeners away. */
  end(): void
}

/**
 * One signal out of a deadline and the callers' signals. `AbortSignal.any` would do, but on Node 20 it keeps what it made as long as
 * the longest of its sources lives, and ours live as long as the server.
 */
export function startDeadline(clock: Clock, ms: number, call: string, signals: readonly (AbortSignal | undefined)[]): Deadline {
  const whole = new AbortController()
  const timer = new AbortController()
  const listeners = signals.filter((source) => source !== undefined).map((source) => ({ source, abort: () => whole.abort(source.reason) }))
  for (const { source, abort } of listeners) {
    if (source.aborted) abort()
    source.addEventListener('abort', abort, { once: true })
  }
  clock.sleep(ms, timer.signal).then(
    () => whole.abort(new AppError('GNS3_TIMEOUT', { details: { reason: say('details.milliseconds', { ms }), call } })),
    // The only way a sleep fails is that it was no longer needed.
    () => undefined,
  )
  const end = () => {
    timer.abort()
    for (const { source, abort } of listeners) source.removeEventListener('abort', abort)
  }
  return { signal: whole.signal, end }
}
