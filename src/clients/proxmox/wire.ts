import type { Duplex } from 'node:stream'
import { Agent, request as undiciRequest } from 'undici'
import type { Clock } from '../../lib/clock.ts'
import type { BuiltRequest } from './endpoints.ts'
import { faultError } from './fault.ts'
import { dialSocket } from './socket-stream.ts'
import { createConnector, FingerprintMismatch, type TlsOptions } from './tls.ts'

/** An HTTP answer with its error text, which Proxmox puts into the reason phrase and (since 8.4) into the body. */
export interface WireAnswer {
  readonly status: number
  readonly reason: string
  readonly body: string
  /** Server time minus ours, in seconds, from its Date header. */
  readonly skewS?: number
}

/** An answer, and the base URL that gave it. */
export interface ServedAnswer extends WireAnswer {
  readonly base: string
}

export interface WireOptions {
  readonly urls: readonly string[]
  readonly tls: TlsOptions
  readonly clock: Clock
  /** Proxmox gives up a hop after 30 s, a lock after 10, a busy daemon answers after tens: a shorter limit only makes unknown outcomes. */
  readonly headersTimeoutMs?: number
}

export type Wire = ReturnType<typeof createWire>

/** Errors before any byte of the request was written: it can safely be made elsewhere. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** What Node calls a certificate that it does not trust (OpenSSL's verification results); no byte was written either. */
const certificateCodes = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
/** A base URL that failed is tried last for so long. */
const avoidMs = 30_000

/**
 * One request and its answer, nothing more: connections, TLS, the choice of the base URL. Writes move on to the next URL only when
 * nothing was sent, reads after every broken connection.
 * @throws AppError with a fault of class repeat (unsent), unknown (lost, timeout)
 */
export function createWire({ urls, tls, clock, headersTimeoutMs = 75_000 }: WireOptions) {
  const bases = urls.map((url) => ({ url: url.replace(/\/+$/, ''), avoidUntil: 0 }))
  const connect = createConnector(tls, 10_000)
  const agent = new Agent({
    connections: 6,
    pipelining: 1,
    // the server closes idle connections after 5 s: be earlier
    keepAliveTimeout: 3_500,
    keepAliveMaxTimeout: 4_000,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: headersTimeoutMs,
    connect,
  })
  // a socket stays open for hours: it must not take a place among the six
  const socketAgent = new Agent({ connect })

  const inOrder = () => [...bases].sort((a, b) => Number(a.avoidUntil > clock.now()) - Number(b.avoidUntil > clock.now()))

  async function send(built: BuiltRequest, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<ServedAnswer> {
    const isRead = built.method === 'GET'
    let last: unknown
    for (const base of inOrder()) {
      try {
        const answer = await once(base.url, built, headers, signal)
        base.avoidUntil = 0
        return answer
      } catch (error) {
        signal?.throwIfAborted()
        last = error
        if (!isUnsent(error) && !isRead) break
        base.avoidUntil = clock.now() + avoidMs
      }
    }
    throw translated(last)
  }

  async function once(
    base: string,
    built: BuiltRequest,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<ServedAnswer> {
    const hasBody = built.method === 'POST' || built.method === 'PUT'
    const query = hasBody || built.encoded === '' ? '' : `?${built.encoded}`
    const response = await undiciRequest(`${base}/api2/json${built.path}${query}`, {
      dispatcher: agent,
      method: built.method,
      headers: hasBody ? { ...headers, 'content-type': 'application/x-www-form-urlencoded' } : headers,
      // a string has a length: Proxmox refuses chunked bodies, and any body on GET and DELETE
      ...(hasBody ? { body: built.encoded } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
    const body = await response.body.text()
    const date = Date.parse(String(response.headers.date ?? ''))
    const skew = Number.isNaN(date) ? {} : { skewS: Math.round((date - clock.now()) / 1000) }
    return { status: response.statusCode, reason: response.statusText, body, base, ...skew }
  }

  /** A websocket to the base URL that answered the call before it, as a stream of bytes. @throws AppError with a fault of class unknown (lost) */
  async function dial(base: string, built: BuiltRequest, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Duplex> {
    const url = `${base.replace(/^http/u, 'ws')}/api2/json${built.path}?${built.encoded}`
    try {
      return await dialSocket({ url, headers, protocol: 'binary', dispatcher: socketAgent, signal })
    } catch (error) {
      signal.throwIfAborted()
      throw translated(error)
    }
  }

  return {
    send,
    dial,
    close: async () => {
      await Promise.all([agent.destroy(), socketAgent.destroy()])
    },
  }
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return ''
}

const isUntrusted = (error: unknown): boolean => error instanceof FingerprintMismatch || certificateCodes.has(codeOf(error))

/** Several addresses of one host fail together as an AggregateError. */
function isUnsent(error: unknown): boolean {
  if (isUntrusted(error)) return true
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isUnsent)
  return unsentCodes.has(codeOf(error))
}

function translated(error: unknown): Error {
  const text = error instanceof Error ? error.message || codeOf(error) : String(error)
  if (isUntrusted(error)) return faultError({ where: 'certificate', text }, error)
  if (isUnsent(error)) return faultError({ where: 'unsent', text }, error)
  if (timeoutCodes.has(codeOf(error))) return faultError({ where: 'timeout', text }, error)
  return faultError({ where: 'lost', text }, error)
}
