import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Response } from 'light-my-request'
import { type Logger, pino } from 'pino'
import { type AppOptions, buildApp } from '../../src/app.ts'
import type { Directory } from '../../src/auth/index.ts'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/index.ts'
import { ensureMigrated } from '../../src/db/migrate.ts'
import { buildLabApp } from '../../src/lab-app.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { createServices, type Services } from '../../src/services.ts'
import type { UserRow } from '../../src/users/index.ts'
import { createGiven, type Given } from './given.ts'

const origin = 'http://127.0.0.1:8080'

/** What comes from outside: a page that touches Proxmox in such a test is a mistake of the test, and says so. */
const absentProxmox = new Proxy(Object.create(null), {
  get: (_target, name) => {
    if (name === 'then') return undefined
    return () => Promise.reject(new Error(`this test has no Proxmox, but ${String(name)} was asked`))
  },
})

export interface TestAppOptions {
  /** Settings over the defaults. */
  readonly environment?: Readonly<Record<string, string>>
  readonly proxmox?: Partial<Proxmox>
  readonly app?: AppOptions
  readonly directory?: Directory
  readonly log?: Logger
  /** In place of the system's: for jobs that are really run. */
  readonly clock?: Clock
}

/** A browser of one person: keeps the cookie, knows the CSRF token of the session. */
export interface TestBrowser {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A form with token and Origin, as a browser sends it. */
  post(path: string, fields?: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A multipart form, as a browser sends one with files; a file is its name and content. */
  upload(
    path: string,
    fields: Readonly<Record<string, string>>,
    files?: Readonly<Record<string, readonly [string, Uint8Array]>>,
    filesCome?: 'first' | 'last',
  ): Promise<Response>
  readonly csrf: string
  /** Of its session, for sockets. */
  readonly cookie: string
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly services: Services
  readonly given: Given
  /** An account with the password `<username> password`. */
  addUser(username: string, role?: UserRow['role']): Promise<UserRow>
  signIn(username: string, password?: string): Promise<TestBrowser>
  /** Nobody is signed in. */
  readonly stranger: TestBrowser
  close(): Promise<void>
}

export const passwordOf = (username: string): string => `${username} password`

/** The real application over a real database in memory, without Proxmox; jobs are enqueued, none runs. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-app-'))
  const config = loadConfig({
    DATA_DIR: folder,
    UPLOADS_DIR: join(folder, 'uploads'),
    PUBLIC_URL: origin,
    PROXMOX_URL: 'https://127.0.0.1:1',
    PROXMOX_TOKEN_ID: 'test@pve!test',
    PROXMOX_TOKEN_SECRET: 'test',
    PROXMOX_BASE_TEMPLATES: '9000',
    LAB_NETWORKS: '127.77.0.0/16',
    ...options.environment,
  })
  const db = openDatabase(':memory:')
  ensureMigrated(db, { autoMigrate: true })
  const proxmox: Proxmox = Object.assign(Object.create(absentProxmox), options.proxmox)
  const keys = { session: 's'.repeat(48), secretKey: 'k'.repeat(48) }
  const services = createServices({
    config,
    db,
    clock: options.clock ?? systemClock,
    log: options.log ?? pino({ level: 'silent' }),
    proxmox,
    directory: options.directory ?? null,
    secrets: keys,
  })
  const labApp = services.labHosts.isOffered ? await buildLabApp(services) : null
  const app = await buildApp(services, keys, { ...options.app, labApp })
  await app.ready()
  const browser = (cookie: string, csrf: string): TestBrowser => {
    const cookies = cookie === '' ? {} : { cookie }
    return {
      csrf,
      cookie,
      get: (url, headers = {}) => app.inject({ url, headers: { ...cookies, ...headers } }),
      post: (url, fields = {}, headers = {}) =>
        app.inject({
          method: 'POST',
          url,
          headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...cookies, ...headers },
          payload: new URLSearchParams({ csrf, ...fields }).toString(),
        }),
      upload: async (url, fields, files = {}, filesCome = 'last') => {
        const form = new FormData()
        const addFields = () => {
          for (const [name, value] of Object.entries({ csrf, ...fields })) form.append(name, value)
        }
        if (filesCome === 'last') addFields()
        for (const [name, [fileName, content]] of Object.entries(files)) form.append(name, new Blob([Buffer.from(content)]), fileName)
        if (filesCome === 'first') addFields()
        const encoded = new globalThis.Response(form)
        const contentType = encoded.headers.get('content-type') ?? ''
        const payload = Buffer.from(await encoded.arrayBuffer())
        return app.inject({ method: 'POST', url, headers: { origin, 'content-type': contentType, ...cookies }, payload })
      },
    }
  }
  const stranger = browser('', '')
  return {
    app,
    services,
    given: createGiven(services, db),
    stranger,
    addUser: (username, role = 'student') =>
      services.users.createWithPassword({ username, displayName: `Name of ${username}`, role }, passwordOf(username)),
    signIn: async (username, password = passwordOf(username)) => {
      const answer = await stranger.post('/sign-in', { username, password })
      const cookie = cookieOf(answer)
      const page = await app.inject({ url: '/account/password', headers: { cookie } })
      return browser(cookie, /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '')
    },
    close: async () => {
      services.openLines.close()
      await app.close()
      await labApp?.close()
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The session cookie an answer sets, as a browser sends it back; '' when it sets none. */
export function cookieOf(answer: Response): string {
  const set = answer.cookies.find((cookie) => cookie.name.endsWith('netpraxis'))
  return set && set.value !== '' ? `${set.name}=${set.value}` : ''
}
