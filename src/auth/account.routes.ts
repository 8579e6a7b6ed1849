import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import type { FormView as ShowAgain } from '../http/error-pages.ts'
import type { FlashStore } from '../http/flash.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { mostTokens } from './api-tokens.service.ts'

const tokenForm = z.object({
  name: z.string().trim().min(1, 'required').max(60, 'tooLong'),
  scope: z.enum(['read', 'write']),
  days: z.coerce.number<string>().pipe(z.int().min(1).max(366)),
})
const sessionParams = z.object({ name: z.string().regex(/^[0-9a-f]{16}$/) })
const tokenParams = z.object({ id: z.string().regex(/^[0-9a-z]{16}$/) })
const shownOnce = 'api-token'

/** The own account: where it is signed in, and the keys it gave to programs. */
export async function accountRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { auth, apiTokens, audit, translate } = services
  const access = { access: 'account' } as const

  const show = (request: FastifyRequest, reply: FastifyReply, form: FormView) => {
    const actor = actorOf(request)
    const shown = z
      .string()
      .nullable()
      .catch(null)
      .parse(flashes.takeOnce(actor.session.id, shownOnce) ?? null)
    return reply.page('auth/account.njk', {
      sessions: auth.listSessions(actor).map(({ name, isThis, kind, address, userAgent, lastSeenAt, createdAt }) => ({
        ...{ name, isThis, kind, address, userAgent, lastSeenAt, createdAt },
      })),
      tokens: apiTokens.list(actor.id).map(({ id, name, scope, lastUsedAt, expiresAt }) => ({ id, name, scope, lastUsedAt, expiresAt })),
      newToken: shown,
      mayAdd: apiTokens.list(actor.id).length < mostTokens,
      form,
    })
  }
  const again: ShowAgain = (request, reply, problem) => show(request, reply, refusedForm(request.body, problem, translate))

  routes.get('/account', { config: access }, async (request, reply) => show(request, reply, emptyForm))

  routes.get('/account/data.json', { config: access }, async (request, reply) =>
    reply.header('content-disposition', 'attachment; filename="account.json"').send(services.personalData.export(actorOf(request).id)),
  )

  routes.post('/account/tokens', { schema: { body: tokenForm }, config: { ...access, formView: again } }, async (request, reply) => {
    const actor = actorOf(request)
    flashes.keepOnce(actor.session.id, shownOnce, apiTokens.create(actor, request.body))
    return reply.redirect('/account', 303)
  })

  routes.post('/account/tokens/:id/revoke', { schema: { params: tokenParams }, config: access }, async (request, reply) => {
    const actor = actorOf(request)
    apiTokens.revoke(actor, request.params.id)
    flashes.say(actor.session.id, 'done', 'tokenRevoked')
    return reply.redirect('/account', 303)
  })

  routes.post('/account/sessions/:name/end', { schema: { params: sessionParams }, config: access }, async (request, reply) => {
    const actor = actorOf(request)
    auth.endSession(actor, request.params.name)
    flashes.say(actor.session.id, 'done', 'sessionEnded')
    return reply.redirect('/account', 303)
  })

  routes.post('/account/sign-out-everywhere', { config: access }, async (request, reply) => {
    const actor = actorOf(request)
    auth.endOtherSessions(actor.id)
    audit.record({ actorId: actor.id, action: 'session.end-all', objectType: 'user', objectId: actor.id })
    return reply.endSession().redirect('/sign-in', 303)
  })
}
