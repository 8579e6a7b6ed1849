import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { AppError, isAppError } from '../../errors.ts'
import { placedProblem, schemaProblems } from '../../lib/schema-problems.ts'
import { say } from '../../lib/sentence.ts'
import { answerFault, unexpected } from './faults.ts'
import { createHttp, type HttpAnswer, type HttpRequest, type HttpStream } from './http.ts'
import { readJsonAnswer } from './json.ts'
import { acquireQueue } from './queue.ts'
import { tokenAnswer, versionAnswer } from './schemas.ts'
import type { CallOptions, Gns3Options, Gns3Version } from './types.ts'

/** Reads 10 s; mutations 120 s, which is when the server's controller gives up on its own compute; transfers by size. */
const defaultTimeouts = { readMs: 10_000, mutationMs: 120_000, transferMs: 600_000 }

/** How much of an error answer is read from a stream. */
const maxErrorBytes = 64 * 1024

export interface ApiCall extends CallOptions {
  /** After `/v2` or `/v3`, already encoded. */
  readonly path: string
  readonly method?: HttpRequest['method']
  readonly json?: unknown
  readonly content?: string | Uint8Array | Readable
  readonly contentLength?: number | undefined
  /** Of `content`; bytes where absent. */
  readonly contentType?: string | undefined
  readonly timeoutMs?: number | undefined
}

/** Requests to one server in the dialect that it turned out to speak; errors are thrown, so an answer is always a 2xx. */
export interface Api {
  version(options?: CallOptions): Promise<Gns3Version>
  /** Makes sure that credentials are accepted. */
  authenticate(options?: CallOptions): Promise<void>
  readJson<Schema extends z.ZodType>(schema: Schema, call: ApiCall): Promise<z.output<Schema>>
  readBytes(call: ApiCall): Promise<Uint8Array>
  /** Must run inside `mutate`. What a 2xx carries differs between the versions, so it is not handed on: read again. */
  send(call: ApiCall): Promise<void>
  stream(call: ApiCall): Promise<Readable>
  /** Any status is an answer, and it is not read. `path` is from the root of the server. */
  pass(call: ApiCall & { readonly timeoutMs: number }): Promise<HttpStream>
  /** What shows who we are: for a websocket, which this does not open. 3.x takes it in the address alone. */
  showOurselves(options?: CallOptions): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly token: string | null }>
  /** Runs when no other mutation of this server does. */
  mutate<T>(task: () => Promise<T>, options?: CallOptions): Promise<T>
  readonly timeouts: typeof defaultTimeouts
  close(): Promise<void>
}

