import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { AuthService } from './auth.service.ts'
import { isWrite } from './origins.ts'

const bodyWithToken = z.object({ csrf: z.unknown() })

/** The token of a write by cookie: a header from scripts, a hidden field from forms. */
function csrfTokenOf(request: FastifyRequest): unknown {
  const header = request.headers['x-csrf-token']
  if (header !== undefined) return header
  const body = bodyWithToken.safeParse(request.body)
  return body.success ? body.data.csrf : undefined
}

/**
 * A write that is authenticated by the cookie needs our Origin and the session's CSRF token; a Bearer request needs neither. Runs when
 * the body was read (the token may be a form field), so it is registered after `uploads`.
 */
export const csrfPlugin = fastifyPlugin(
  async (app: FastifyInstance, { auth }: { auth: AuthService }) => {
    app.addHook('preValidation', async (request) => {
      if (!isWrite(request.method) || !request.actor || !request.isByCookie || request.routeOptions.config.access === 'public') return
      if (request.headers.origin === undefined) throw new AppError('ORIGIN_REFUSED')
      if (!auth.isCsrfToken(request.actor, csrfTokenOf(request))) throw new AppError('CSRF_FAILED')
    })
  },
  { name: 'csrf', dependencies: ['session', 'uploads'] },
)
