import { createServer, type Socket } from 'node:net'
import { type Clock, systemClock } from '../../lib/clock.ts'
import type { SharedConsole } from '../network/types.ts'
import { createTelnetInput } from './telnet-input.ts'

export interface ConsoleListener {
  readonly port: number
  /** Ends all connections and stops listening: connections are refused from then on. */
  close(): Promise<void>
}

/** WILL ECHO, WILL SGA, WILL BINARY, DO BINARY: what GNS3's proxy says first (recorded in all captures). */
const GREETING = Buffer.from([0xff, 0xfb, 1, 0xff, 0xfb, 3, 0xff, 0xfb, 0, 0xff, 0xfd, 0])

/** A client that takes nothing for this long (real time) is dropped, as GNS3 does. */
const SLOW_READER_MS = 10_000

/**
 * A TCP server that behaves as the telnet proxy of a GNS3 server in front of a console: several clients share one session, the
 * device's bytes are passed on unchanged (VPCS's own negotiation included), and a stopped device means EOF.
 */
export async function openConsoleListener(options: {
  console: SharedConsole
  host: string
  port: number
  clock?: Clock
}): Promise<ConsoleListener> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket, options.console, options.clock ?? systemClock)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function serve(socket: Socket, console: SharedConsole, clock: Clock): void {
  const watch = createSlowReaderWatch(socket, clock)
  socket.write(GREETING)
  const attachment = console.attach(
    (chunk) => {
      if (!socket.write(chunk)) watch.start()
    },
    () => socket.end(),
  )
  const input = createTelnetInput((answer) => socket.write(answer))
  socket.on('data', (chunk) => {
    const typed = input(chunk)
    if (typed.length > 0) attachment.write(typed)
  })
  socket.on('end', () => socket.end())
  socket.on('close', () => {
    watch.stop()
    attachment.detach()
  })
}

function createSlowReaderWatch(socket: Socket, clock: Clock) {
  let waiting: AbortController | null = null
  const stop = (): void => {
    waiting?.abort()
    waiting = null
  }
  socket.on('drain', stop)
  return {
    stop,
    start() {
      if (waiting !== null) return
      const abort = new AbortController()
      waiting = abort
      clock.sleep(SLOW_READER_MS, abort.signal).then(
        () => socket.destroy(),
        () => undefined, // it reads again, or it left
      )
    },
  }
}