export function createApi(options: Gns3Options): Api {
  const http = createHttp(options)
  const queue = acquireQueue(`${options.host}:${options.port}`)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  let found: Gns3Version | undefined
  let token: string | undefined

  const basic = (): Record<string, string> => {
    if (!options.credentials) return {}
    const { username, password } = options.credentials
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  }

  /** 3.x tells its version to anybody; 2.2 knows no /v3, and asks for credentials on /v2 when it has any. */
  const version: Api['version'] = async ({ signal } = {}) => {
    const call = { method: 'GET' as const, timeoutMs: timeouts.readMs, signal }
    const newer = await http.request({ ...call, path: '/v3/version' })
    const answered = versionAnswer.safeParse(readJsonAnswer(newer.body, 'GET /v3/version'))
    if (newer.status === 200 && answered.success) return remember({ api: 'v3', version: answered.data.version })
    if (newer.status >= 500) throw answerFault(newer.status, newer.body, 'GET /v3/version')
    const older = await http.request({ ...call, path: '/v2/version', headers: basic() })
    if (older.status === 404) throw unexpected('GET /v2/version', say('details.gns3.noServer'))
    return remember({ api: 'v2', version: parseAnswer(versionAnswer, older, 'GET /v2/version').version })
  }
  const remember = (seen: Gns3Version) => {
    if (found?.api !== seen.api) token = undefined
    found = seen
    return seen
  }

  const logIn = async (signal?: AbortSignal): Promise<string> => {
    const path = '/v3/access/users/authenticate'
    if (!options.credentials)
      throw new AppError('GNS3_AUTH', { details: { reason: say('details.gns3.noCredentials'), call: `POST ${path}` } })
    const answer = await http.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(options.credentials),
      timeoutMs: timeouts.readMs,
      signal,
    })
    token = parseAnswer(tokenAnswer, answer, `POST ${path}`).access_token
    return token
  }

  const headersFor = async (api: Gns3Version['api'], signal?: AbortSignal): Promise<Record<string, string>> =>
    api === 'v2' ? basic() : { authorization: `Bearer ${token ?? (await logIn(signal))}` }

  /** @param root what stands before the path; `/v2` or `/v3` where it is absent */
  const requestFor = async (call: ApiCall, timeoutMs: number, root?: string): Promise<HttpRequest & { api: Gns3Version['api'] }> => {
    const { api } = found ?? (await version(call))
    const headers = await headersFor(api, call.signal)
    return {
      api,
      method: call.method ?? 'GET',
      path: `${root ?? `/${api}`}${call.path}`,
      headers: { ...headers, ...contentHeaders(call) },
      ...bodyOf(call),
      timeoutMs: call.timeoutMs ?? timeoutMs,
      signal: call.signal,
    }
  }

  /** A token that ran out, or whose server started anew, is renewed once; a stream cannot be sent twice and is not. */
  const request = async (call: ApiCall, timeoutMs: number): Promise<HttpAnswer> => {
    const first = await requestFor(call, timeoutMs)
    const answer = await http.request(first)
    if (answer.status !== 401 || first.api === 'v2' || isStream(call.content)) return checked(answer, first)
    token = undefined
    const second = await requestFor(call, timeoutMs)
    return checked(await http.request(second), second)
  }

  return {
    version,
    timeouts,
    authenticate: async ({ signal } = {}) => {
      const { api } = found ?? (await version({ signal }))
      if (api === 'v3') await logIn(signal)
    },
    readJson: async (schema, call) => parseAnswer(schema, await request(call, timeouts.readMs), `GET ${call.path}`),
    readBytes: async (call) => (await request(call, timeouts.readMs)).body,
    send: async (call) => {
      await request(call, timeouts.mutationMs)
    },
    stream: async (call) => {
      const asked = await requestFor(call, timeouts.transferMs)
      const answer = await http.stream(asked)
      if (answer.status === 200) return answer.body
      throw answerFault(answer.status, await readHead(answer.body), `${asked.method} ${call.path}`)
    },
    pass: async (call) => {
      const first = await requestFor(call, call.timeoutMs, '')
      const answer = await http.stream(first)
      if (answer.status !== 401 || first.api === 'v2') return answer
      answer.body.destroy()
      token = undefined
      return http.stream(await requestFor(call, call.timeoutMs, ''))
    },
    showOurselves: async ({ signal } = {}) => {
      const { api } = found ?? (await version({ signal }))
      return api === 'v2' ? { headers: basic(), token: null } : { headers: {}, token: token ?? (await logIn(signal)) }
    },
    mutate: (task, { signal } = {}) => queue.run(task, signal),
    close: async () => {
      queue.release()
      await http.close()
    },
  }
}

const isStream = (content: ApiCall['content']): content is Readable =>
  content !== undefined && typeof content !== 'string' && !(content instanceof Uint8Array)

function contentHeaders(call: ApiCall): Record<string, string> {
  if (call.json !== undefined) return { 'content-type': 'application/json' }
  if (call.content === undefined) return {}
  if (call.contentType !== undefined) return { 'content-type': call.contentType }
  const length = call.contentLength === undefined ? {} : { 'content-length': String(call.contentLength) }
  return { 'content-type': 'application/octet-stream', ...length }
}

function bodyOf(call: ApiCall): Pick<HttpRequest, 'body'> {
  if (call.json !== undefined) return { body: JSON.stringify(call.json) }
  return call.content === undefined ? {} : { body: call.content }
}

function checked(answer: HttpAnswer, { method, path }: HttpRequest): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw answerFault(answer.status, answer.body, `${method} ${path.split('?')[0]}`)
}

function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: HttpAnswer, call: string): z.output<Schema> {
  if (answer.status < 200 || answer.status >= 300) throw answerFault(answer.status, answer.body, call)
  const json = readJsonAnswer(answer.body, call)
  if (json === undefined) throw unexpected(call, say('details.gns3.noJson'))
  const parsed = schema.safeParse(json, { reportInput: true })
  if (parsed.success) return parsed.data
  const [found] = schemaProblems(parsed.error.issues)
  const reason = found ? placedProblem(found) : say('details.gns3.anotherShape')
  throw unexpected(call, reason, parsed.error)
}

async function readHead(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk))
    sizeBytes += Buffer.byteLength(chunk)
    if (sizeBytes > maxErrorBytes) break
  }
  return Buffer.concat(chunks)
}

/** The value, or undefined when GNS3 has no such thing. */
export async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (isAppError(error, 'GNS3_NOT_FOUND')) return undefined
    throw error
  }
}
