import type { TerminalLine } from '../clients/console/index.ts'
import type { Clock } from '../lib/clock.ts'
import { createBell } from './bell.ts'

const sliceBytes = 16 * 1024
/** What waits in memory before the socket is told to wait. */
const highWaterBytes = 128 * 1024
/** More than anybody reads; a device that prints without end takes no more of this server than this. */
const bytesPerSecond = 1024 * 1024
const leastPauseMs = 5

/** Spreads what is taken over time. */
function createPace(clock: Clock) {
  let since = clock.now()
  let taken = 0
  return async (bytes: number) => {
    taken += bytes
    const aheadMs = since + (taken / bytesPerSecond) * 1_000 - clock.now()
    if (aheadMs > leastPauseMs) await clock.sleep(aheadMs)
    if (aheadMs > -1_000) return
    since = clock.now()
    taken = 0
  }
}

/** Hands everything of a line on, in order, one slice at a time and no faster than it is taken. Resolves when the line is closed. */
export async function readLine(line: TerminalLine, clock: Clock, take: (bytes: Buffer) => Promise<void>): Promise<void> {
  const bell = createBell(clock)
  const pace = createPace(clock)
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let isOver = false
  line.attach({
    data: (chunk) => {
      waiting.push(chunk)
      waitingBytes += chunk.length
      if (waitingBytes > highWaterBytes) line.pause()
      bell.ring()
    },
    closed: () => {
      isOver = true
      bell.ring()
    },
  })
  for (;;) {
    if (waiting.length === 0) {
      if (isOver) return
      await bell.wait()
      continue
    }
    const bytes = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    line.resume()
    for (let from = 0; from < bytes.length; from += sliceBytes) {
      const slice = bytes.subarray(from, from + sliceBytes)
      await take(slice)
      await pace(slice.length)
    }
  }
}
