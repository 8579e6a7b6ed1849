import { connect, type Socket } from 'node:net'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'

export interface ConnectVncOptions {
  readonly device: string
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const opened = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })

/** A connection to a VNC port; nothing has been said on it. @throws AppError CONSOLE_UNREACHABLE, or the signal's reason */
export async function connectVnc({ device, host, port, timeoutMs, clock, signal }: ConnectVncOptions): Promise<Socket> {
  signal.throwIfAborted()
  const timer = new AbortController()
  const ended = AbortSignal.any([signal, timer.signal])
  const socket = connect({ host, port, noDelay: true })
  // whoever reads hears of it by the end of the stream
  socket.on('error', () => undefined)
  const late = clock.sleep(timeoutMs, ended).then(() => {
    throw new Error(`no connection within ${timeoutMs} ms`)
  })
  try {
    await Promise.race([opened(socket), late])
    return socket
  } catch (cause) {
    socket.destroy()
    signal.throwIfAborted()
    throw new AppError('CONSOLE_UNREACHABLE', { cause, details: { device, host, port } })
  } finally {
    timer.abort(new Error('connected'))
    late.catch(() => undefined)
  }
}
