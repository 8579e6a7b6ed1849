import { z } from 'zod'
import { ApiError } from './api-error.ts'
import type { WireRequest } from './http-message.ts'
import type { RawValues } from './validate.ts'

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw new ApiError(400, 'invalid percent-encoding')
  }
}

/** Pairs are split on `&` and on `;` alike, a repeated key becomes a list: a raw `;` in a value is lost, as on the real thing. */
export function readForm(content: string): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const pair of content.split(/[&;]/).filter((part) => part !== '')) {
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const earlier = values[name]
    if (earlier === undefined) values[name] = value
    else values[name] = Array.isArray(earlier) ? [...earlier, value] : [earlier, value]
  }
  return values
}

function readBody(request: WireRequest): Record<string, unknown> {
  if (request.body === '') return {}
  const [type = ''] = (request.headers.get('content-type') ?? 'application/x-www-form-urlencoded').split(';')
  if (type.trim() === 'application/x-www-form-urlencoded') return readForm(request.body)
  if (type.trim() !== 'application/json') throw new ApiError(506, `upload media type '${type.trim()}' not supported`, { bare: true })
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(request.body))
  } catch {
    throw new ApiError(500, 'malformed JSON string, neither tag, array, object, number, string or atom')
  }
}

export interface ApiRequest {
  readonly method: string
  /** Below /api2/json, unescaped as a whole; undefined outside. */
  readonly path: string | undefined
  readonly sent: RawValues
}

/** Path and parameters of a request; the query is merged over the body, the cache buster `_dc` is dropped. */
export function readRequest(request: WireRequest): ApiRequest {
  const [rawPath = '', query = ''] = request.target.split('?')
  const path = decode(rawPath.replaceAll('+', '%2B'))
  const { _dc: _cacheBuster, ...sent } = { ...readBody(request), ...readForm(query) }
  return { method: request.method, path: path.startsWith('/api2/json/') ? path.slice('/api2/json'.length) : undefined, sent }
}
