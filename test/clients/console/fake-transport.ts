import type { ConsoleTransport, OpenConsoleOptions, TransportReceiver } from '../../../src/clients/console/index.ts'
import { loadPlatforms } from '../../../src/clients/console/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createIdleClock, stir } from './idle-clock.ts'

export const platforms = loadPlatforms(new URL('../../../inventory/platforms', import.meta.url).pathname)

/** A device in this process: what it says reaches the session in pieces of the given sizes, one piece per turn of the event loop. */
export interface FakeDevice {
  readonly transport: ConsoleTransport
  say(text: string | Buffer): void
  hangUp(): void
  /** Resolves when everything said was handed over. */
  said(): Promise<void>
  readonly received: () => string
}

export function createFakeDevice(onInput: (text: string, device: FakeDevice) => void, sizes: readonly number[] = [4096]): FakeDevice {
  let receiver: TransportReceiver | undefined
  let received = ''
  let queue: Buffer[] = []
  let turn = 0
  let isRunning = false
  let isClosed = false

  const pump = () => {
    if (!receiver || isClosed) {
      isRunning = false
      return
    }
    const next = queue.shift()
    if (!next) {
      isRunning = false
      return
    }
    isRunning = true
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    turn += 1
    if (next.length > size) queue.unshift(next.subarray(size))
    stir()
    receiver.data(Buffer.from(next.subarray(0, size)))
    setImmediate(pump)
  }
  const device: FakeDevice = {
    say: (text) => {
      queue.push(Buffer.from(typeof text === 'string' ? Buffer.from(text, 'latin1') : text))
      if (!isRunning) {
        isRunning = true
        setImmediate(pump)
      }
    },
    said: async () => {
      while (isRunning) await new Promise((resolve) => setImmediate(resolve))
    },
    hangUp: () => {
      isClosed = true
      queue = []
      setImmediate(() => receiver?.closed())
    },
    received: () => received,
    transport: {
      write: (data) => {
        received += data
        onInput(data, device)
      },
      pause: () => undefined,
      resume: () => undefined,
      close: () => {
        isClosed = true
      },
      attach: (to) => {
        receiver = to
        setImmediate(pump)
      },
    },
  }
  return device
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

export function consoleOptions(platform: string, extra: Partial<OpenConsoleOptions> = {}): OpenConsoleOptions {
  return {
    device: 'R1',
    target: { kind: 'telnet', host: '127.0.0.1', port: 1 },
    platform: platforms.get(platform),
    credentials: {},
    redact: [],
    // a target is a real connection, whose bytes the idle clock does not see
    clock: extra.target === undefined ? createIdleClock() : systemClock,
    signal: new AbortController().signal,
    log: silent,
    readyTimeoutMs: 15_000,
    ...extra,
  }
}
