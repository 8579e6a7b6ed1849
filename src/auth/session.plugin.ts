import cookie from '@fastify/cookie'
import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import { isApiToken } from './api-tokens.service.ts'
import type { AuthService } from './auth.service.ts'
import { bearerOf } from './bearer.ts'
import { makeDeviceToken } from './device-token.ts'
import { isOwnOrigin, isWrite } from './origins.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sid: string }
  }
}
declare module 'fastify' {
  interface FastifyReply {
    /** Gives the browser its session cookie. */
    startSession(actor: Actor): FastifyReply
    /** Lets the browser prove later that it has signed in to this account before. It lets nobody in. */
    rememberDevice(actor: Actor): FastifyReply
    /** Takes it away. */
    endSession(): FastifyReply
  }
  interface FastifyRequest {
    /** What rememberDevice gave this browser. */
    deviceToken: string | undefined
  }
  interface FastifyInstance {
    /** The Bearer token of a program's session. */
    tokenFor(actor: Actor): string
  }
}

export interface SessionPluginOptions {
  readonly auth: AuthService
  readonly secret: string
  readonly publicUrl: string
  readonly isSandbox: boolean
}

const claims = z.object({ sid: z.string().min(1), iat: z.number() })
/** A token lives no longer than a session without activity (auth.service.ts); a browser gets a new one when its own is this old. */
const tokenLife = '12h'
const renewAfterS = 3_600
/** A term and a half. */
const deviceLifeS = 270 * 86_400

/**
 * Who calls: the JWT in the httpOnly cookie (browsers) or the Authorization header (programs) names a session, the session's row
 * decides. A foreign Origin is refused on every write.
 */
export const sessionPlugin = fastifyPlugin(
  async (app: FastifyInstance, { auth, secret, publicUrl, isSandbox }: SessionPluginOptions) => {
    const isSecure = publicUrl.startsWith('https:')
    const cookieName = isSecure ? '__Host-netpraxis' : 'netpraxis'
    const deviceCookie = `${cookieName}-device`
    await app.register(cookie)
    await app.register(jwt, { secret, sign: { algorithm: 'HS256', expiresIn: tokenLife }, verify: { algorithms: ['HS256'] } })
    app.decorateRequest('actor', null)
    app.decorateRequest('isByCookie', false)
    app.decorateRequest('hasOwnOrigin', false)
    app.decorate('tokenFor', (actor: Actor) => app.jwt.sign({ sid: actor.session.id }))
    app.decorateReply('startSession', function startSession(this: FastifyReply, actor: Actor) {
      return this.setCookie(cookieName, app.tokenFor(actor), { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure })
    })
    app.decorateRequest('deviceToken', undefined)
    app.decorateReply('rememberDevice', function rememberDevice(this: FastifyReply, actor: Actor) {
      const kept = this.request.deviceToken
      // a device stays the same one: a new name at each sign-in would begin its count of failures anew
      const token = kept !== undefined && auth.knownDevice(actor.username, kept) !== null ? kept : makeDeviceToken(secret, actor.username)
      return this.setCookie(deviceCookie, token, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure, maxAge: deviceLifeS })
    })
    app.decorateReply('endSession', function endSession(this: FastifyReply) {
      return this.clearCookie(cookieName, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure })
    })

    const readToken = (token: string, request: FastifyRequest): { actor: Actor; issuedAtS: number } | null => {
      let payload: unknown
      try {
        payload = app.jwt.verify(token)
      } catch (error) {
        const isExpired = error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED'
        const about = { reason: error instanceof Error && 'code' in error ? error.code : 'unreadable', address: request.ip }
        if (isExpired) request.log.info(about, 'a token was refused')
        else request.log.warn({ ...about, security: true }, 'a token was refused')
        return null
      }
      const parsed = claims.safeParse(payload)
      const actor = parsed.success ? auth.findActor(parsed.data.sid) : null
      return parsed.success && actor ? { actor, issuedAtS: parsed.data.iat } : null
    }

    app.addHook('onRequest', async (request, reply) => {
      const { origin } = request.headers
      request.deviceToken = request.cookies[deviceCookie]
      request.hasOwnOrigin = origin !== undefined && isOwnOrigin(origin, { publicUrl, isSandbox, host: request.host })
      if (isWrite(request.method) && origin !== undefined && !request.hasOwnOrigin) {
        throw new AppError('ORIGIN_REFUSED')
      }
      const bearer = bearerOf(request.headers.authorization)
      if (bearer !== undefined) {
        // a key is for programs: pages know browsers alone
        if (isApiToken(bearer)) request.actor = request.url.startsWith('/api/') ? auth.findByKey(bearer) : null
        else request.actor = readToken(bearer, request)?.actor ?? null
        return
      }
      request.isByCookie = true
      const token = request.cookies[cookieName]
      const read = token === undefined ? null : readToken(token, request)
      request.actor = read?.actor ?? null
      if (read && Date.now() / 1_000 - read.issuedAtS > renewAfterS) reply.startSession(read.actor)
    })
  },
  { name: 'session' },
)
