import { createServer, type TLSSocket } from 'node:tls'
import { acceptSocket } from '../gns3/index.ts'
import type { Certificates } from './certificates.ts'
import type { Dispatcher } from './dispatch.ts'
import { createRequestReader, WireProblem, type WireRequest, writeAnswer } from './http-message.ts'

/** Kept-alive connections are closed after 5 s of silence and after 100 requests; real time, it is a matter of the socket. */
const idleMs = 5_000
const requestsPerConnection = 100

export interface FrontDoor {
  readonly port: number
  close(): Promise<void>
}

interface Served {
  readonly dispatcher: Dispatcher
  readonly now: () => number
  /** Kept connections are said to be kept without the second header, so that clients do keep them. */
  readonly savesHandshakes: boolean
}

function keepsAlive(request: WireRequest, status: number, served: number): boolean {
  return status < 400 && served < requestsPerConnection && !/close/i.test(request.headers.get('connection') ?? '')
}

/** Version 13 with the protocol `binary`, as AnyEvent.pm wants it. */
function isForSocket({ headers }: WireRequest): boolean {
  const protocols = (headers.get('sec-websocket-protocol') ?? '').split(/\s*,\s*/u)
  return /websocket/iu.test(headers.get('upgrade') ?? '') && headers.get('sec-websocket-version') === '13' && protocols.includes('binary')
}

async function serve(socket: TLSSocket, { dispatcher, now, savesHandshakes }: Served): Promise<void> {
  const reader = createRequestReader(socket)
  for (let served = 1; ; served++) {
    const request = await reader.next(served === 1 ? 60_000 : idleMs)
    if (!request) break
    const outcome = await dispatcher.answer(request)
    if (socket.destroyed) return
    if (outcome === 'reset') {
      socket.destroy()
      return
    }
    if (outcome.upgrade && isForSocket(request)) {
      const held = reader.release()
      outcome.upgrade(acceptSocket({ key: request.headers.get('sec-websocket-key') ?? '', protocol: 'binary' }, socket))
      if (held.length > 0) socket.unshift(held)
      return
    }
    const isKept = keepsAlive(request, outcome.status, served)
    const keepAlive = isKept && savesHandshakes ? 'plainly' : isKept
    writeAnswer(socket, outcome, { keepAlive, acceptsGzip: /gzip/.test(request.headers.get('accept-encoding') ?? ''), nowMs: now() })
    if (!isKept) break
  }
  socket.end()
}

function refuse(socket: TLSSocket, error: unknown, now: () => number): void {
  if (error instanceof WireProblem && !socket.destroyed) {
    writeAnswer(socket, { status: error.status, reason: error.message }, { keepAlive: false, acceptsGzip: false, nowMs: now() })
  }
  socket.end()
}

/** The HTTPS port of the emulated cluster. */
export async function openFrontDoor(options: Served & { host: string; port: number; certificates: Certificates }): Promise<FrontDoor> {
  const sockets = new Set<TLSSocket>()
  const server = createServer(
    { key: options.certificates.key, cert: options.certificates.chain, ALPNProtocols: ['http/1.1'] },
    (socket) => {
      sockets.add(socket)
      // a client that goes away is no fault of ours
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
      serve(socket, options).catch((error: unknown) => refuse(socket, error, options.now))
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
