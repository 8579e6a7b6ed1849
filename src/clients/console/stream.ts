import type { Clock } from '../../lib/clock.ts'
import type { ConsoleLimits } from './contract.ts'
import { createScreen } from './screen.ts'
import type { ConsoleTransport } from './transport.ts'
import { sliceTurn } from './turns.ts'

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
  /** How many they are. */
  rawBytes(): number
  /** The last of them, from an offset on. */
  rawFrom(offset: number): Buffer
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
  let isPaused = false
  /** A piece that is on its way to the screen: bytes and screen do not fit together before it is there. */
  let applying: Promise<void> | undefined
  let isClosed = false
  let kept: Buffer[] = []
  let keptBytes = 0
  let receivedBytes = 0
  let appliedBytes = 0
  /** What is done when so many of the received bytes were applied, and before any more are. */
  let marks: { readonly at: number; readonly run: () => Promise<void> }[] = []
  let lastDataAt = clock.now()

  const isCut = () => keptBytes > limits.answerBytes || screen.overflowed

  const apply = async (bytes: Buffer) => {
    lastDataAt = clock.now()
    if (!isCut()) kept.push(bytes)
    keptBytes += bytes.length
    if (isCut()) return
    applying = screen.write(bytes)
    await applying
    applying = undefined
  }
  /** Small pieces together: each write to the emulator costs a turn of the event loop. A large one is not copied. */
  const takePieces = (): Buffer => {
    let bytes = waiting[0]?.length ?? 0
    let count = 1
    while (count < waiting.length && bytes + (waiting[count]?.length ?? 0) <= sliceBytes) {
      bytes += waiting[count]?.length ?? 0
      count += 1
    }
    const pieces = waiting.splice(0, count)
    const [first] = pieces
    return pieces.length === 1 && first ? first : Buffer.concat(pieces)
  }
  const runMarks = async (upTo: number) => {
    const reached = marks.filter(({ at }) => at <= upTo)
    marks = marks.filter((mark) => !reached.includes(mark))
    for (const { run } of reached) await run()
  }
  /** Done when what has come is applied, not what still comes: a console that never stops would be waited for without end. */
  const whenApplied = async (work: () => Promise<void>): Promise<void> => {
    if (isPumping)
      return new Promise((resolve, reject) => {
        marks.push({ at: receivedBytes, run: () => work().then(resolve, reject) })
      })
    await pump
    return work()
  }
  const drain = async () => {
    isPumping = true
    while (waiting.length > 0 || marks.length > 0) {
      if (waiting.length === 0) {
        // closed meanwhile: what was dropped is not waited for
        await runMarks(Number.POSITIVE_INFINITY)
        continue
      }
      const bytes = takePieces()
      waitingBytes -= bytes.length
      if (isPaused && waitingBytes < highWaterBytes) {
        isPaused = false
        transport.resume()
      }
      for (let from = 0; from < bytes.length; from += sliceBytes) {
        if (bytes.length > sliceBytes || waitingBytes >= sliceBytes) await sliceTurn()
        const slice = bytes.subarray(from, from + sliceBytes)
        await apply(slice)
        appliedBytes += slice.length
        if (marks.length > 0) await runMarks(appliedBytes)
        // whoever waits looks at the last slice when all is done
        if (waiting.length > 0 || from + sliceBytes < bytes.length) bell.ring()
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
    bell.off()
    bell.ring()
  }
  signal.addEventListener('abort', abort, { once: true })
  transport.attach({
    data: (chunk) => {
      if (chunk.length === 0 || isClosed) return
      receivedBytes += chunk.length
      waiting.push(chunk)
      waitingBytes += chunk.length
      if (waitingBytes > highWaterBytes && !isPaused) {
        isPaused = true
        transport.pause()
      }
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
    own?.addEventListener('abort', bell.ring)
    try {
      for (;;) {
        // a timer may wake us in the middle of a piece, when an older screen still shows a prompt
        while (applying !== undefined) await applying
        signal.throwIfAborted()
        own?.throwIfAborted()
        const now = clock.now()
        const isMet = test()
        const quietLeft = quietMs - (now - lastDataAt)
        if (isMet && quietLeft <= 0 && (quietMs === 0 || !isPumping)) return 'met'
        if (isClosed) return 'closed'
        if (isCut()) return 'cut'
        if (now >= deadline) return 'timeout'
        await bell.wait(isMet && quietLeft > 0 ? Math.min(now + quietLeft, deadline) : deadline)
      }
    } finally {
      own?.removeEventListener('abort', bell.ring)
    }
  }

  return {
    send: (text) => transport.write(text),
    begin: (prefix) =>
      whenApplied(async () => {
        kept = []
        keptBytes = 0
        await screen.begin(prefix)
      }),
    tail: () => screen.tail(),
    lines: (from = 0) => screen.lines(from),
    lineCount: () => screen.lineCount(),
    raw: () => {
      // the pieces are let go: a megabyte would be there twice
      const whole = Buffer.concat(kept)
      kept = [whole]
      return whole.subarray(0, limits.answerBytes)
    },
    rawBytes: () => Math.min(keptBytes, limits.answerBytes),
    rawFrom: (offset) => {
      const pieces: Buffer[] = []
      let end = keptBytes
      for (let index = kept.length - 1; index >= 0 && end > offset; index -= 1) {
        const piece = kept[index] ?? Buffer.alloc(0)
        pieces.unshift(piece)
        end -= piece.length
      }
      return Buffer.concat(pieces).subarray(Math.max(0, offset - end))
    },
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
    applied: () => whenApplied(async () => undefined),
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

/** One for all: an abort without a reason makes an exception with a stack each time. */
const awake = new Error('awake')

/**
 * Wakes whoever waits when something happened, or when the time is over. A timer is never taken back for a later time, and a new one is set
 * only for an earlier time than all that run: a wake-up too many costs nothing, while a timer and an abort signal for each of the thousand
 * waits of a console, most of them given up, were what dozens of consoles spent their processor time on.
 */
function createBell(clock: Clock) {
  const end = new AbortController()
  /** When the timers that run will ring. */
  const times = new Set<number>()
  let waiters: (() => void)[] = []
  let failure: { readonly error: unknown } | undefined
  const ring = () => {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }
  const set = (time: number) => {
    times.add(time)
    clock.sleep(Math.max(1, time - clock.now()), end.signal).then(
      () => {
        times.delete(time)
        ring()
      },
      (error: unknown) => {
        if (end.signal.aborted) return
        failure = { error }
        ring()
      },
    )
  }
  const isSet = (time: number): boolean => {
    for (const at of times) if (at <= time) return true
    return false
  }
  return {
    ring,
    /** For good: no timer is left behind. */
    off: () => end.abort(awake),
    wait: async (until: number) => {
      if (!isSet(until)) set(until)
      await new Promise<void>((resolve) => waiters.push(resolve))
      if (failure) throw failure.error
    },
  }
}
