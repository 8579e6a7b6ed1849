import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { JsonObject } from './json.ts'

/** What a route is told about one request. */
export interface ApiRequest {
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The checked body; in 2.2 the query string is merged into it, as the genuine server does. */
  readonly json: JsonObject
  /** The unread body of a raw route. */
  readonly stream: IncomingMessage
  readonly response: ServerResponse
}

export type ApiAnswer =
  | { readonly status: number; readonly json?: unknown }
  | { readonly status: number; readonly bytes: Uint8Array; readonly type: string }
  /** The route has written to `response` itself. */
  | 'streamed'

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As in GNS3: `{name}` is one segment, `{name:.+}` the rest. Without the version's prefix. */
  readonly path: string
  /** Answered without credentials. */
  readonly open?: boolean
  /** The body is not JSON: the route reads it. */
  readonly raw?: boolean
  readonly input?: BodySchema
  readonly handle: (request: ApiRequest) => Promise<ApiAnswer> | ApiAnswer
}

/** A body's members; 2.2 refuses any other, 3.x ignores them. */
export interface BodySchema {
  readonly shape: Readonly<Record<string, z.ZodType>>
  readonly required: readonly string[]
  /** 3.x: any object, but there must be one (FastAPI's `dict` parameter). */
  readonly anyObjectIn3?: boolean
}
