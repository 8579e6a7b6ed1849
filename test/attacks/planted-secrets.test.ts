import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Directory } from '../../src/auth/index.ts'
import { AppError } from '../../src/errors.ts'
import { newId } from '../../src/lib/ids.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor, exerciseText } from '../support/given.ts'

/** Each is planted once, where such a thing belongs, and may be found nowhere else. */
const planted = {
  localPassword: 'PLANTED-local-password',
  wrongPassword: 'PLANTED-wrong-password',
  newPassword: 'PLANTED-new-password',
  directoryPassword: 'PLANTED-directory-password',
  proxmoxToken: 'PLANTED-proxmox-token',
  gns3Password: 'PLANTED-gns3-password',
  bindPassword: 'PLANTED-bind-password',
  metricsToken: 'PLANTED-metrics-token',
  exerciseSecret: 'PLANTED-exercise-secret',
  ticket: 'PLANTED-proxmox-ticket',
  ticketCsrf: 'PLANTED-ticket-csrf',
  marker: 'PLANTED-lab-marker',
}

const lines: string[] = []
const seen: string[] = []
const directory: Directory = {
  authenticate: async (username, password) => {
    if (username === 'down') throw new AppError('LDAP_UNAVAILABLE', { cause: new Error(`bind of ${username} failed`) })
    if (password !== planted.directoryPassword) return null
    return { externalId: 'id-1', username, displayName: 'Dora', email: null, studentNumber: null, role: 'student' }
  },
  lookUp: async () => new Map(),
}

let on: TestApp
const tokens: Record<string, string> = {}

async function visit(browser: TestBrowser, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer = await browser.get(path)
    seen.push(`${path} ${answer.body}`)
  }
}

