import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const named = z.object({ username: z.string() })

/** Tries at signing in: so many a minute for one name from one address. Counted when the body was read, before any hashing. */
export const throttleSignIn = {
  max: 20,
  timeWindow: 60_000,
  hook: 'preHandler' as const,
  keyGenerator: (request: FastifyRequest): string => {
    const body = named.safeParse(request.body)
    return `${request.ip} ${body.success ? body.data.username.toLowerCase().slice(0, 64) : ''}`
  },
}
