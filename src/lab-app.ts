import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import fastifyStatic from '@fastify/static'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { AppError } from './errors.ts'
import { acceptEmptyJson } from './http/empty-json.ts'
import { sentenceOf, toAppError } from './http/error-pages.ts'
import { preferredLocale } from './http/language.ts'
import { views } from './http/views.ts'
import { createGns3Clients, labHostRoutes } from './lab-hosts/index.ts'
import type { LabHostMessage } from './lab-hosts/lab-hosts.views.ts'
import { newId } from './lib/ids.ts'
import type { Services } from './services.ts'
import { runInLocale } from './strings/index.ts'

const bodyLimitBytes = 1_048_576
const maxMessageBytes = 64 * 1024

/** The application of the labs' host names. */
export interface LabApp {
  /** Whether a Host header is one of theirs. */
  readonly takes: (host: string | undefined) => boolean
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void
  /** Hears `upgrade`; it never listens itself. */
  readonly upgrades: Server
  close(): Promise<void>
}

const isApi = (request: FastifyRequest): boolean => /^\/v[23]\//u.test(request.url)

/**
 * Labs' host names are answered by an application of their own: it has none of our routes, sets and reads one cookie of its own, and
 * shares nothing with our pages but the services that decide.
 */
export async function buildLabApp(services: Services): Promise<LabApp> {
  const { config, labHosts, gns3Ui, translate, log } = services
  const clients = createGns3Clients(services)
  const upgrades = createServer()
  const app = Fastify({
    loggerInstance: log.child({ module: 'lab-hosts' }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    bodyLimit: bodyLimitBytes,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
  }) as unknown as FastifyInstance // with a log of pino's own, the same to the plugins

  const showError = async (request: FastifyRequest, reply: FastifyReply, thrown: unknown): Promise<unknown> => {
    const error = toAppError(thrown, bodyLimitBytes)
    const about = { code: error.code, details: error.details, method: request.method, host: request.host, address: request.ip }
    if (error.code === 'INTERNAL') request.log.error({ ...about, err: error }, 'a request at a lab failed')
    else request.log.warn({ ...about, security: error.status === 401 || error.status === 403 }, 'a request at a lab was refused')
    const locale = preferredLocale(request.headers['accept-language'])
    const message = runInLocale(locale, () => sentenceOf(error, translate, request.id))
    reply.status(error.status).removeHeader('content-disposition')
    // in GNS3's own form, so that its UI shows the sentence
    if (isApi(request)) return reply.type('application/json; charset=utf-8').send({ message, status: error.status })
    const page: LabHostMessage = { message, code: error.code, reference: request.id, href: config.PUBLIC_URL }
    reply.header('content-security-policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
    return reply.type('text/html; charset=utf-8').send(await runInLocale(locale, () => reply.viewAsync('lab-hosts/message.njk', page)))
  }
  app.setErrorHandler((error, request, reply) => showError(request, reply, error))
  app.setNotFoundHandler((request, reply) => showError(request, reply, new AppError('NOT_FOUND')))

  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
      ...(labHosts.isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
      ...(reply.hasHeader('cache-control') ? {} : { 'cache-control': 'no-store' }),
      ...(reply.hasHeader('content-security-policy') ? {} : { 'content-security-policy': "default-src 'none'; sandbox" }),
    })
  })
  acceptEmptyJson(app)
  await app.register(cookie)
  await app.register(views, { isDevelopment: false })
  await app.register(fastifyStatic, { root: gns3Ui.folder, serve: false, maxAge: 3_600_000 })
  await app.register(websocket, { options: { maxPayload: maxMessageBytes, server: upgrades } })
  await app.register(labHostRoutes, { services, clients })
  await app.ready()

  return {
    takes: (host) => labHosts.labOf(host) !== null,
    routing: (request, response) => app.routing(request, response),
    upgrades,
    close: async () => {
      await app.close()
      await clients.close()
    },
  }
}
