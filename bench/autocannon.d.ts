/** What we use of autocannon, which brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Request {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
  }
  export interface Client extends EventEmitter {
    setRequests(requests: readonly Request[]): void
  }
  export interface Result {
    readonly duration: number
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
    readonly requests: { readonly total: number }
  }
  export interface Instance extends EventEmitter {
    on(event: 'response', listener: (client: Client, status: number, sizeBytes: number, tookMs: number) => void): this
  }
  export interface Options {
    readonly url: string
    readonly connections: number
    readonly duration: number
    readonly setupClient: (client: Client) => void
  }
  export default function autocannon(options: Options, done: (error: Error | null, result: Result) => void): Instance
}
