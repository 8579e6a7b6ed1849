import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { AppError, type ErrorCode, type FieldProblem, isAppError } from '../errors.ts'
import { isDiskFull } from '../lib/disk-full.ts'
import type { Seldom } from '../lib/seldom.ts'
import type { Translate } from '../strings/index.ts'
import { showProblems } from './form-view.ts'
import type { ErrorPage } from './page-context.ts'
import { findFieldProblems } from './zod-validation.ts'

/** Shows a refused form again, with what was typed and what is wrong with it. */
export type FormView = (
  request: FastifyRequest,
  reply: FastifyReply,
  problem: { message: string; fields: readonly FieldProblem[] },
) => unknown

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The page that shows this form again (422) when its input is refused. */
    formView?: FormView
    /**
     * GET of the same address asks whether what was pressed shall be done. Whoever pressed as his session ended comes back there after
     * the sign-in: nothing is done before he says so again, so neither a foreign page nor the next person at the desk does it.
     */
    isAskedAgain?: boolean
  }
}

/** The sentence for people, from the code. */
export function sentenceOf(error: AppError, t: Translate, requestId: string): string {
  return t(`errors.${error.code}`, { requestId, ...error.details })
}

/** Fastify's own errors (body too large, bad JSON, unknown type) in our words; anything else is a fault of ours. `limitBytes`: of the body. */
export function toAppError(error: unknown, limitBytes = 0): AppError {
  if (isAppError(error)) return error
  const fields = findFieldProblems(error)
  if (fields) return new AppError('VALIDATION_FAILED', { cause: error, fields })
  if (isDiskFull(error)) return new AppError('STORAGE_FULL', { cause: error })
  const { statusCode, code, message } = error as Partial<FastifyError> // only read, each may be missing
  if (statusCode === 413 || code === 'FST_REQ_FILE_TOO_LARGE')
    return new AppError('PAYLOAD_TOO_LARGE', { cause: error, details: { limit: `${Math.round(limitBytes / 1_048_576)} MiB` } })
  if (statusCode === 415) return new AppError('UNSUPPORTED_MEDIA_TYPE', { cause: error })
  if (statusCode === 429) return new AppError('TOO_MANY_REQUESTS', { cause: error, details: { seconds: 60 } })
  if (statusCode === 404) return new AppError('NOT_FOUND', { cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AppError('BAD_REQUEST', { cause: error, details: { reason: message ?? '' } })
  return new AppError('INTERNAL', { cause: error })
}

const isApi = (request: FastifyRequest) => request.url === '/api' || request.url.startsWith('/api/')

/** Refusals that somebody who watches over the server wants to hear of; of "not found" only with an account behind it (somebody else's id). */
const suspicious: readonly ErrorCode[] = [
  ...(['SIGN_IN_FAILED', 'SIGN_IN_PAUSED', 'TOO_MANY_REQUESTS', 'FORBIDDEN', 'CSRF_FAILED', 'ORIGIN_REFUSED', 'TOKEN_READ_ONLY'] as const),
  // late, twice, in a loop, while the lab is being checked
  ...(['SUBMISSION_OPEN', 'SUBMISSIONS_TOO_FAST', 'ATTEMPTS_USED', 'LAB_FROZEN', 'EXERCISE_STATE'] as const),
  ...(['LDAP_ACCOUNT_CLOSED', 'PASSWORD_WRONG', 'PAYLOAD_TOO_LARGE', 'PROJECT_ARCHIVE_INVALID', 'EXERCISE_FILE_INVALID'] as const),
]
const isSuspicious = (request: FastifyRequest, { code, status }: AppError): boolean =>
  suspicious.includes(code) || ((status === 404 || code === 'VALIDATION_FAILED' || code === 'BAD_REQUEST') && request.actor !== null)

/** Refusals that a loop makes by the thousand without an account or a pause in its way: told of once a minute for each address. */
const repeatable: readonly ErrorCode[] = ['PAYLOAD_TOO_LARGE', 'STORAGE_FULL']

function logFault(request: FastifyRequest, error: AppError, seldom: Seldom): void {
  const unwritten = repeatable.includes(error.code) ? seldom(`${error.code} ${request.ip}`) : 0
  if (unwritten === null) return
  const { method, url, ip } = request
  if (error.status >= 500) {
    // a disk is filled by somebody, or keeps everybody from handing in
    const security = error.code === 'STORAGE_FULL' ? { security: true, address: ip, unwritten } : {}
    request.log.error({ err: error, code: error.code, ...security }, 'request failed')
    return
  }
  const caller = { userId: request.actor?.id ?? null, address: ip, method, url }
  const about = { code: error.code, details: error.details, ...caller, ...(unwritten > 0 ? { unwritten } : {}) }
  if (isSuspicious(request, error)) request.log.warn({ ...about, security: true }, 'request refused')
  else request.log.info(about, 'request refused')
}

/** Only a path of this server: an absolute or protocol-relative address would be an open redirect. */
export const isLocalPath = (path: string): boolean => /^\/(?![/\\])/.test(path) && !/[\u0000-\u001f]/.test(path)

/** The page of ours on which was pressed what did not work; null where there is none but the very one that failed. */
function backOf({ headers, host, url }: FastifyRequest): string | null {
  const from = URL.parse(headers.referer ?? '')
  if (from?.host !== host) return null
  const path = `${from.pathname}${from.search}`
  return path === url || !isLocalPath(path) || path.startsWith('/sign-in') ? null : path
}

/** The page of the own password, which leads on to where somebody was going. */
export const changeFirst = (path: string): string => `/account/password${path === '/' ? '' : `?next=${encodeURIComponent(path)}`}`

/** Refusals that show the form again and keep their status; all others are 422. */
const keepTheirStatus: readonly ErrorCode[] = [
  ...(['SIGN_IN_FAILED', 'SIGN_IN_PAUSED', 'PAYLOAD_TOO_LARGE', 'STORAGE_FULL'] as const),
  ...(['LDAP_ACCOUNT_CLOSED', 'LDAP_REFUSED', 'LDAP_AMBIGUOUS'] as const),
]
/** Proxmox, GNS3 or the directory did not do its part: what was typed is not lost for that. */
const isFaultOutside = (status: number): boolean => status >= 502
const keepsStatus = ({ code, status }: AppError): boolean => keepTheirStatus.includes(code) || isFaultOutside(status)

interface Answer {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly error: AppError
  readonly message: string
  readonly translate: Translate
}

function answerPage({ request, reply, error, message, translate }: Answer): unknown {
  if (error.code === 'SIGN_IN_REQUIRED' && request.method === 'GET') {
    const next = request.url === '/' ? '' : `?next=${encodeURIComponent(request.url)}`
    return reply.redirect(`/sign-in${next}`, 303)
  }
  if (request.routeOptions.config.isAskedAgain === true && request.method === 'POST') {
    if (error.code === 'SIGN_IN_REQUIRED') return reply.redirect(`/sign-in?interrupted=1&next=${encodeURIComponent(request.url)}`, 303)
    // the page was made for a session that ended, and he signed in again elsewhere
    if (error.code === 'CSRF_FAILED') return reply.redirect(request.url, 303)
    if (error.code === 'PASSWORD_CHANGE_REQUIRED') return reply.redirect(changeFirst(request.url), 303)
  }
  if (error.code === 'PASSWORD_CHANGE_REQUIRED' && request.method === 'GET') return reply.redirect(changeFirst(request.url), 303)
  const { formView } = request.routeOptions.config
  if (formView && (error.status === 422 || error.status === 409 || keepsStatus(error))) {
    reply.status(keepsStatus(error) ? error.status : 422)
    return formView(request, reply, { message, fields: error.fields })
  }
  const page: ErrorPage = {
    status: error.status,
    error: { code: error.code, message, tried: null, reference: request.id },
    problems: showProblems(error.fields, message, translate),
    backHref: backOf(request),
  }
  reply.status(error.status)
  return reply.page('errors/show.njk', page)
}

/** The only place where an error becomes HTTP: programs get JSON, browsers a page. */
export const errorPagesPlugin = fastifyPlugin(
  async (app: FastifyInstance, { translate, seldom }: { translate: Translate; seldom: Seldom }) => {
    const answer = (request: FastifyRequest, reply: FastifyReply, error: AppError): unknown => {
      logFault(request, error, seldom)
      const message = sentenceOf(error, translate, request.id)
      if (isApi(request)) {
        const fields = error.fields.length > 0 ? { fields: showProblems(error.fields, message, translate) } : {}
        return reply.status(error.status).send({ error: { code: error.code, message, requestId: request.id, ...fields } })
      }
      return answerPage({ request, reply, error, message, translate })
    }
    app.setErrorHandler((error, request, reply) => answer(request, reply, toAppError(error, request.routeOptions.bodyLimit)))
    app.setNotFoundHandler((request, reply) => answer(request, reply, new AppError('NOT_FOUND')))
  },
  { name: 'error-pages', dependencies: ['views'] },
)
