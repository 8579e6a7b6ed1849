import type { ConsoleTransport, TransportReceiver } from '../../../../src/clients/console/index.ts'
import { createTelnetCodec } from '../../../../src/clients/console/telnet-codec.ts'
import type { Clock } from '../../../../src/lib/clock.ts'
import type { Random } from './random.ts'

/** How the bytes of a device travel: nothing is altered, everything may be cut and late. */
export interface WireOptions {
  readonly random: Random
  readonly clock: Clock & { touch(): void }
  readonly signal: AbortSignal
  /** Sizes of the pieces, in turn. */
  readonly sizes: readonly [number, ...number[]]
  /** Share of the pieces that wait, and for how long at most. */
  readonly delays: { readonly share: number; readonly longestMs: number }
  /** Share of the pieces before which the peer says its telnet options again. */
  readonly negotiates: number
  /** The connection ends after so many bytes of the device. */
  readonly closesAfter: number
  readonly typed: (text: string) => void
}

const greeting = Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0])

export interface Wire {
  readonly transport: ConsoleTransport
  send(text: string): void
}

/** A telnet connection in this process, through the product's own option codec. */
export function createWire(options: WireOptions): Wire {
  const { random, clock, signal, sizes } = options
  const codec = createTelnetCodec()
  let receiver: TransportReceiver | undefined
  let waiting = Buffer.alloc(0)
  let isRunning = false
  let isClosed = false
  let sent = 0
  let turn = 0

  const piece = (): Buffer => {
    const size = sizes[turn % sizes.length] ?? 1
    turn += 1
    const bytes = waiting.subarray(0, size)
    waiting = waiting.subarray(size)
    sent += bytes.length
    return bytes
  }
  const deliver = (bytes: Buffer) => {
    const escaped = bytes.includes(255) ? Buffer.from([...bytes].flatMap((byte) => (byte === 255 ? [255, 255] : [byte]))) : bytes
    const { data } = codec.decode(escaped, clock.now())
    if (data.length > 0) receiver?.data(data)
  }
  const run = async () => {
    isRunning = true
    while (waiting.length > 0 && receiver !== undefined && !isClosed) {
      if (random.chance(options.delays.share)) await clock.sleep(random.between(1, options.delays.longestMs), signal)
      if (random.chance(options.negotiates)) receiver.data(codec.decode(greeting, clock.now()).data)
      clock.touch()
      deliver(piece())
      if (sent >= options.closesAfter) hangUp()
      else if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve))
    }
    isRunning = false
  }
  const start = () => {
    if (!isRunning) run().catch(() => undefined) // the run's end; nothing is waited for then
  }
  const hangUp = () => {
    isClosed = true
    setImmediate(() => receiver?.closed())
  }
  return {
    send: (text) => {
      waiting = Buffer.concat([waiting, Buffer.from(text, 'utf8')])
      start()
    },
    transport: {
      write: (text) => {
        if (!isClosed) options.typed(text)
      },
      pause: () => undefined,
      resume: () => undefined,
      close: () => {
        isClosed = true
      },
      attach: (to) => {
        receiver = to
        start()
      },
    },
  }
}
