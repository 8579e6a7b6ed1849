import type { Socket } from 'node:net'
import { Telnet } from 'telnet-client'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { breakCommand, createTelnetCodec, type TerminalSize } from './telnet-codec.ts'
import type { ConsoleTransport, TransportReceiver } from './transport.ts'

export interface ConnectTelnetOptions {
  readonly device: string
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Of the window, as the peer is told when it asks; wide where absent. */
  readonly size?: TerminalSize
}

/** A telnet connection that a person types at: besides the bytes, what a terminal has. */
export interface TerminalLine extends ConsoleTransport {
  resize(size: TerminalSize): void
  sendBreak(): void
  /** What the peer has not taken yet. */
  readonly unsentBytes: number
}

/**
 * telnet-client opens the connection and nothing else. Its option answers are without memory (endless against GNS3), its prompt and
 * login logic shifts answers after a time-out, and it keeps every chunk in a queue that nobody drains; so all of that is overridden.
 * See docs/decisions/0004-consoles.md.
 */
class SocketOnly extends Telnet {
  constructor() {
    super()
    this.removeAllListeners('data')
  }

  override parseData(chunk: Buffer): Buffer {
    return chunk
  }

  override negotiate(chunk: Buffer): Buffer {
    return chunk
  }
}

/** A reason of its own: an abort without one makes an exception with its stack. */
const connected = new Error('connected')

/** @throws AppError CONSOLE_UNREACHABLE, or the signal's reason */
export async function connectTelnet(options: ConnectTelnetOptions): Promise<TerminalLine> {
  const socket = await openSocket(options)
  const codec = createTelnetCodec(options.size)
  socket.setNoDelay(true)
  const send = (bytes: Buffer) => {
    if (bytes.length > 0 && socket.writable) socket.write(bytes)
  }
  return {
    write: (data) => send(codec.encode(Buffer.from(data, 'utf8'))),
    resize: (size) => send(codec.resize(size)),
    sendBreak: () => send(breakCommand),
    get unsentBytes() {
      return socket.writableLength
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.destroy(),
    attach: (receiver) => attach(socket, receiver, (chunk) => decode(socket, codec, chunk, options.clock.now())),
  }
}

function decode(socket: Socket, codec: ReturnType<typeof createTelnetCodec>, chunk: Buffer, nowMs: number): Buffer {
  const { data, reply } = codec.decode(chunk, nowMs)
  if (reply.length > 0 && socket.writable) socket.write(reply)
  return data
}

function attach(socket: Socket, receiver: TransportReceiver, decoded: (chunk: Buffer) => Buffer): void {
  let error: Error | undefined
  socket.on('data', (chunk: Buffer) => receiver.data(decoded(chunk)))
  socket.on('error', (cause) => {
    error = cause
  })
  socket.on('close', () => receiver.closed(error))
  socket.resume()
}

async function openSocket({ device, host, port, timeoutMs, clock, signal }: ConnectTelnetOptions): Promise<Socket> {
  signal.throwIfAborted()
  const telnet = new SocketOnly()
  const timer = new AbortController()
  const abort = () => timer.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const connecting = telnet.connect({
    host,
    port,
    negotiationMandatory: false,
    disableLogon: true,
    shellPrompt: '',
    timeout: 0,
    localAddress: undefined,
  })
  const late = clock.sleep(timeoutMs, timer.signal).then(() => {
    throw new Error(`no connection within ${timeoutMs} ms`)
  })
  try {
    await Promise.race([connecting, late])
    const socket = telnet.getSocket()
    if (!socket) throw new Error('no socket')
    return detach(socket)
  } catch (cause) {
    telnet.getSocket()?.destroy()
    signal.throwIfAborted()
    throw new AppError('CONSOLE_UNREACHABLE', { cause, details: { device, host, port } })
  } finally {
    signal.removeEventListener('abort', abort)
    timer.abort(connected)
    late.catch(() => undefined)
    connecting.catch(() => undefined)
  }
}

/** Takes the library's reader off; from here on the bytes are ours. Its listener for errors stays: without one Node would end the process. */
function detach(socket: Socket): Socket {
  socket.pause()
  socket.removeAllListeners('data')
  return socket
}
