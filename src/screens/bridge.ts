import type { Duplex } from 'node:stream'
import { createClientFilter, createServerFilter, greetingFor, openPicture, type ViewerMessage } from '../clients/vnc/index.ts'
import type { Clock } from '../lib/clock.ts'

/** The page's end of a screen. */
export interface ScreenViewer {
  send(bytes: Buffer): void
  readonly unsentBytes: number
}

export interface BridgeOptions {
  readonly name: string
  readonly stream: Duplex
  readonly password: string | null
  readonly viewer: ScreenViewer
  /** Whether a key or the pointer may reach the machine now; asked for each. */
  readonly mayPass: () => boolean
  readonly onPassed: () => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A machine that says nothing where it should is given up. */
const handshakeMs = 15_000
/** A machine that takes nothing gets no more keys. */
const mostUnsentBytes = 64 * 1024
/** The machine waits for a browser that is so far behind, and one that stays behind is let go of. */
const viewerBytes = { high: 1024 * 1024, low: 128 * 1024 }
const patienceMs = 30_000
const lookEveryMs = 25
/** Per second; a full picture of 1920 × 1080 points is 8 MB before it is compressed. */
const bytesPerSecond = 8 * 1024 * 1024

/** Waits until a browser has taken most of what it was sent. @throws Error for one that does not */
async function drained({ viewer, clock, signal }: Pick<BridgeOptions, 'viewer' | 'clock' | 'signal'>): Promise<void> {
  if (viewer.unsentBytes < viewerBytes.high) return
  const until = clock.now() + patienceMs
  while (viewer.unsentBytes > viewerBytes.low) {
    if (clock.now() > until) throw new Error('the browser takes nothing')
    await clock.sleep(lookEveryMs, signal)
  }
}

/** Lets so much through in each second, and waits for the next one. */
function createThrottle(clock: Clock, signal: AbortSignal) {
  let begunAt = clock.now()
  let sent = 0
  return async (bytes: number): Promise<void> => {
    sent += bytes
    const passedMs = clock.now() - begunAt
    if (passedMs >= 1_000) {
      begunAt = clock.now()
      sent = bytes
    } else if (sent > bytesPerSecond) await clock.sleep(1_000 - passedMs, signal)
  }
}

/**
 * Shows the screen of a machine to a page. The handshake with the machine is ours, password included; the page is told a finished one.
 * @returns what the page says is handed to; `ended` settles with the connection
 * @throws AppError SCREEN_UNREADABLE, or the signal's reason
 */
export async function bridge(options: BridgeOptions) {
  const { name, stream, viewer, mayPass, onPassed, clock, signal } = options
  const late = AbortSignal.timeout(handshakeMs)
  const picture = await openPicture(stream, options.password, AbortSignal.any([signal, late]))
  viewer.send(greetingFor(picture, name))

  const hear = ({ kind, bytes }: ViewerMessage): void => {
    if (stream.writableLength > mostUnsentBytes || stream.destroyed) return
    if (kind === 'input') {
      if (!mayPass()) return
      onPassed()
    }
    stream.write(bytes)
  }
  const filter = createServerFilter()
  const throttle = createThrottle(clock, signal)
  const show = async (): Promise<void> => {
    for await (const chunk of stream) {
      signal.throwIfAborted()
      if (!Buffer.isBuffer(chunk)) continue
      for (const bytes of filter(chunk)) viewer.send(bytes)
      await throttle(chunk.length)
      await drained(options)
    }
  }
  return { hear: createClientFilter(hear), ended: show() }
}
