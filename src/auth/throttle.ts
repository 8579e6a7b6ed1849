import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuthService } from './auth.service.ts'

const named = z.object({ username: z.string() })

const tries = { max: 20, timeWindow: 60_000, hook: 'preHandler' as const }

/**
 * Tries at signing in, right ones too: so many a minute for one name from one address, counted when the body was read, before any
 * hashing. A device that the account knows is counted by itself: whoever guesses behind the same address does not use up its tries.
 */
export const throttleSignIn = (auth: Pick<AuthService, 'knownDevice'>) => ({
  ...tries,
  keyGenerator: (request: FastifyRequest): string => {
    const body = named.safeParse(request.body)
    const username = body.success ? body.data.username.trim().toLowerCase() : ''
    const device = auth.knownDevice(username, request.deviceToken)
    return device === null ? `${request.ip} ${username.slice(0, 64)}` : `device ${device}`
  },
})

/** The same for who is signed in and has to say his password again. */
export const throttlePassword = { ...tries, keyGenerator: (request: FastifyRequest): string => request.actor?.id ?? request.ip }
