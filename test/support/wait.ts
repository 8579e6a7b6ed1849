import { systemClock } from '../../src/lib/clock.ts'

/**
 * Asks until the answer is there.
 * @param what says in the error what was waited for
 * @returns the first answer that is neither undefined, null nor false
 * @throws Error after the deadline
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 60_000, everyMs = 50 }: { deadlineMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const until = Date.now() + deadlineMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>> // just checked
    if (Date.now() > until) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await systemClock.sleep(everyMs)
  }
}
