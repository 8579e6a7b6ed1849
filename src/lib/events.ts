/** Something changed that an open page may show. Kept in memory only: a page that missed some simply reads itself again. */
export interface LiveEvent {
  /** `<start of this server>-<number>`, for `Last-Event-ID`. */
  readonly id: string
  readonly name: 'job' | 'work-vm' | 'criterion' | 'submission' | 'exercise' | 'help' | 'message'
  readonly data: Readonly<Record<string, unknown>>
  /** Who may see it: the people named, and the staff of the course. Administrators see everything. */
  readonly audience: { readonly userIds: readonly string[]; readonly courseId: string | null }
}

export type NewEvent = Omit<LiveEvent, 'id'>

export interface EventBus {
  publish(event: NewEvent): void
  /** Events after the given id; null when it is too old or of an earlier start: the reader must read everything again. */
  since(id: string): readonly LiveEvent[] | null
  /** The id of the newest event, for a reader that starts now. */
  readonly lastId: string
  subscribe(listener: (event: LiveEvent) => void): () => void
}

/** A warning of the process: whoever published did nothing wrong. */
const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))

/**
 * @param keep how many events are kept for readers that come back
 * @param onFault told of a listener that failed; the others still hear, and the transaction that published goes on
 */
export function createEventBus(startedAt: number, keep = 2_000, onFault: (error: unknown) => void = warn): EventBus {
  const kept: LiveEvent[] = []
  const listeners = new Set<(event: LiveEvent) => void>()
  const prefix = startedAt.toString(36)
  let count = 0
  return {
    publish: (event) => {
      count += 1
      const stored = { ...event, id: `${prefix}-${count}` }
      kept.push(stored)
      if (kept.length > keep) kept.shift()
      for (const listener of listeners) {
        try {
          listener(stored)
        } catch (error) {
          onFault(error)
        }
      }
    },
    since: (id) => {
      const [start, number = ''] = id.split('-')
      const seen = Number(number)
      if (start !== prefix || !/^\d+$/.test(number) || seen > count || seen < count - kept.length) return null
      return kept.slice(kept.length - (count - seen))
    },
    get lastId() {
      return `${prefix}-${count}`
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
