import type { Timers } from './simulation.ts'

/** One thing to wait for: starts waiting, calls `resume` once, and answers how to give up. */
export type Wait = (resume: () => void) => () => void

/**
 * A program of a simulated device: a generator that yields what it waits for. Not a promise, because a promise goes on only after
 * the current run of the event loop: the order of events, and with it every printed round-trip time, would hang on the machine's load.
 */
export type Process<T> = Generator<Wait, T, undefined>

/** Thrown into a process at the place where it waits: Ctrl-C. */
export class Interrupted extends Error {}

export interface RunningProcess {
  /** Ctrl-C: does nothing when it has ended. */
  interrupt(): void
  /** Power off: the process goes no further, its `finally` blocks run. */
  kill(): void
}

/** Runs until its first wait, then whenever what it waits for has come. */
export function startProcess<T>(process: Process<T>, onEnd: (result: { value: T } | { error: unknown }) => void): RunningProcess {
  let cancelWait: (() => void) | null = null
  let ended = false

  const step = (advance: () => IteratorResult<Wait, T>): void => {
    let next = advance
    for (;;) {
      let result: IteratorResult<Wait, T>
      try {
        result = next()
      } catch (error) {
        ended = true
        onEnd({ error })
        return
      }
      if (result.done === true) {
        ended = true
        onEnd({ value: result.value })
        return
      }
      if (!waitFor(result.value)) return
      next = () => process.next()
    }
  }

  /** True when it was there already. */
  const waitFor = (wait: Wait): boolean => {
    let waiting = true
    let starting = true
    const cancel = wait(() => {
      if (!waiting) return
      waiting = false
      cancelWait = null
      if (!starting && !ended) step(() => process.next())
    })
    starting = false
    if (!waiting) return true
    cancelWait = () => {
      waiting = false
      cancelWait = null
      cancel()
    }
    return false
  }

  step(() => process.next())
  return {
    interrupt() {
      if (ended || cancelWait === null) return
      cancelWait()
      step(() => process.throw(new Interrupted()))
    },
    kill() {
      if (ended) return
      ended = true
      cancelWait?.()
    },
  }
}

export function* sleep(timers: Timers, ms: number): Process<void> {
  yield (resume) => timers.after(ms, resume)
}

/** Things handed from an event to a process. */
export interface Inbox<T> {
  put(item: T): void
  /** Items that nobody took. */
  clear(): void
  /** The next item, or undefined after `timeoutMs` (for ever without). */
  take(timeoutMs?: number): Process<T | undefined>
}

export function createInbox<T>(timers: Timers): Inbox<T> {
  const items: T[] = []
  let wake: (() => void) | null = null
  return {
    put(item) {
      items.push(item)
      wake?.()
    },
    clear() {
      items.length = 0
    },
    *take(timeoutMs) {
      if (items.length > 0) return items.shift()
      yield (resume) => {
        const done = () => {
          wake = null
          cancelTimer()
          resume()
        }
        const cancelTimer = timeoutMs === undefined ? () => undefined : timers.after(timeoutMs, done)
        wake = done
        return () => {
          wake = null
          cancelTimer()
        }
      }
      return items.shift()
    },
  }
}
