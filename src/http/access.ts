import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { AppError } from '../errors.ts'

export type Role = 'admin' | 'teacher' | 'assistant' | 'student'

/** Who calls: the account, and the session that proves it. */
export interface Actor {
  readonly id: string
  readonly username: string
  readonly displayName: string
  readonly role: Role
  readonly mustChangePassword: boolean
  readonly session: {
    readonly id: string
    /** `token`: a key that the person gave to a program. */
    readonly kind: 'browser' | 'api' | 'token'
    readonly csrf: string
    /** May change nothing, whatever the person may. */
    readonly isReadOnly?: boolean
  }
}

/**
 * Who may call a route; every route declares one. The first four are enforced here. The others demand a session here, and are enforced
 * by the query of the service ("not yours" is "not found").
 */
export const accessRules = {
  public: 'anybody',
  account: 'anybody signed in',
  teacher: 'teachers and administrators',
  admin: 'administrators',
  participant: 'who takes part in the course, as student or staff',
  'course-staff': 'teachers and assistants of the course, administrators',
  'course-teacher': 'teachers of the course, administrators',
  'lab-owner': 'whose lab it is; staff of its course may look',
  'submission-reader': 'whose submission it is, and staff of its course',
  'job-reader': 'whom the job is for, staff of its course, administrators',
  metrics: 'administrators, or the holder of METRICS_TOKEN',
} as const
export type AccessRule = keyof typeof accessRules

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule
    /** May be called although the one-time password was not changed yet. */
    beforePasswordChange?: boolean
  }
  interface FastifyRequest {
    /** Set by the session plugin; null without a valid session. */
    actor: Actor | null
    /** True when the cookie, not a Bearer token, says who calls. */
    isByCookie: boolean
    /** True for an Origin header that is ours. */
    hasOwnOrigin: boolean
  }
}

/** The caller of a route that needs a session. @throws AppError SIGN_IN_REQUIRED */
export function actorOf(request: FastifyRequest): Actor {
  if (!request.actor) throw new AppError('SIGN_IN_REQUIRED')
  return request.actor
}

const readMethods = ['GET', 'HEAD', 'OPTIONS']
const isTeacher = (actor: Actor) => actor.role === 'teacher' || actor.role === 'admin'

async function enforce(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  const { access, beforePasswordChange } = request.routeOptions.config
  if (access === undefined || access === 'public' || access === 'metrics') return
  const actor = actorOf(request)
  if (actor.mustChangePassword && beforePasswordChange !== true) throw new AppError('PASSWORD_CHANGE_REQUIRED')
  if (actor.session.isReadOnly === true && !readMethods.includes(request.method)) throw new AppError('TOKEN_READ_ONLY')
  if (access === 'admin' && actor.role !== 'admin') throw new AppError('FORBIDDEN')
  if (access === 'teacher' && !isTeacher(actor)) throw new AppError('FORBIDDEN')
}

/** Enforces `config.access`, and refuses to start with a route that declares none. */
export const accessPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    app.addHook('onRoute', (route) => {
      if (route.config?.access === undefined) throw new Error(`route ${String(route.method)} ${route.url} declares no access rule`)
    })
    app.addHook('onRequest', enforce)
  },
  { name: 'access', dependencies: ['session'] },
)