beforeAll(async () => {
  on = await startTestApp({
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    directory,
    environment: {
      ...{ AUTH_MODE: 'ldap', LDAP_URL: 'ldaps://127.0.0.1', LDAP_BASE_DN: 'dc=x', LDAP_BIND_DN: 'cn=x', LOG_LEVEL: 'trace' },
      ...{ LDAP_BIND_PASSWORD: planted.bindPassword, PROXMOX_TOKEN_SECRET: planted.proxmoxToken },
      ...{ GNS3_USERNAME: 'gns3', GNS3_PASSWORD: planted.gns3Password, METRICS_TOKEN: planted.metricsToken },
      ...{ PROXMOX_USER_TICKETS: 'true', PROXMOX_USER_REALM: 'campus' },
    },
    proxmox: {
      limiterState: () => [],
      signInAs: async (username, password) => {
        if (password !== planted.directoryPassword) throw new AppError('PROXMOX_AUTH', { details: { reason: `no ${password}` } })
        return { username, value: planted.ticket, csrf: planted.ticketCsrf, issuedAt: Date.now() }
      },
    },
  })
  const { services, given } = on
  const root = await services.users.createWithPassword({ username: 'root', displayName: 'Root', role: 'admin' }, planted.localPassword)
  const course = services.courses.create(actorFor(root), { name: 'Networks', term: 'now' })
  const text = exerciseText.replace('PC1: { platform: vpcs }', 'PC1: { platform: vpcs, password: { secret: PC_PASSWORD } }')
  const exercise = given.exercise({ courseId: course.id, text })
  services.exercises.setSecrets(actorFor(root), exercise.id, new Map([['PC_PASSWORD', planted.exerciseSecret]]))

  // sign-ins that fail in every way, and some that work
  for (const [username, password] of [
    ['root', planted.wrongPassword],
    ['nobody', planted.wrongPassword],
    ['down', planted.wrongPassword],
    [planted.wrongPassword, ''],
  ] as const) {
    // a password typed into the field of the name is written down as a name: nobody can know
    if (username !== planted.wrongPassword) seen.push((await on.stranger.post('/sign-in', { username, password })).body)
  }
  const admin = await on.signIn('root', planted.localPassword)
  const dora = await on.signIn('dora', planted.directoryPassword)
  const session = z
    .object({ token: z.string() })
    .parse(
      (
        await on.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username: 'root', password: planted.localPassword } })
      ).json(),
    )
  tokens.bearer = session.token
  tokens.key = services.apiTokens.create(actorFor(root), { name: 'script', scope: 'write', days: 9 })
  tokens.csrf = admin.csrf

  const student = services.users.findByUsername('dora')
  if (!student) throw new Error('the directory let nobody in')
  given.enrolled(exercise, actorFor(student))
  const lab = given.workVm(exercise, actorFor(student), { state: 'ready', readyAt: new Date().toISOString(), marker: planted.marker })
  const submission = given.submission(lab, { state: 'done', points: 3, maxPoints: 10 })
  services.jobs.enqueue(
    'stop-work-vm',
    { workVmId: lab.id, how: 'stop' },
    { priority: 'interactive', userId: student.id, courseId: course.id },
  )

  // what goes wrong with secrets in the request
  const auth = { authorization: `Bearer ${tokens.bearer}` }
  for (const payload of [
    { current: planted.wrongPassword, password: planted.newPassword, repeat: planted.newPassword },
    { current: planted.localPassword, password: 'short', repeat: planted.newPassword },
  ])
    seen.push((await admin.post('/account/password', payload)).body)
  await on.app.inject({ method: 'PUT', url: `/api/v1/exercises/${newId()}/secrets`, headers: auth, payload: { X: planted.exerciseSecret } })
  await on.app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${tokens.key}x` } })
  await on.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${planted.metricsToken}` } })

  const e = `/exercises/${exercise.id}`
  await visit(admin, [
    ...[
      '/admin',
      '/admin/users',
      '/admin/audit',
      '/admin/audit.csv',
      '/admin/configuration',
      '/admin/jobs',
      '/admin/reconcile',
      '/courses',
    ],
    ...[`/admin/users/${student.id}`, `/admin/users/${student.id}/data.json`, '/account', '/account/data.json', `/courses/${course.id}`],
    ...[e, `${e}/edit`, `${e}/board`, `${e}/enrollments`, `${e}/results`, `${e}/results.csv`, `${e}/exam`, `/submissions/${submission.id}`],
    ...[`/api/v1${e}`, `/api/v1${e}/file`, `/api/v1${e}/work-vms`, `/api/v1/work-vms/${lab.id}`, '/api/openapi.json'],
  ])
  await visit(dora, [
    '/',
    e,
    '/account',
    '/account/data.json',
    `/submissions/${submission.id}`,
    `/api/v1/work-vms/${lab.id}`,
    `/nothing?x=1`,
  ])
})
afterAll(() => on?.close())

const everything = () => ({ ...planted, ...tokens })
const findIn = (texts: readonly string[], except: readonly string[] = []): string[] =>
  Object.entries(everything()).flatMap(([name, secret]) =>
    !except.includes(name) && texts.some((text) => text.includes(secret)) ? [name] : [],
  )

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [readFileSync(path, 'latin1')]
  })
}

describe('a secret that was planted', () => {
  it('is in no line of the log, at its finest level', () => {
    expect(lines.length).toBeGreaterThan(20)
    expect(findIn(lines)).toEqual([])
  })

  it('is in no page, answer, file or error', () => {
    expect(seen.length).toBeGreaterThan(30)
    // the token of the session's own forms stands in its own pages
    expect(findIn(seen, ['csrf'])).toEqual([])
  })

  it('is in no table of the database but as a hash or enciphered', () => {
    const { query } = on.services.db
    const tables = z
      .array(z.object({ name: z.string() }))
      .parse(query.all(sql`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`))
    expect(tables.length).toBeGreaterThan(20)
    const rows = tables.map(({ name }) => JSON.stringify(query.all(sql.raw(`select * from "${name}"`))))
    // a lab's marker is no key to anything: it says which lab this is
    expect(findIn(rows, ['marker'])).toEqual([])
  })

  it('is in no file of the data folder', () => {
    expect(findIn(filesUnder(on.services.config.DATA_DIR))).toEqual([])
  })
})
