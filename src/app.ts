import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { authApiRoutes } from './auth/auth.api.routes.ts'
import type { DemoAccount } from './auth/auth.views.ts'
import { csrfPlugin, sessionPlugin } from './auth/index.ts'
import { coursesApiRoutes } from './courses/courses.api.routes.ts'
import { enrollmentsApiRoutes } from './enrollments/enrollments.api.routes.ts'
import { examsApiRoutes } from './exams/exams.api.routes.ts'
import { examGatePlugin } from './exams/index.ts'
import { exercisesApiRoutes } from './exercises/exercises.api.routes.ts'
import { accessPlugin } from './http/access.ts'
import { assets } from './http/assets.ts'
import { createBrokenRequests } from './http/broken-requests.ts'
import { compression } from './http/compression.ts'
import { acceptEmptyJson } from './http/empty-json.ts'
import { errorPagesPlugin } from './http/error-pages.ts'
import { eventsRoutes } from './http/events.routes.ts'
import { createFlashStore } from './http/flash.ts'
import { healthRoutes } from './http/health.routes.ts'
import { type Arrival, createHostSplit, type OtherHosts } from './http/host-split.ts'
import { languagePlugin, languageRoutes } from './http/language.ts'
import { pageContextPlugin } from './http/page-context.plugin.ts'
import { readTls } from './http/tls.ts'
import { type UploadLimits, uploadsPlugin } from './http/uploads.ts'
import { views } from './http/views.ts'
import { zodValidationPlugin } from './http/zod-validation.ts'
import { jobsApiRoutes } from './jobs/jobs.api.routes.ts'
import { newId } from './lib/ids.ts'
import { createSeldom } from './lib/seldom.ts'
import { pageRoutes } from './pages.ts'
import type { Services } from './services.ts'
import { compareApiRoutes } from './submissions/compare.routes.ts'
import { regradeApiRoutes } from './submissions/regrade.routes.ts'
import { submissionsApiRoutes } from './submissions/submissions.api.routes.ts'
import { configurationsApiRoutes } from './work-vms/configurations.api.routes.ts'
import { workVmsApiRoutes } from './work-vms/work-vms.api.routes.ts'

const bodyLimitBytes = 2 * 1_048_576
/** For a request to arrive whole: the largest upload at 5 Mbit/s. Without a limit one byte a minute holds a connection for ever. */
const defaultArrival: Arrival = { mostMs: 900_000, lookEveryMs: 30_000 }

/** Of a page's message to its terminal: a paste, as JSON. */
const maxMessageBytes = 512 * 1024

/** Everything a page may load comes from us; no inline script or style. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    baseUri: ["'none'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
    imgSrc: ["'self'", 'data:'],
  },
}

export interface AppOptions {
  /** Who can be signed in with one press; the demo alone has any. */
  readonly demoAccounts?: () => readonly DemoAccount[]
  readonly uploads?: UploadLimits
  /** What a test makes short. */
  readonly arrival?: Arrival
  /** Who answers for the labs' host names. */
  readonly labApp?: OtherHosts | null
}

/** The server as a table of contents: every plugin by name, in order. */
export async function buildApp(
  services: Services,
  secrets: { readonly session: string },
  options: AppOptions = {},
): Promise<FastifyInstance> {
  const { config, log, translate } = services
  const { TLS_CERT_FILE, TLS_KEY_FILE } = config
  const tls = TLS_CERT_FILE && TLS_KEY_FILE ? readTls(TLS_CERT_FILE, TLS_KEY_FILE) : null
  const arrival = options.arrival ?? defaultArrival
  const split = createHostSplit({ others: options.labApp ?? null, tls, arrival })
  const seldom = createSeldom(services.clock)
  const app = Fastify({
    serverFactory: split.serverFactory,
    loggerInstance: log.child({ module: 'http' }),
    genReqId: () => newId(),
    bodyLimit: bodyLimitBytes,
    requestTimeout: arrival.mostMs,
    clientErrorHandler: createBrokenRequests({ log, seldom }),
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    logController: new LogController({ disableRequestLogging: config.LOG_LEVEL !== 'debug' && config.LOG_LEVEL !== 'trace' }),
  }) as unknown as FastifyInstance // with a log of pino's own, the same to the plugins
  const flashes = createFlashStore(services.clock, translate)

  await app.register(zodValidationPlugin)
  await app.register(views, { isDevelopment: false })
  await app.register(errorPagesPlugin, { translate, seldom })
  await app.register(compression)
  await app.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: config.PUBLIC_URL.startsWith('https:'),
    crossOriginEmbedderPolicy: false,
    // with helmet's no-referrer browsers send `Origin: null` with our own forms, and every one of them would be refused
    referrerPolicy: { policy: 'same-origin' },
  })
  acceptEmptyJson(app)
  await app.register(formbody, { bodyLimit: bodyLimitBytes })
  await app.register(assets)
  await app.register(swagger, {
    openapi: {
      info: { title: 'NetPraxis', version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  })
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: false })
  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger())

  await app.register(sessionPlugin, {
    auth: services.auth,
    secret: secrets.session,
    publicUrl: config.PUBLIC_URL,
    isSandbox: config.SANDBOX,
  })
  await app.register(languagePlugin)
  await app.register(accessPlugin)
  await app.register(examGatePlugin, { exams: services.exams })
  await app.register(uploadsPlugin, { folder: config.UPLOADS_DIR, ...options.uploads })
  await app.register(csrfPlugin, { auth: services.auth })
  // when the body was read: what began before loses its place while the body arrives
  app.addHook('preHandler', (request, _reply, done) => services.audit.during({ address: request.ip, requestId: request.id }, done))
  await app.register(pageContextPlugin, {
    timeZone: config.TIME_ZONE,
    isSandbox: config.SANDBOX,
    assetVersion: app.assetVersion,
    flashes,
    events: services.events,
    noticesFor: services.classroom.noticesFor,
    countAlerts: () => services.alerts.list().length,
  })

  await app.register(websocket, { options: { maxPayload: maxMessageBytes, server: split.upgrades } })

  await app.register(healthRoutes, { services })
  await app.register(languageRoutes)
  await app.register(eventsRoutes, { services })
  await app.register(
    async (api) => {
      await api.register(authApiRoutes, { services })
      await api.register(coursesApiRoutes, { services })
      await api.register(exercisesApiRoutes, { services })
      await api.register(enrollmentsApiRoutes, { services })
      await api.register(workVmsApiRoutes, { services })
      await api.register(configurationsApiRoutes, { services })
      await api.register(submissionsApiRoutes, { services })
      await api.register(compareApiRoutes, { services })
      await api.register(regradeApiRoutes, { services })
      await api.register(examsApiRoutes, { services })
      await api.register(jobsApiRoutes, { services })
      await api.register(eventsRoutes, { services })
    },
    { prefix: '/api/v1' },
  )
  await app.register(pageRoutes, { services, flashes, demoAccounts: options.demoAccounts ?? (() => []) })
  return app
}
