import { AsyncResource } from 'node:async_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'
import { type Locale, locales, runInLocale } from '../strings/index.ts'
import { isLocalPath } from './error-pages.ts'
import { typedRoutes } from './zod-validation.ts'

const cookieName = 'language'
const aYearInSeconds = 365 * 24 * 3_600
const localeSchema = z.enum(locales)

/** The first language of `Accept-Language` (RFC 9110, 12.5.4) that we have, by weight; English when there is none. */
export function preferredLocale(header: string | undefined): Locale {
  const wanted = (header ?? '').slice(0, 500).split(',').map(readRange)
  const best = wanted
    .filter(({ locale, weight }) => locale !== undefined && weight > 0)
    .reduce<{ locale: Locale | undefined; weight: number }>((found, one) => (one.weight > found.weight ? one : found), {
      locale: undefined,
      weight: 0,
    })
  return best.locale ?? 'en'
}

function readRange(range: string): { readonly locale: Locale | undefined; readonly weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
  const locale = localeSchema.safeParse(tag.split('-')[0])
  return { locale: locale.success ? locale.data : undefined, weight: quality === undefined ? 1 : Number(quality) || 0 }
}

/** What was chosen on a page wins over what the browser says. */
function localeOf(request: FastifyRequest): Locale {
  const chosen = localeSchema.safeParse(request.cookies[cookieName])
  return chosen.success ? chosen.data : preferredLocale(request.headers['accept-language'])
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Begun in the language of who asks. */
    inLanguage: AsyncResource | null
  }
}

/**
 * Every request is answered in the language of who asks, and a page's footer changes it. A body that is read from the socket leaves the
 * context of the first hook, so it is entered again before validation.
 */
export const languagePlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    app.decorateRequest('inLanguage', null)
    app.addHook('onRequest', (request, _reply, done) => {
      runInLocale(localeOf(request), () => {
        request.inLanguage = new AsyncResource('language')
        done()
      })
    })
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.inLanguage === null) done()
      else request.inLanguage.runInAsyncScope(done)
    })
  },
  { name: 'language', dependencies: ['session'] },
)

/** The change of language at the foot of every page. */
export async function languageRoutes(app: FastifyInstance): Promise<void> {
  typedRoutes(app).post(
    '/language',
    { schema: { body: z.object({ language: localeSchema, back: z.string().max(2_000).default('/') }) }, config: { access: 'public' } },
    async (request, reply) => {
      const { language, back } = request.body
      reply.setCookie(cookieName, language, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: request.protocol === 'https',
        maxAge: aYearInSeconds,
      })
      return reply.redirect(isLocalPath(back) ? back : '/', 303)
    },
  )
}
