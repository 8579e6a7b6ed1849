import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https'

/** Who answers for other host names than our own, on the same port. */
export interface OtherHosts {
  readonly takes: (host: string | undefined) => boolean
  readonly routing: RequestListener
  /** Hears `upgrade`. */
  readonly upgrades: Server
}

const longestHeadersMs = 60_000

/** How long a request may take to arrive whole, and how often the server looks for one that takes longer. */
export interface Arrival {
  readonly mostMs: number
  readonly lookEveryMs: number
}

export interface HostSplitOptions {
  readonly others: OtherHosts | null
  readonly tls: TlsOptions | null
  readonly arrival: Arrival
}

/**
 * Hands each request to the application of its host name before either sees it. By the Host header alone: what a proxy says besides is
 * for showing, and a lab's page must never get to our routes by it.
 */
export function createHostSplit({ others, tls, arrival }: HostSplitOptions) {
  /** Never listens: it is where the websockets of our own host names are heard. */
  const upgrades = createServer()
  const isOther = ({ headers }: IncomingMessage): boolean => others?.takes(headers.host) ?? false
  return {
    upgrades,
    serverFactory: (own: RequestListener): Server => {
      const pick: RequestListener = (request, response) =>
        isOther(request) && others ? others.routing(request, response) : own(request, response)
      const options = { connectionsCheckingInterval: arrival.lookEveryMs }
      const server = tls ? createTlsServer({ ...options, ...tls }, pick) : createServer(options, pick)
      server.on('upgrade', (request, socket, head) => {
        const hears = isOther(request) && others ? others.upgrades : upgrades
        hears.emit('upgrade', request, socket, head)
      })
      server.requestTimeout = arrival.mostMs
      // the longer of the two would count for the body
      server.headersTimeout = Math.min(longestHeadersMs, arrival.mostMs)
      server.keepAliveTimeout = 72_000
      return server
    },
  }
}
