import type { Clock } from './clock.ts'

/** As many keys as are remembered; somebody with more addresses than this is told of once for all of them. */
const mostKeys = 10_000
const minuteMs = 60_000

/**
 * Says of something that may happen thousands of times a second whether it is to be written down now: at most once a minute for the same
 * key, so that whoever makes it happen fills no disk with it.
 * @returns null when not now; else how often it happened unwritten since it was written last
 */
export function createSeldom(clock: Clock): (key: string) => number | null {
  const known = new Map<string, { readonly sinceMs: number; unwritten: number }>()
  return (wanted) => {
    const key = known.size < mostKeys || known.has(wanted) ? wanted : 'others'
    const before = known.get(key)
    if (before !== undefined && clock.now() - before.sinceMs < minuteMs) {
      before.unwritten += 1
      return null
    }
    // the oldest stands first
    known.delete(key)
    known.set(key, { sinceMs: clock.now(), unwritten: 0 })
    for (const [old, { sinceMs }] of known) {
      if (clock.now() - sinceMs < minuteMs) break
      known.delete(old)
    }
    return before?.unwritten ?? 0
  }
}

export type Seldom = ReturnType<typeof createSeldom>
