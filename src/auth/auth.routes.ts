import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { changeFirst, isLocalPath, type FormView as ShowAgain } from '../http/error-pages.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { minimumPasswordLength } from '../users/index.ts'
import type { DemoAccount, SignInPage } from './auth.views.ts'
import { throttlePassword, throttleSignIn } from './throttle.ts'

const signInForm = z.object({
  username: z.string().trim().min(1, 'required').max(200, 'tooLong'),
  password: z.string().min(1, 'required').max(1_000, 'tooLong'),
  next: z.string().max(2_000).default(''),
})
const passwordForm = z.object({
  current: z.string().min(1, 'required').max(1_000, 'tooLong'),
  password: z.string().min(1, 'required').max(1_000, 'tooLong'),
  repeat: z.string().max(1_000, 'tooLong'),
  next: z.string().max(2_000).default(''),
})

const startPage = '/'
/** Where to go after the sign-in; a foreign address is not followed. */
const readNext = (next: string | undefined): string => (next !== undefined && isLocalPath(next) ? next : startPage)

export interface AuthRoutesOptions {
  readonly services: Services
  readonly flashes: FlashStore
  /** Who can be signed in with one press; the demo alone has any. */
  readonly demoAccounts: () => readonly DemoAccount[]
}

/** Sign-in, sign-out and the own password, for browsers. */
export async function authRoutes(app: FastifyInstance, { services, flashes, demoAccounts }: AuthRoutesOptions): Promise<void> {
  const routes = typedRoutes(app)
  const { auth, users, config, translate } = services
  await app.register(rateLimit, { global: false })

  const signInPage = (form: FormView, next: string | undefined, isInterrupted = false): SignInPage => ({
    form,
    next: readNext(next),
    isInterrupted,
    demoAccounts: config.SANDBOX ? demoAccounts() : [],
    mode: config.AUTH_MODE,
  })
  const signInAgain: ShowAgain = (request, reply, problem) =>
    reply.page('auth/sign-in.njk', signInPage(refusedForm(request.body, problem, translate), readFields(request.body).next))

  routes.get(
    '/sign-in',
    {
      schema: { querystring: z.object({ next: z.string().optional(), interrupted: z.string().optional() }) },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const { next, interrupted } = request.query
      if (request.actor) return reply.redirect(readNext(next), 303)
      return reply.page('auth/sign-in.njk', signInPage(emptyForm, next, interrupted !== undefined))
    },
  )

  routes.post(
    '/sign-in',
    { schema: { body: signInForm }, config: { access: 'public', rateLimit: throttleSignIn(auth), formView: signInAgain } },
    async (request, reply) => {
      const { username, password, next } = request.body
      const { actor } = await auth.signIn({
        username,
        password,
        kind: 'browser',
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
        deviceToken: request.deviceToken,
      })
      // another account's session in this browser ends with it
      if (request.actor) auth.signOut(request.actor)
      return reply
        .startSession(actor)
        .rememberDevice(actor)
        .redirect(actor.mustChangePassword ? changeFirst(readNext(next)) : readNext(next), 303)
    },
  )

  routes.post('/sign-out', { config: { access: 'account', beforePasswordChange: true } }, async (request, reply) => {
    auth.signOut(actorOf(request))
    return reply.endSession().redirect('/sign-in', 303)
  })

  const showPassword = (request: FastifyRequest, reply: FastifyReply, form: FormView, next: string | undefined) =>
    reply.page('auth/password.njk', {
      form,
      next: readNext(next),
      isForced: actorOf(request).mustChangePassword,
      minLength: minimumPasswordLength,
    })
  const passwordAgain: ShowAgain = (request, reply, problem) =>
    showPassword(request, reply, refusedForm(request.body, problem, translate), readFields(request.body).next)

  routes.get(
    '/account/password',
    { schema: { querystring: z.object({ next: z.string().optional() }) }, config: { access: 'account', beforePasswordChange: true } },
    async (request, reply) => showPassword(request, reply, emptyForm, request.query.next),
  )

  routes.post(
    '/account/password',
    {
      schema: { body: passwordForm },
      config: {
        access: 'account',
        beforePasswordChange: true,
        rateLimit: throttlePassword,
        formView: passwordAgain,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { current, password, repeat, next } = request.body
      if (password !== repeat)
        throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'repeat', problem: say('pages.problems.different') }] })
      await users.changePassword(actor.id, { current, password })
      auth.endOtherSessions(actor.id, actor.session.id)
      flashes.say(actor.session.id, 'done', 'passwordChanged')
      return reply.redirect(readNext(next), 303)
    },
  )
}
