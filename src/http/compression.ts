import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

const compress = promisify(gzip)

/** Below this the time is worth more than the bytes. */
const leastBytes = 16 * 1024
/** Nearly as small as the best level, in a third of the time. */
const level = constants.Z_BEST_SPEED + 3

/**
 * A page holds a secret (the CSRF token) and may repeat what its address says, so its compressed length must not be seen by who can
 * make a browser ask for it (BREACH). Only what a page of ours, or the person at the address bar, asked for is compressed; browsers
 * say which it is by Sec-Fetch-Site, and no page can make them say something else.
 */
const isAskedByUs = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-site'] === 'same-origin' || headers['sec-fetch-site'] === 'none'

const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(headers['accept-encoding'] ?? '')

/** Large pages leave compressed: the matrix of a class of 200 is 31 kB instead of 650. */
export const compression = fastifyPlugin(
  async (app) => {
    app.addHook('onSend', async (request, reply, payload: unknown) => {
      const isPage = String(reply.getHeader('content-type') ?? '').startsWith('text/html')
      if (!isPage || typeof payload !== 'string' || payload.length < leastBytes) return payload
      reply.header('vary', 'accept-encoding,sec-fetch-site')
      if (!takesGzip(request) || !isAskedByUs(request)) return payload
      const compressed = await compress(payload, { level })
      reply.header('content-encoding', 'gzip').header('content-length', compressed.length)
      return compressed
    })
  },
  { name: 'compression' },
)
