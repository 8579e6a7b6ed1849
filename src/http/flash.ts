import type { Clock } from '../lib/clock.ts'
import type { MessageValues, Translate } from '../strings/index.ts'
import type { Flash } from './page-context.ts'

/** What the last POST did, kept for the page after the redirect; and what is shown exactly once (one-time passwords). In memory only. */
export interface FlashStore {
  /** @param key of the catalogue's `pages.flash` */
  say(sessionId: string, kind: Flash['kind'], key: string, values?: MessageValues): void
  take(sessionId: string): Flash | null
  /** Keeps a value for one reading by the same session, for ten minutes. */
  keepOnce(sessionId: string, name: string, value: unknown): void
  takeOnce(sessionId: string, name: string): unknown
}

const lifeMs = 600_000

export function createFlashStore(clock: Clock, t: Translate): FlashStore {
  const entries = new Map<string, { value: unknown; until: number }>()
  const sweep = () => {
    for (const [key, entry] of entries) if (entry.until < clock.now()) entries.delete(key)
  }
  const put = (key: string, value: unknown) => {
    sweep()
    entries.set(key, { value, until: clock.now() + lifeMs })
  }
  const pull = (key: string): unknown => {
    const entry = entries.get(key)
    entries.delete(key)
    return entry && entry.until >= clock.now() ? entry.value : undefined
  }
  const flashes = new Map<string, Flash>()
  return {
    say: (sessionId, kind, key, values) => {
      if (flashes.size > 10_000) flashes.clear()
      flashes.set(sessionId, { kind, message: t(`flash.${key}`, values) })
    },
    take: (sessionId) => {
      const flash = flashes.get(sessionId) ?? null
      flashes.delete(sessionId)
      return flash
    },
    keepOnce: (sessionId, name, value) => put(`${sessionId} ${name}`, value),
    takeOnce: (sessionId, name) => pull(`${sessionId} ${name}`),
  }
}
