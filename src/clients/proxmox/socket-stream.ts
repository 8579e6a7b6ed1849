import { Duplex } from 'node:stream'
import { type Dispatcher, WebSocket } from 'undici'

export interface DialOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: string
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
}

/** What came and was not read yet: a websocket cannot be told to wait. */
const maxUnreadBytes = 32 * 1024 * 1024

const opened = (socket: WebSocket, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const refused = () => reject(new Error('the websocket was refused'))
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', refused, { once: true })
    socket.addEventListener('close', refused, { once: true })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

function toStream(socket: WebSocket): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(chunk)
      done()
    },
    final: (done) => {
      socket.close()
      done()
    },
    destroy: (error, done) => {
      socket.close()
      done(error)
    },
  })
  // whoever reads hears of it by the end of the stream
  stream.on('error', () => undefined)
  socket.addEventListener('message', ({ data }) => {
    if (stream.destroyed) return
    stream.push(Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : String(data)))
    if (stream.readableLength > maxUnreadBytes) stream.destroy()
  })
  socket.addEventListener('close', () => {
    if (!stream.destroyed) stream.push(null)
  })
  socket.addEventListener('error', () => stream.destroy())
  return stream
}

/** A websocket as a stream of bytes. @throws Error for a handshake that was not answered as it should, or the signal's reason */
export async function dialSocket({ url, headers, protocol, dispatcher, signal }: DialOptions): Promise<Duplex> {
  signal.throwIfAborted()
  const socket = new WebSocket(url, { headers, protocols: [protocol], dispatcher })
  socket.binaryType = 'arraybuffer'
  // before the handshake is done: what comes with it must not be lost
  const stream = toStream(socket)
  try {
    await opened(socket, signal)
    return stream
  } catch (error) {
    stream.destroy()
    throw error
  }
}
