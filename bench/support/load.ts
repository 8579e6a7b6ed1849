import autocannon, { type Request } from 'autocannon'
import { quantile } from './numbers.ts'

export interface Load {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
}

export interface LoadOptions {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** Each connection goes round these, from a place of its own. */
  readonly requests: readonly Request[]
}

/** Asks as fast as the answers come, on so many connections. @throws Error when one answer is no 2xx: then nothing was measured */
export function measureLoad({ url, connections, seconds, requests }: LoadOptions): Promise<Load> {
  const times: number[] = []
  let clients = 0
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        connections,
        duration: seconds,
        setupClient: (client) => {
          const from = Math.floor((clients * requests.length) / connections)
          clients += 1
          client.setRequests([...requests.slice(from), ...requests.slice(0, from)])
        },
      },
      (error, result) => {
        if (error) return reject(error)
        const bad = result.errors + result.timeouts + result.non2xx
        if (bad > 0) return reject(new Error(`${bad} of ${result.requests.total} requests to ${url} failed`))
        resolve({ perSecond: times.length / result.duration, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95) })
      },
    )
    instance.on('response', (_client, _status, _size, tookMs) => times.push(tookMs))
  })
}
