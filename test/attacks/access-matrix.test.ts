import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Response } from 'light-my-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import type { AccessRule } from '../../src/http/access.ts'
import { passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { listenForRoutes, type ServedRoute } from './routes.ts'

/** Everybody who may knock. `owner` is the student whose lab, submission, job, session and key the addresses name. */
const people = {
  anonymous: null,
  owner: 'student',
  classmate: 'student',
  strangerStudent: 'student',
  assistant: 'assistant',
  groupAssistant: 'assistant',
  assistantOfOtherGroup: 'assistant',
  assistantElsewhere: 'assistant',
  teacher: 'teacher',
  teacherElsewhere: 'teacher',
  admin: 'admin',
} as const
type Person = keyof typeof people
const everybody = Object.keys(people) as Person[] // the keys of the constant above
const signedIn = everybody.filter((person) => person !== 'anonymous')
/** Who is there for `owner`: an assistant of another group is not. */
const staff: readonly Person[] = ['assistant', 'groupAssistant', 'teacher', 'admin']
/** Staff of the course: for what is of the course and not of one student. */
const courseStaff: readonly Person[] = [...staff, 'assistantOfOtherGroup']
const wholeStaff: readonly Person[] = ['assistant', 'teacher', 'admin']

/** Whom each rule lets in to what belongs to `owner` and lies in the course of `teacher`. */
const within: Record<AccessRule, readonly Person[]> = {
  public: everybody,
  account: signedIn,
  teacher: ['teacher', 'teacherElsewhere', 'admin'],
  admin: ['admin'],
  metrics: ['admin'],
  participant: ['owner', 'classmate', ...courseStaff],
  'course-staff': courseStaff,
  'course-teacher': ['teacher', 'admin'],
  'lab-owner': ['owner', ...staff],
  'submission-reader': ['owner', ...staff],
  'job-reader': ['owner', ...staff],
}

/** Narrower than their rule: what somebody has of his own, and what staff may only look at. */
const narrower: Readonly<Record<string, readonly Person[]>> = {
  'POST /account/tokens/:id/revoke': ['owner'],
  'POST /account/sessions/:name/end': ['owner'],
  'POST /api/v1/work-vms/:id/submissions': ['owner'],
  'GET /work-vms/:id/submissions': ['owner'],
  'POST /work-vms/:id/submissions': ['owner'],
  'GET /api/v1/exercises/:id/work-vm': ['owner'],
  // whose lab it is needs no leave to look, and is sent on
  'POST /work-vms/:id/watch': ['owner', ...staff],
  'POST /work-vms/:id/watch/end': ['owner', ...staff],
  // whom staff should ask is not for us to know
  'POST /exercises/:id/help': ['owner', 'classmate'],
  // a classmate has no lab yet; staff get one for trying
  'POST /exercises/:id/lab/start': ['owner', ...courseStaff],
  // of one student, though its rule is of the course
  'POST /submissions/:id/review': staff,
  'POST /submissions/:id/comments': staff,
  'POST /submissions/:id/comments/:commentId/remove': staff,
  'POST /api/v1/submissions/:id/review': staff,
  'POST /exercises/:id/help/:userId/answer': staff,
  'POST /exercises/:id/enrollments/:userId/retry': staff,
  // what the whole class reads is for who sees the whole class
  'POST /exercises/:id/messages': wholeStaff,
  'POST /exercises/:id/messages/:messageId/end': wholeStaff,
}

/** A body that fits the schema, so that the answer is about who asks and not about what he sent. */
const bodies: Readonly<Record<string, object>> = {
  'POST /language': { language: 'en' },
  'POST /work-vms/:id/watch': { device: 'PC1', reason: 'You asked for help.' },
  'POST /work-vms/:id/console': { reason: 'It does not start.' },
  'POST /account/password': { current: 'x', password: 'four unrelated words', repeat: 'four unrelated words' },
  'POST /account/tokens': { name: 'script', scope: 'read', days: '30' },
  'POST /admin/users': { username: 'newcomer', name: 'New', role: 'student' },
  'POST /admin/users/:id/role': { role: 'assistant' },
  'POST /work-vms/:id/devices/restart': { device: 'PC1' },
  'POST /work-vms/:id/devices/free-console': { device: 'PC1' },
  'POST /api/v1/work-vms/:id/devices/:verb': { device: 'PC1' },
  'POST /sign-in': { username: 'x', password: 'x' },
  'POST /api/v1/session': { username: 'x', password: 'x' },
  'POST /api/v1/courses': { name: 'One more' },
  'POST /api/v1/courses/:id/members': { username: 'classmate', role: 'student' },
  'POST /courses': { title: 'One more', term: 'now', timeZone: 'UTC' },
  'POST /courses/:id/members': { username: 'classmate', role: 'student' },
  'PATCH /api/v1/courses/:id': { name: 'Renamed' },
  'PATCH /api/v1/exercises/:id': {},
  'POST /api/v1/exercises/:id/revisions': { exercise: 'x' },
  'PUT /api/v1/exercises/:id/secrets': { NAME: 'value' },
  'PUT /api/v1/exercises/:id/allowances/:userId': { extraMinutes: 5 },
  'POST /api/v1/exercises/:id/enrollments': { usernames: ['classmate'] },
  'POST /exercises/:id/allowances': { userId: ':owner', extraMinutes: '5', extraAttempts: '0' },
  'POST /exercises/:id/regrade': { stamp: 'x' },
  'POST /api/v1/exercises/:id/regrade': { stamp: 'x' },
  'PUT /api/v1/exercises/:id/exam': { state: 'off' },
  'POST /exercises/:id/exam': { state: 'off' },
  'POST /api/v1/submissions/:id/review': { reason: 'because' },
  'POST /exercises/:id/prove': { scenario: 'untouched' },
  'POST /exercises/:id/publish': { unproven: 'yes' },
  'POST /exercises/:id/enrollments': { list: 'classmate' },
  'POST /submissions/:id/review': { comment: 'well done' },
  'POST /submissions/:id/comments': { text: 'well done' },
  'POST /exercises/:id/extend': { minutes: '15' },
  'POST /exercises/:id/messages': { text: 'Break until eleven', minutes: '15' },
}
/**
 * Here only the refusals are tried. What begins a session or ends one would take the others' away; for the rest the rows of this test
 * hold no object that can be shown (no evidence, no second submission, no file, no failed VM, no comment).
 */
const onlyRefusals = [
  ...['POST /sign-in', 'POST /api/v1/session', 'POST /sign-out', 'POST /account/sign-out-everywhere', 'DELETE /api/v1/session'],
  ...[
    'GET /admin/nodes/vms/:vmid',
    'GET /submissions/:id/evidence/:observationId',
    'GET /submissions/:id/compare',
    'GET /api/v1/submissions/:id/compare',
  ],
  ...['POST /api/v1/exercises', 'POST /api/v1/exercises/:id/revisions', 'GET /api/v1/exercises/:id/project'],
  ...['POST /exercises/:id/enrollments/:userId/retry', 'POST /submissions/:id/comments/:commentId/remove'],
  ...['POST /work-vms/:id/configurations/:entryId/restore', 'POST /api/v1/work-vms/:id/configurations/:entryId/restore'],
  // of one lab's cables and captures, in test/captures
  ...['POST /work-vms/:id/links/:link/capture', 'POST /work-vms/:id/links/:link/capture/stop', 'GET /work-vms/:id/captures/:capture'],
  // streams and sockets, which never end
  ...['GET /events', 'GET /api/v1/events', 'GET /work-vms/:id/devices/:device/terminal'],
  ...['GET /work-vms/:id/devices/:device/screen', 'GET /work-vms/:id/console/screen'],
]
const query: Readonly<Record<string, (courseId: string) => string>> = {
  'GET /exercises/new': (courseId) => `?course=${courseId}`,
  'POST /exercises': (courseId) => `?course=${courseId}`,
  'GET /api/v1/work-vms/:id/configurations': () => '?device=PC1',
}

let on: TestApp
let routes: readonly ServedRoute[]
const bearers = new Map<Person, string>()
const ids: Record<string, string> = {}

beforeAll(async () => {
  const heard = await listenForRoutes(() => startTestApp({ proxmox: { limiterState: () => [] } }))
  on = heard.app
  routes = heard.routes
  const { given, services } = on
  const users = new Map<Person, ReturnType<typeof actorFor>>()
  for (const person of signedIn) users.set(person, actorFor(await on.addUser(person, people[person] ?? 'student')))
  const actor = (person: Person) => users.get(person) ?? expect.unreachable()
  const course = services.courses.create(actor('teacher'), { name: 'Networks', term: 'now' })
  services.courses.putMember(course.id, { userId: actor('assistant').id, role: 'assistant', groupName: null }, null)
  const groups = { owner: 'P1', groupAssistant: 'P1', assistantOfOtherGroup: 'P2', classmate: 'P2' } as const
  for (const [person, groupName] of Object.entries(groups)) {
    const role = person.includes('ssistant') ? 'assistant' : 'student'
    services.courses.putMember(course.id, { userId: services.users.findByUsername(person)?.id ?? '', role, groupName }, null)
  }
  const elsewhere = services.courses.create(actor('teacherElsewhere'), { name: 'Other', term: 'now' })
  services.courses.putMember(elsewhere.id, { userId: actor('assistantElsewhere').id, role: 'assistant', groupName: null }, null)
  services.courses.putMember(elsewhere.id, { userId: actor('strangerStudent').id, role: 'student', groupName: null }, null)
  const exercise = given.exercise({ courseId: course.id })
  for (const person of ['owner', 'classmate'] as const) given.enrolled(exercise, actor(person))
  const lab = given.workVm(exercise, actor('owner'))
  const vmid = services.ledger.reserve({ purpose: 'work', ownerId: lab.id, pveNode: 'pve1', taken: new Set() })
  const submission = given.submission(lab, { state: 'done' })
  const jobId = services.jobs.enqueue(
    'start-work-vm',
    { workVmId: lab.id },
    { priority: 'interactive', userId: actor('owner').id, courseId: course.id },
  )
  for (const person of signedIn) {
    const payload = { username: person, password: passwordOf(person) }
    const answer = await on.app.inject({ method: 'POST', url: '/api/v1/session', payload })
    bearers.set(person, answer.json().token)
  }
  const [session] = services.auth.listSessions(actor('owner'))
  Object.assign(ids, {
    course: course.id,
    vmid: String(vmid),
    exercise: exercise.id,
    'work-vm': lab.id,
    submission: submission.id,
    job: jobId,
    user: actor('owner').id,
    session: session?.name ?? '',
    token: /^npx_([0-9a-z]+)_/.exec(services.apiTokens.create(actor('owner'), { name: 'k', scope: 'read', days: 9 }))?.[1] ?? '',
  })
})
afterAll(() => on?.close())

/** What `:id` and `:name` stand for, by the word before them; other places by their own name. */
const kinds: Readonly<Record<string, string>> = {
  ...{ courses: 'course', exercises: 'exercise', 'work-vms': 'work-vm', submissions: 'submission', jobs: 'job', users: 'user' },
  ...{ tokens: 'token', sessions: 'session', labs: 'work-vm' },
}

/** What `:verb` stands for, by its place. */
const verbs = [
  ['/exercises/', 'retry'],
  ['/devices/', 'restart'],
] as const

function objectOf(url: string, part: string): string {
  const before =
    url
      .slice(0, url.indexOf(`/:${part}`))
      .split('/')
      .at(-1) ?? ''
  const others: Readonly<Record<string, string | undefined>> = {
    ...{ userId: ids.user, commentId: 'none', messageId: 'none', table: 'scores', observationId: 'none', vmid: ids.vmid, device: 'PC1' },
    ...{ entryId: 'none', link: 'none', capture: 'none', verb: verbs.find(([place]) => url.includes(place))?.[1] ?? 'start' },
  }
  const value = part === 'id' || part === 'name' ? ids[kinds[before] ?? ''] : others[part]
  if (value === undefined) throw new Error(`the matrix does not know what :${part} in ${url} stands for: say it in objectOf`)
  return value
}

async function ask({ name, method, url }: ServedRoute, person: Person): Promise<Response> {
  const path = url.replace(/:(\w+)/g, (_whole, part: string) => objectOf(url, part)) + (query[name]?.(ids.course ?? '') ?? '')
  const bearer = bearers.get(person)
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  // each try is taken back, so that the next one meets the same rows
  on.services.db.query.run(sql`begin`)
  try {
    return await on.app.inject({
      ...{ method, url: path, headers: { ...authorization, accept: 'application/json' } },
      ...(method === 'GET' || method === 'DELETE'
        ? {}
        : { payload: JSON.parse(JSON.stringify(bodies[name] ?? {}).replace(':owner', ids.user ?? '')) }),
    })
  } finally {
    on.services.db.query.run(sql`rollback`)
  }
}

function verdictOn({ statusCode, headers }: Response): 'in' | 'out' {
  if ([401, 403, 404].includes(statusCode)) return 'out'
  return statusCode === 303 && String(headers.location).startsWith('/sign-in') ? 'out' : 'in'
}

/** Everything but what a refusal itself may leave behind. */
function stateOf(): string {
  const kept = Object.entries(tables).filter(([name]) => !['auditEvents', 'sessions', 'apiTokens'].includes(name))
  return createHash('sha256')
    .update(JSON.stringify(kept.map(([, table]) => on.services.db.query.select().from(table).all())))
    .digest('hex')
}

describe('every route', () => {
  it('refuses whom its rule does not let in, as a stranger and as somebody else of the same course, and lets in the others', async () => {
    const before = stateOf()
    const wrong: string[] = []
    for (const route of routes) {
      const expected = narrower[route.name] ?? within[route.rule]
      for (const person of everybody) {
        const shallNot = !expected.includes(person)
        if (!shallNot && onlyRefusals.includes(route.name)) continue
        const answer = await ask(route, person)
        const seen = verdictOn(answer)
        if ((seen === 'out') !== shallNot)
          wrong.push(`${route.name} (${route.rule}) as ${person}: ${answer.statusCode} ${answer.body.slice(0, 140).replace(/\s+/g, ' ')}`)
      }
    }
    expect(wrong).toEqual([])
    expect(stateOf()).toBe(before)
  })

  it('of the server is in this matrix, pages and API', () => {
    expect(routes.length).toBeGreaterThan(90)
    for (const name of [...Object.keys(narrower), ...Object.keys(bodies), ...onlyRefusals])
      expect(routes.map((route) => route.name)).toContain(name)
  })
})
