import type { Actor } from '../http/access.ts'
import type { EventBus } from '../lib/events.ts'

/** Something that stays open between a person and a lab: a websocket, a stream, a download. */
export interface OpenLine {
  readonly actor: Actor
  readonly workVmId: string
  /** Why it has to end; null while all that it rests on holds. */
  whyOver(): 'lab' | 'session' | null
  close(why: 'lab' | 'session'): void
}

const lookAroundMs = 30_000
const maxOfPerson = 60

/** Everything open to labs, closed with the lab, the session, or the right that it rests on. */
export function createOpenLines({ events }: { readonly events: Pick<EventBus, 'subscribe'> }) {
  const lines = new Set<OpenLine>()

  const end = (line: OpenLine, why: 'lab' | 'session'): void => {
    lines.delete(line)
    line.close(why)
  }
  const check = (line: OpenLine): void => {
    const why = line.whyOver()
    if (why !== null) end(line, why)
  }
  const recheck = (): void => {
    for (const line of lines) check(line)
  }
  const unsubscribe = events.subscribe(({ name, data }) => {
    if (name !== 'work-vm') return
    for (const line of lines) if (line.workVmId === data.id) check(line)
  })
  const timer = setInterval(recheck, lookAroundMs)
  timer.unref()

  return {
    recheck,
    hasRoomFor: (actor: Actor): boolean => [...lines].filter((line) => line.actor.id === actor.id).length < maxOfPerson,
    /** Call the result when it ended by itself. */
    add: (line: OpenLine): (() => void) => {
      lines.add(line)
      return () => {
        lines.delete(line)
      }
    },
    close: (): void => {
      clearInterval(timer)
      unsubscribe()
      for (const line of lines) end(line, 'lab')
    },
  }
}

export type OpenLines = ReturnType<typeof createOpenLines>
