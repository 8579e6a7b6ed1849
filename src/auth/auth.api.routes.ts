import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Actor, actorOf } from '../http/access.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { throttleSignIn } from './throttle.ts'

const credentials = z.object({ username: z.string().min(1).max(200), password: z.string().max(1_000) })
const tags = ['session']

const userJson = (actor: Actor) => ({
  id: actor.id,
  username: actor.username,
  name: actor.displayName,
  role: actor.role,
  mustChangePassword: actor.mustChangePassword,
})

/** Sign-in of programs. */
export async function authApiRoutes(app: FastifyInstance, { services: { auth } }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  await app.register(rateLimit, { global: false })

  routes.post(
    '/session',
    { schema: { tags, body: credentials }, config: { access: 'public', rateLimit: throttleSignIn(auth) } },
    async (request) => {
      const { actor } = await auth.signIn({
        ...request.body,
        kind: 'api',
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      })
      return { token: app.tokenFor(actor), csrfToken: actor.session.csrf, user: userJson(actor) }
    },
  )

  routes.delete('/session', { schema: { tags }, config: { access: 'account', beforePasswordChange: true } }, async (request, reply) => {
    auth.signOut(actorOf(request))
    return reply.status(204).send()
  })

  routes.get('/me', { schema: { tags }, config: { access: 'account', beforePasswordChange: true } }, async (request) =>
    userJson(actorOf(request)),
  )
}
