import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { isApiError } from './api-error.ts'
import { escapeNonAscii, type JsonObject, sortKeys } from './json.ts'
import type { ApiAnswer } from './route.types.ts'
import type { Runtime } from './runtime.ts'

/** Headers every answer of 2.2's own routes carries (web/response.py); keep-alive is off there. */
const headers22 = (runtime: Runtime, pattern: string): Record<string, string> => ({
  Connection: 'close',
  'X-Route': pattern,
  Server: `Python/3.11 GNS3/${runtime.versionText}`,
})

/** What every answer of that version carries. */
export const headersOf = (runtime: Runtime, pattern: string): Record<string, string> =>
  runtime.version === '2.2' ? headers22(runtime, pattern) : { server: 'uvicorn' }

/** 2.2 indents and sorts its JSON and writes ASCII only; 3.x writes it compact. */
export function encodeJson(runtime: Runtime, value: unknown): string {
  if (runtime.version === '3.x') return JSON.stringify(value)
  const plain = z.json().parse(JSON.parse(JSON.stringify(value)))
  return escapeNonAscii(JSON.stringify(sortKeys(plain), null, 4))
}

export function sendAnswer(runtime: Runtime, response: ServerResponse, answer: Exclude<ApiAnswer, 'streamed'>, pattern: string): void {
  const headers = headersOf(runtime, pattern)
  if ('bytes' in answer) {
    send(response, answer.status, { ...headers, 'Content-Type': answer.type }, answer.bytes)
    return
  }
  if (answer.json !== undefined) {
    send(response, answer.status, { ...headers, 'Content-Type': 'application/json' }, Buffer.from(encodeJson(runtime, answer.json)))
    return
  }
  // an empty answer names a type all the same: 3.x always, 2.2 unless it is a 204
  const type = runtime.version === '3.x' ? 'application/json' : 'application/octet-stream'
  const isNamed = runtime.version === '3.x' || answer.status !== 204
  send(response, answer.status, isNamed ? { ...headers, 'Content-Type': type } : headers, Buffer.alloc(0))
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, bytes: Uint8Array): void {
  const length: Record<string, string> = status === 204 ? {} : { 'Content-Length': String(bytes.length) }
  response.writeHead(status, { ...headers, ...length }).end(bytes)
}

/** 2.2 without or with wrong credentials: no body, and the connection is closed. */
export function sendUnauthorized22(runtime: Runtime, response: ServerResponse, pattern: string): void {
  response.writeHead(401, {
    ...headers22(runtime, pattern),
    'WWW-Authenticate': 'Basic realm="GNS3 server"',
    'Content-Type': 'application/octet-stream',
    'Content-Length': '0',
  })
  response.end()
}

export function sendPlain(response: ServerResponse, status: number, text: string): void {
  send(response, status, { 'Content-Type': 'text/plain; charset=utf-8', Server: 'Python/3.11 aiohttp/3.8.4' }, Buffer.from(text))
}

interface Failure {
  readonly error: unknown
  readonly pattern: string
  readonly request: JsonObject
  readonly method: string
}

/** Error bodies: 2.2 `{message, status}`, with an echo of the request on 400; 3.x `{message}`. */
export function answerError(runtime: Runtime, response: ServerResponse, failure: Failure): void {
  const { error, pattern, request, method } = failure
  const status = isApiError(error) ? error.status : 500
  const message = isApiError(error) ? error.message : traceback(error)
  const headers: Record<string, string> = { ...headersOf(runtime, pattern), 'Content-Type': 'application/json' }
  if (runtime.version === '3.x') {
    if (status === 401) headers['WWW-Authenticate'] = 'Bearer'
    send(response, status, headers, Buffer.from(JSON.stringify({ message })))
    return
  }
  const echo = status === 400 ? { path: pattern, request, method } : {}
  const body = { message, status, ...echo, ...(isApiError(error) ? error.extra : {}) }
  send(response, status, headers, Buffer.from(encodeJson(runtime, body)))
}

/** An unexpected fault comes as a whole traceback in `message`; what it names is this emulator's own fault. */
function traceback(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `Traceback (most recent call last):\n${stack}`
}
