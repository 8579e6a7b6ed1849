import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Seldom } from '../lib/seldom.ts'

/** What Node says of a request that never became one, as status and as the log's word for it. */
const faults: Readonly<Record<string, readonly [status: number, code: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TOO_SLOW'],
  HPE_HEADER_OVERFLOW: [431, 'HEADERS_TOO_LARGE'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'CHUNKS_TOO_LARGE'],
}
const malformed = [400, 'REQUEST_MALFORMED'] as const

/**
 * Answers requests that did not arrive: too slow, endless, no HTTP. They have no page, no account and no id, only a peer (behind a proxy:
 * the proxy, which should not pass such on). The security log hears of each peer once a minute.
 */
export function createBrokenRequests({ log, seldom }: { readonly log: Logger; readonly seldom: Seldom }) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    // hung up: nobody is there to be answered, and a closed tab is no attack
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    const [status, code] = faults[error.code ?? ''] ?? malformed
    const address = socket.remoteAddress ?? ''
    const unwritten = seldom(`${code} ${address}`)
    if (unwritten !== null) log.warn({ security: true, code, reason: error.code, address, unwritten }, 'a request did not arrive')
    const body = JSON.stringify({ error: { code, message: STATUS_CODES[status] } })
    const headers = { connection: 'close', 'content-type': 'application/json', 'content-length': body.length }
    const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
    if (socket.writable) socket.write([...lines, '', body].join('\r\n'))
    socket.destroy(error)
  }
}
