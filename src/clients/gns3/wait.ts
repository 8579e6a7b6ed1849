import type { Clock } from '../../lib/clock.ts'

/** Between two looks at something that has no event of its own here. Node starts take 0.2 to 0.9 s, opening 0.1 to 3 s. */
export const pollMs = 400

export interface PollOptions<T> {
  readonly clock: Clock
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
  readonly look: () => Promise<T>
  readonly isThere: (seen: T) => boolean
}

/**
 * Looks until what is seen is as wanted, or the deadline has passed.
 * @returns what was seen last, wanted or not
 */
export async function pollUntil<T>({ clock, deadlineMs, signal, look, isThere }: PollOptions<T>): Promise<T> {
  const endsAt = clock.now() + deadlineMs
  for (;;) {
    const seen = await look()
    if (isThere(seen) || clock.now() >= endsAt) return seen
    await clock.sleep(Math.min(pollMs, Math.max(1, endsAt - clock.now())), signal)
  }
}

/** Looks again and again while a long call is under way, for the sake of what `look` tells others; the call's outcome is what counts. */
export async function watchWhile<T>(call: Promise<T>, { clock, look }: { clock: Clock; look: () => Promise<unknown> }): Promise<T> {
  const over = new AbortController()
  const watch = async () => {
    while (!over.signal.aborted) {
      // What a look meets, the call meets too and tells better.
      await look().catch(() => undefined)
      // A pause that is cut short is the end of the call.
      await clock.sleep(pollMs, over.signal).catch(() => undefined)
    }
  }
  const watching = watch()
  try {
    return await call
  } finally {
    over.abort()
    await watching
  }
}
