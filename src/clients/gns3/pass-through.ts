import { Agent, WebSocket } from 'undici'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import { startDeadline } from './deadline.ts'
import type { Gns3, Gns3Options, Gns3Socket, PassedRequest } from './types.ts'

/** A notification stream has no end of its own; a browser that stays longer connects anew. */
const streamMs = 12 * 3_600_000
/** Until the last byte of a read: a browser may be slow to take it. */
const answerMs = 60_000
/** Of one message of a websocket: the whole of a node is told in one, and a screen of a console is far smaller. */
const maxMessageBytes = 4 * 1024 * 1024

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** What somebody else asks of GNS3, carried out with our credentials. */
export function createPassThrough(
  api: Api,
  { host, port, clock, timeouts, signal: ofClient }: Gns3Options,
): Pick<Gns3, 'pass' | 'openSocket'> {
  const handshakeMs = timeouts?.readMs ?? api.timeouts.readMs

  const limitOf = ({ method, isStream }: PassedRequest): number => {
    if (isStream === true) return streamMs
    return method === 'GET' ? answerMs : api.timeouts.mutationMs
  }
  const send = (request: PassedRequest) => {
    const { method, path, body, signal } = request
    return api.pass({
      ...{ method, path, signal },
      ...(body === undefined ? {} : { content: body.content, contentType: body.type }),
      timeoutMs: limitOf(request),
    })
  }

  async function openSocket(path: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Gns3Socket> {
    const shown = await api.showOurselves({ signal })
    const query = shown.token === null ? '' : `?token=${encodeURIComponent(shown.token)}`
    const agent = new Agent({ connect: { timeout: handshakeMs }, webSocket: { maxPayloadSize: maxMessageBytes } })
    const socket = new WebSocket(`ws://${urlHost(host)}:${port}${path}${query}`, { headers: shown.headers, dispatcher: agent })
    socket.binaryType = 'arraybuffer'
    const end = () => {
      socket.close()
      void agent.destroy()
    }
    const deadline = startDeadline(clock, handshakeMs, `GET ${path}`, [signal, ofClient])
    try {
      await opened(socket, deadline.signal, path)
    } catch (error) {
      end()
      throw error
    } finally {
      deadline.end()
    }
    return toSocket(socket, end)
  }

  return {
    pass: (request) => (request.method === 'GET' ? send(request) : api.mutate(() => send(request), request)),
    openSocket,
  }
}

const opened = (socket: WebSocket, signal: AbortSignal, path: string) =>
  new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    const refused = () => reject(new AppError('GNS3_REFUSED', { details: { reason: say('details.gns3.noSocket'), call: `GET ${path}` } }))
    socket.addEventListener('error', refused, { once: true })
    socket.addEventListener('close', refused, { once: true })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

function toSocket(socket: WebSocket, end: () => void): Gns3Socket {
  // what comes at once, before anybody listens, is kept: a console's first bytes
  let early: (string | Buffer)[] = []
  let hear = (message: string | Buffer): void => {
    early.push(message)
  }
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') hear(data)
    else if (data instanceof ArrayBuffer) hear(Buffer.from(data))
  })
  // what cannot be read as a websocket any more ends it; the close that follows is what is told
  socket.addEventListener('error', end)
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message)
    },
    onMessage: (listener) => {
      hear = listener
      for (const message of early) listener(message)
      early = []
    },
    onClose: (listener) => {
      const closed = () => {
        end()
        listener()
      }
      if (socket.readyState === WebSocket.CLOSED) closed()
      else socket.addEventListener('close', closed, { once: true })
    },
    get unsentBytes() {
      return socket.bufferedAmount
    },
    close: end,
  }
}
