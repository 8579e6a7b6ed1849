import { Readable } from 'node:stream'
import { type Dispatcher, Pool } from 'undici'
import { say } from '../../lib/sentence.ts'
import { startDeadline } from './deadline.ts'
import { transportFault, unexpected } from './faults.ts'
import type { Gns3Options } from './types.ts'

/** Most bytes that are read into memory of one answer; a guest that a student controls may send any number. */
const maxAnswerBytes = 32 * 1024 * 1024

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With query, from the root of the server: `/v2/projects`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Readable
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  /** As it came; null where the answer names none. */
  readonly contentType: string | null
  readonly body: Buffer
}

export interface HttpStream extends Omit<HttpAnswer, 'body'> {
  readonly body: Readable
}

export interface Http {
  /** Any status is an answer. @throws AppError GNS3_UNREACHABLE, GNS3_TIMEOUT, GNS3_UNEXPECTED_ANSWER (no HTTP, too long) */
  request(request: HttpRequest): Promise<HttpAnswer>
  /** The answer's body as a stream once its head is there; the deadline covers the whole of it. */
  stream(request: HttpRequest): Promise<HttpStream>
  close(): Promise<void>
}

/** Host as it stands in a URL: an IPv6 address in brackets. */
const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export function createHttp({ host, port, clock, signal }: Gns3Options): Http {
  const pool = new Pool(`http://${urlHost(host)}:${port}`, {
    connections: 8,
    // No kept connections: 3.x drops idle ones after 5 s and a VM that was hibernated leaves dead ones, and a POST that meets one of
    // those has an unknown outcome. A new connection inside a site costs well under a millisecond.
    pipelining: 0,
    // Deadlines are ours: they run on the injected clock and cover the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
  })
  const closed = new AbortController()

  const open = async (request: HttpRequest) => {
    const call = `${request.method} ${request.path.split('?')[0]}`
    const deadline = startDeadline(clock, request.timeoutMs, call, [signal, request.signal, closed.signal])
    try {
      const answer = await pool.request({
        method: request.method,
        path: request.path,
        headers: { accept: 'application/json', ...request.headers },
        body: request.body ?? null,
        signal: deadline.signal,
      })
      return { answer, deadline, call }
    } catch (error) {
      deadline.end()
      throw failure(error, deadline.signal, call)
    }
  }

  return {
    request: async (request) => {
      const { answer, deadline, call } = await open(request)
      try {
        return { status: answer.statusCode, contentType: contentTypeOf(answer), body: await readBounded(answer.body, call) }
      } catch (error) {
        throw failure(error, deadline.signal, call)
      } finally {
        deadline.end()
      }
    },
    stream: async (request) => {
      const { answer, deadline, call } = await open(request)
      const translated = async function* (): AsyncGenerator<Buffer> {
        try {
          yield* chunksOf(answer.body)
        } catch (error) {
          throw failure(error, deadline.signal, call)
        } finally {
          deadline.end()
        }
      }
      const body = Readable.from(translated(), { objectMode: false })
      body.once('close', () => {
        // A stream that is thrown away unread never enters the generator, so its `finally` would not run.
        deadline.end()
        answer.body.on('error', ignoreAbort).destroy()
      })
      return { status: answer.statusCode, contentType: contentTypeOf(answer), body }
    },
    close: async () => {
      closed.abort(new Error('the GNS3 client was closed'))
      await pool.destroy()
    },
  }
}

/** Our own faults and the callers' reasons as they are, all else as a fault of the transport. */
function failure(error: unknown, signal: AbortSignal, call: string): unknown {
  if (signal.aborted) return signal.reason
  return isOurs(error) ? error : transportFault(error, call)
}

function contentTypeOf({ headers }: Dispatcher.ResponseData): string | null {
  const given = headers['content-type']
  return typeof given === 'string' ? given : null
}

/** A body that is destroyed before its end reports just that. */
const ignoreAbort = (): void => undefined

const isOurs = (error: unknown): boolean => error instanceof Error && error.name === 'AppError'

async function* chunksOf(body: Dispatcher.ResponseData['body']): AsyncGenerator<Buffer> {
  for await (const chunk of body) yield Buffer.from(chunk)
}

async function readBounded(body: Dispatcher.ResponseData['body'], call: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of chunksOf(body)) {
    sizeBytes += chunk.length
    if (sizeBytes > maxAnswerBytes) throw unexpected(call, say('details.gns3.tooLarge', { limit: maxAnswerBytes }))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
