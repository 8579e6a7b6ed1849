import type { Clock } from '../../lib/clock.ts'
import type { ConsoleLimits } from './contract.ts'
import { createScreen } from './screen.ts'
import type { ConsoleTransport } from './transport.ts'

export type WaitEnd = 'met' | 'timeout' | 'closed' | 'cut'

/** The bytes of a console as a screen that can be waited on. One capture at a time: from `begin` to the next `begin`. */
export interface ConsoleStream {
  send(text: string): void
  /** Starts a new capture behind the given text (the prompt that stands on the device's line already). */
  begin(prefix: string): Promise<void>
  tail(): string
  /** @param from lines before this one are left out */
  lines(from?: number): string[]
  lineCount(): number
  /** The capture's bytes. */
  raw(): Buffer
  /** Its first bytes as text, one character per byte. */
  rawHead(maxBytes: number): string
  /** Waits until `test` is true and nothing has come for `quietMs`. Tested after every piece of input. */
  until(test: () => boolean, options: WaitOptions): Promise<WaitEnd>
  /** Waits for silence of `quietMs`, at most `timeoutMs`. */
  quiet(quietMs: number, timeoutMs: number): Promise<void>
  pause(ms: number): Promise<void>
  /** Resolves when everything received so far is on the screen. */
  applied(): Promise<void>
  readonly isClosed: boolean
  readonly receivedBytes: number
  /** When something came last (clock's milliseconds). */
  readonly lastDataAt: number
  close(): void
}

export interface WaitOptions {
  readonly timeoutMs: number
  readonly quietMs?: number
  readonly signal?: AbortSignal | undefined
}

interface StreamOptions {
  readonly transport: ConsoleTransport
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly limits: ConsoleLimits
}

const sliceBytes = 16 * 1024
/** What waits to be applied before the socket is told to wait. */
const highWaterBytes = 128 * 1024

export function createStream({ transport, clock, signal, limits }: StreamOptions): ConsoleStream {
  const screen = createScreen(limits)
  const bell = createBell(clock)
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let pump: Promise<void> = Promise.resolve()
  let isPumping = false
  let isClosed = false
  let kept: Buffer[] = []
  let keptBytes = 0
  let receivedBytes = 0
  let lastDataAt = clock.now()

  const isCut = () => keptBytes > limits.answerBytes || screen.overflowed

  const apply = async (bytes: Buffer) => {
    lastDataAt = clock.now()
    if (!isCut()) kept.push(bytes)
    keptBytes += bytes.length
    if (!isCut()) await screen.write(bytes)
  }
  const drain = async () => {
    isPumping = true
    while (waiting.length > 0) {
      // Together, however small the pieces were: each write to the emulator costs a turn of the event loop.
      const [first] = waiting
      const bytes = waiting.length === 1 && first ? first : Buffer.concat(waiting)
      waiting = []
      waitingBytes = 0
      transport.resume()
      for (let from = 0; from < bytes.length; from += sliceBytes) {
        await apply(bytes.subarray(from, from + sliceBytes))
        // whoever waits looks at the last slice when all is done
        if (waiting.length > 0 || from + sliceBytes < bytes.length) bell.ring()
        // dozens of consoles may pour at once: each gives way after its slice
        if (bytes.length > sliceBytes) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    isPumping = false
    bell.ring()
  }
  const abort = () => {
    bell.ring()
    close()
  }
  const close = () => {
    isClosed = true
    signal.removeEventListener('abort', abort)
    transport.close()
    waiting = []
    waitingBytes = 0
    bell.ring()
  }
  signal.addEventListener('abort', abort, { once: true })
  transport.attach({
    data: (chunk) => {
      if (chunk.length === 0 || isClosed) return
      receivedBytes += chunk.length
      waiting.push(chunk)
      waitingBytes += chunk.length
      if (waitingBytes > highWaterBytes) transport.pause()
      if (!isPumping) pump = drain()
    },
    closed: () => {
      void pump.then(() => {
        isClosed = true
        bell.ring()
      })
    },
  })

  const until = async (test: () => boolean, { timeoutMs, quietMs = 0, signal: own }: WaitOptions): Promise<WaitEnd> => {
    const deadline = clock.now() + timeoutMs
    const alarm = bell.alarm()
    own?.addEventListener('abort', bell.ring)
    try {
      for (;;) {
        signal.throwIfAborted()
        own?.throwIfAborted()
        const now = clock.now()
        const isMet = test()
        const quietLeft = quietMs - (now - lastDataAt)
        if (isMet && quietLeft <= 0 && (quietMs === 0 || !isPumping)) return 'met'
        if (isClosed) return 'closed'
        if (isCut()) return 'cut'
        if (now >= deadline) return 'timeout'
        await alarm.wait(isMet && quietLeft > 0 ? Math.min(now + quietLeft, deadline) : deadline)
      }
    } finally {
      alarm.off()
      own?.removeEventListener('abort', bell.ring)
    }
  }

  return {
    send: (text) => transport.write(text),
    begin: async (prefix) => {
      await pump
      kept = []
      keptBytes = 0
      await screen.begin(prefix)
    },
    tail: () => screen.tail(),
    lines: (from = 0) => screen.lines(from),
    lineCount: () => screen.lineCount(),
    raw: () => Buffer.concat(kept).subarray(0, limits.answerBytes),
    rawHead: (maxBytes) => {
      let head = ''
      for (const bytes of kept) {
        if (head.length >= maxBytes) break
        head += bytes.toString('latin1')
      }
      return head.slice(0, maxBytes)
    },
    until,
    quiet: async (quietMs, timeoutMs) => {
      await until(() => true, { timeoutMs, quietMs })
    },
    pause: async (ms) => {
      if (ms > 0) await until(() => false, { timeoutMs: ms })
    },
    applied: async () => {
      await pump
    },
    get isClosed() {
      return isClosed
    },
    get receivedBytes() {
      return receivedBytes
    },
    get lastDataAt() {
      return lastDataAt
    },
    close: () => {
      close()
      screen.dispose()
    },
  }
}

/** One for all: an abort without a reason makes an exception with a stack each time, and a console waits a thousand times. */
const awake = new Error('awake')

/** Wakes whoever waits when something happened, or when the time is over. */
function createBell(clock: Clock) {
  let waiters: (() => void)[] = []
  const ring = () => {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }
  /**
   * The timer of one wait, which goes on over every piece of input: a new one is set only for an earlier time. An answer that comes in a
   * hundred pieces costs one timer and one abort signal, not a hundred; dozens of consoles spend most of their processor time on those.
   */
  const alarm = () => {
    let at = Number.POSITIVE_INFINITY
    let timer: AbortController | undefined
    let failure: { readonly error: unknown } | undefined
    const off = () => {
      timer?.abort(awake)
      timer = undefined
      at = Number.POSITIVE_INFINITY
    }
    const set = (time: number) => {
      off()
      at = time
      const own = new AbortController()
      timer = own
      clock.sleep(Math.max(1, time - clock.now()), own.signal).then(
        () => {
          if (timer === own) at = Number.POSITIVE_INFINITY
          ring()
        },
        (error: unknown) => {
          if (own.signal.aborted) return
          failure = { error }
          ring()
        },
      )
    }
    return {
      off,
      wait: async (until: number) => {
        if (until < at) set(until)
        await new Promise<void>((resolve) => waiters.push(resolve))
        if (failure) throw failure.error
      },
    }
  }
  return { ring, alarm }
}
