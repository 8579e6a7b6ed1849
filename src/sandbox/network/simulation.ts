import type { Clock } from '../../lib/clock.ts'

/** What a simulated thing may know of time and chance. Times are emulated milliseconds. */
export interface Timers {
  /** Emulated milliseconds since the lab was made. */
  now(): number
  /** Runs later; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void
  /** From the lab's seed, in [0, 1). */
  random(): number
}

export interface Simulation extends Timers {
  /** The wall clock, for what a device prints as its date (ms since the epoch). */
  wallNow(): number
  /** Lets the outside world act (a key press, a cable pulled): brings emulated time up to the wall clock first. */
  enter(run: () => void): void
  freeze(): void
  thaw(): void
  isFrozen(): boolean
  /** Emulated time to go on from, after hibernation. */
  setNow(nowMs: number): void
  close(): void
}

interface Event {
  due: number
  order: number
  run: (() => void) | null
}

/**
 * Events this close (emulated ms) are run without a real sleep: a frame crosses five hops in 1 ms, which no timer could pace, and
 * the round-trip times that devices print come from event times, not from the wall clock.
 */
const LOOK_AHEAD_MS = 4
/** Events run before the event loop gets its turn again: a bridging loop must not starve the process. */
const BATCH = 2_000

/** Discrete events in the order of their emulated time, paced by the injected clock divided by `speed`. */
export function createSimulation(options: { clock: Clock; speed: number; seed: number }): Simulation {
  const { clock, speed } = options
  const random = createRandom(options.seed)
  const heap = createHeap()
  const pace = createPace(clock, speed)
  let now = 0
  let order = 0
  let closed = false
  let sleeping: { until: number; abort: AbortController } | null = null

  const runDue = (): boolean => {
    const horizon = pace.now() + LOOK_AHEAD_MS
    for (let ran = 0; ran < BATCH; ran += 1) {
      const event = heap.peek()
      if (event === undefined || event.due > horizon) return false
      heap.pop()
      now = Math.max(now, event.due)
      const run = event.run
      event.run = null
      run?.()
    }
    return true
  }

  const arm = (): void => {
    if (closed || pace.isFrozen()) return
    const next = heap.peek()
    if (next === undefined) return
    if (sleeping !== null) {
      if (sleeping.until <= next.due) return
      sleeping.abort.abort()
    }
    const abort = new AbortController()
    const mine = { until: next.due, abort }
    sleeping = mine
    const realMs = Math.max(0, (next.due - LOOK_AHEAD_MS - pace.now()) / speed)
    clock.sleep(Math.ceil(realMs), abort.signal).then(
      () => {
        if (sleeping !== mine) return
        sleeping = null
        pump()
      },
      () => undefined, // aborted: an earlier event took over, or the lab was closed
    )
  }

  const pump = (): void => {
    if (closed || pace.isFrozen()) return
    runDue()
    arm()
  }

  const disarm = (): void => {
    sleeping?.abort.abort()
    sleeping = null
  }

  return {
    now: () => now,
    wallNow: () => clock.now(),
    random,
    after(delayMs, run) {
      const event: Event = { due: now + Math.max(0, delayMs), order: order++, run }
      heap.push(event)
      arm()
      return () => {
        event.run = null
      }
    },
    enter(run) {
      if (closed) return
      if (!pace.isFrozen()) {
        runDue()
        now = Math.max(now, pace.now())
      }
      run()
      pump()
    },
    freeze() {
      pace.freeze()
      disarm()
    },
    thaw() {
      pace.thaw()
      pump()
    },
    isFrozen: () => pace.isFrozen(),
    setNow(nowMs) {
      now = nowMs
      pace.set(nowMs)
    },
    close() {
      closed = true
      disarm()
    },
  }
}

/** Timers that end together: what a device had planned dies with its power. */
export function createScope(timers: Timers): Timers & { end(): void } {
  let ended = false
  return {
    now: () => timers.now(),
    random: () => timers.random(),
    after: (delayMs, run) => {
      if (ended) return () => undefined
      return timers.after(delayMs, () => {
        if (!ended) run()
      })
    },
    end() {
      ended = true
    },
  }
}

/** mulberry32: small, seeded, good enough for jitter and loss. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The wall clock as emulated time, which stands still while frozen. */
function createPace(clock: Clock, speed: number) {
  let base = 0
  let since = clock.now()
  let frozen = false
  const now = () => (frozen ? base : base + (clock.now() - since) * speed)
  return {
    now,
    isFrozen: () => frozen,
    freeze() {
      base = now()
      frozen = true
    },
    thaw() {
      if (!frozen) return
      since = clock.now()
      frozen = false
    },
    set(value: number) {
      base = value
      since = clock.now()
    },
  }
}

function createHeap() {
  const items: Event[] = []
  const before = (a: Event, b: Event) => a.due < b.due || (a.due === b.due && a.order < b.order)
  const swap = (i: number, j: number): void => {
    const [a, b] = [items[i], items[j]]
    if (a !== undefined && b !== undefined) {
      items[i] = b
      items[j] = a
    }
  }
  const isBefore = (i: number, j: number): boolean => {
    const [a, b] = [items[i], items[j]]
    return a !== undefined && b !== undefined && before(a, b)
  }
  const sink = (): void => {
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      let least = index
      if (isBefore(left, least)) least = left
      if (isBefore(left + 1, least)) least = left + 1
      if (least === index) return
      swap(index, least)
      index = least
    }
  }
  return {
    peek: (): Event | undefined => items[0],
    push(event: Event): void {
      items.push(event)
      let index = items.length - 1
      while (index > 0) {
        const parent = (index - 1) >> 1
        if (!isBefore(index, parent)) return
        swap(index, parent)
        index = parent
      }
    },
    pop(): void {
      const last = items.pop()
      if (last === undefined || items.length === 0) return
      items[0] = last
      sink()
    },
  }
}
