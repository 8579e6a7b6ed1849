import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { ServerSocket } from '../gns3/index.ts'

/** One request as it came over the wire. */
export interface WireRequest {
  readonly method: string
  /** With the query string. */
  readonly target: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** What is wrong with a request before it is looked at: said as code and reason phrase, with no body. */
export class WireProblem extends Error {
  readonly status: number
  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

const headLimit = 8 * 1024
const headerLimit = 64
const bodyLimit = 512 * 1024

function readHead(head: string): Omit<WireRequest, 'body'> {
  const [line = '', ...rest] = head.split('\r\n')
  const match = /^(\S+) (\S+) HTTP\/(\d)\.\d$/.exec(line)
  if (!match) throw new WireProblem(400, 'bad request')
  const [, method = '', target = '', major] = match
  if (major !== '1') throw new WireProblem(506, 'http protocol version not supported')
  if (rest.length > headerLimit) throw new WireProblem(400, 'too many http header lines')
  const headers = new Map<string, string>()
  for (const header of rest) {
    const colon = header.indexOf(':')
    if (colon > 0) headers.set(header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim())
  }
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method)) throw new WireProblem(501, `method '${method}' not available`)
  return { method, target, headers }
}

/** What AnyEvent.pm refuses about bodies: chunked ones, any with GET or DELETE, too large ones. */
function bodyLength(request: Omit<WireRequest, 'body'>): number {
  if (request.headers.has('transfer-encoding')) throw new WireProblem(501, 'chunked transfer encoding not supported')
  const length = Number(request.headers.get('content-length') ?? 0)
  if (!Number.isInteger(length) || length < 0) throw new WireProblem(400, 'bad content length')
  if (length > 0 && !['POST', 'PUT'].includes(request.method))
    throw new WireProblem(501, `Unexpected content for method '${request.method}'`)
  if (length > bodyLimit) throw new WireProblem(501, 'for data too large')
  return length
}

/**
 * Reads requests one after the other from a connection. HTTP/1.x by hand, as Proxmox's own server does it: Node's server refuses the
 * header pairs and codes that the real one sends.
 */
export function createRequestReader(socket: TLSSocket) {
  let buffered = Buffer.alloc(0)
  let isEnded = false
  let wake: () => void = () => undefined
  const keep = (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    wake()
  }
  socket.on('data', keep)
  const end = () => {
    isEnded = true
    wake()
  }
  socket.on('end', end).on('close', end)

  /** Waits for more bytes; false when there will be none, or none came within the time. */
  function more(timeoutMs: number): Promise<boolean> {
    if (isEnded) return Promise.resolve(false)
    const before = buffered.length
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      wake = () => {
        clearTimeout(timer)
        resolve(buffered.length > before)
      }
    })
  }

  async function until(isThere: () => boolean, timeoutMs: number): Promise<boolean> {
    while (!isThere()) if (!(await more(timeoutMs))) return false
    return true
  }

  return {
    /** Nothing is read any more: the connection belongs to somebody else. @returns what came already */
    release: (): Buffer => {
      socket.off('data', keep).off('end', end).off('close', end)
      return buffered
    },
    /** The next request; undefined when the connection ended or stayed idle. @throws WireProblem */
    async next(idleMs: number): Promise<WireRequest | undefined> {
      const headEnd = () => buffered.indexOf('\r\n\r\n')
      const hasHead = await until(() => headEnd() >= 0 || buffered.length > headLimit, idleMs)
      if (!hasHead) return undefined
      if (headEnd() < 0 || headEnd() > headLimit) throw new WireProblem(400, 'too many http header lines')
      const start = headEnd() + 4
      const head = readHead(buffered.subarray(0, start - 4).toString('latin1'))
      const length = bodyLength(head)
      if (!(await until(() => buffered.length >= start + length, 30_000))) return undefined
      const body = buffered.subarray(start, start + length).toString('utf8')
      buffered = buffered.subarray(start + length)
      return { ...head, body }
    },
  }
}

export interface WireAnswer {
  readonly status: number
  readonly reason: string
  /** Absent = no body and no Content-Type. */
  readonly body?: unknown
  /** Takes the connection over where the request asks for a websocket. */
  readonly upgrade?: (socket: ServerSocket) => void
}

const compressFrom = 1_024

/**
 * The answer with the headers of pve-api-daemon: kept connections carry two Connection headers (measured), at which most clients close.
 * @param options.keepAlive `plainly` with the one header that keeps it
 */
export function writeAnswer(
  socket: TLSSocket,
  answer: WireAnswer,
  options: { keepAlive: boolean | 'plainly'; acceptsGzip: boolean; nowMs: number },
): void {
  const plain = answer.body === undefined ? undefined : Buffer.from(JSON.stringify(answer.body))
  const isCompressed = plain !== undefined && plain.length > compressFrom && options.acceptsGzip
  const body = isCompressed ? gzipSync(plain) : plain
  const lines = [
    `HTTP/1.1 ${answer.status} ${answer.reason}`,
    'Cache-Control: max-age=0',
    ...(options.keepAlive === 'plainly' ? [] : ['Connection: close']),
    ...(options.keepAlive === false ? [] : ['Connection: Keep-Alive']),
    `Date: ${new Date(options.nowMs).toUTCString()}`,
    'Pragma: no-cache',
    'Server: pve-api-daemon/3.0',
    `Content-Length: ${body?.length ?? 0}`,
    ...(body ? ['Content-Type: application/json;charset=UTF-8'] : []),
    ...(isCompressed ? ['Content-Encoding: gzip'] : []),
    `Expires: ${new Date(options.nowMs).toUTCString()}`,
  ]
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]))
}
