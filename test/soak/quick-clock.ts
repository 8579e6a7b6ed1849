import type { Clock } from '../../src/lib/clock.ts'

/** Where and how fast a quick clock goes. */
export interface Pace {
  readonly epochMs: number
  /** Times as fast as the real one, at most. */
  readonly speed: number
  /** Skipped so far. */
  readonly skippedMs: number
}

const tickMs = 20
/** What a loop that was held up may catch up with at once: time that nobody could use does not pass. */
const mostRealMs = 40

interface Waiter {
  readonly until: number
  readonly wake: () => void
}

/** Time that others move on; whoever sleeps is woken by what has passed, not by what is skipped. */
function createHands({ epochMs, skippedMs }: Pick<Pace, 'epochMs' | 'skippedMs'>) {
  let passed = 0
  let skipped = skippedMs
  let waiters: Waiter[] = []

  const clock: Clock = {
    now: () => epochMs + passed + skipped,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const waiter = {
          until: passed + ms,
          wake: () => {
            signal?.removeEventListener('abort', end)
            resolve()
          },
        }
        const end = (): void => {
          waiters = waiters.filter((one) => one !== waiter)
          reject(signal?.reason)
        }
        waiters.push(waiter)
        signal?.addEventListener('abort', end, { once: true })
      }),
  }
  return {
    clock,
    passed: () => passed,
    moveTo: (next: number): void => {
      passed = next
      const due = waiters.filter(({ until }) => until <= passed)
      if (due.length === 0) return
      waiters = waiters.filter(({ until }) => until > passed)
      for (const { wake } of due.sort((one, other) => one.until - other.until)) wake()
    },
    skipTo: (total: number): void => {
      skipped = total
    },
  }
}

/**
 * Time that goes up to `speed` times as fast as the real one. It passes with the turns of this process's own loop: what a busy machine takes
 * from it is not counted, so that no time limit runs out because of others. `tell` hands it on to whoever follows.
 */
export function createQuickClock({ epochMs, speed, skippedMs }: Pace, tell: (passedMs: number) => void = () => undefined) {
  const hands = createHands({ epochMs, skippedMs })
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    hands.moveTo(hands.passed() + Math.min(now - last, mostRealMs) * speed)
    last = now
    tell(hands.passed())
  }, tickMs)
  return { clock: hands.clock, passed: hands.passed, skipTo: hands.skipTo, end: () => clearInterval(timer) }
}

/** The same time for a thread or process that is told of it: never ahead of what it was told, and behind when it is itself held up. */
export function createFollowingClock(pace: Pace & { readonly passedMs: number }) {
  const hands = createHands(pace)
  hands.moveTo(pace.passedMs)
  let told = pace.passedMs
  setInterval(() => {
    hands.moveTo(hands.passed() + Math.min(told - hands.passed(), mostRealMs * pace.speed))
  }, tickMs).unref()
  return {
    clock: hands.clock,
    skipTo: hands.skipTo,
    hear: (passedMs: number): void => {
      told = passedMs
    },
  }
}
