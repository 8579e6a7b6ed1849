import { createHmac } from 'node:crypto'
import { passwordOf } from '../../support/app.ts'
import type { RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
export const signed = (header: object, payload: object, secret: string, hash = 'sha256') => {
  const body = `${encode(header)}.${encode(payload)}`
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`
}
/** The secret of the test's server. */
export const ours = 's'.repeat(48)
export const nowS = () => Math.floor(Date.now() / 1_000)

/** The session behind a Bearer of Ana's. */
export async function sidOf(on: AttackBench) {
  const { authorization = '' } = await on.bearerOf('ana')
  const payload = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
  return { authorization, sid: String(payload.sid) }
}

const token = (what: string, forge: (sid: string) => string, mark: string): RequestAttack => ({
  ...{ class: 'tokens', what, status: 401, mark },
  prepare: async (on) => {
    const { sid } = await sidOf(on)
    const headers = { authorization: `Bearer ${forge(sid)}` }
    return () => on.app.inject({ method: 'POST', url: '/api/v1/courses', headers, payload: { name: 'x' } })
  },
})
const foreignOrigins = [
  ['a foreign site', 'https://evil.example'],
  ['a sandboxed frame or a file', 'null'],
  ['a lab on the same site', 'http://lab-1.localhost:8080'],
  ['the same host on another port', 'http://127.0.0.1:8081'],
  ['the same host with another scheme', 'https://127.0.0.1:8080'],
  ['a name that begins like ours', 'http://127.0.0.1:8080.evil.example'],
] as const
const course = { title: 'x', term: 'y', timeZone: 'UTC' }

const csrf = (what: string, send: (on: AttackBench) => ReturnType<RequestAttack['prepare']>, mark: string): RequestAttack => ({
  ...{ class: 'csrf', what, status: 403, mark },
  prepare: send,
})
const withToken = (what: string, give: (theirs: string) => string) =>
  csrf(
    what,
    async (on) => {
      const [teresa, ana] = [await on.signIn('teresa'), await on.signIn('ana')]
      return () => teresa.post('/courses', { ...course, csrf: give(ana.csrf) })
    },
    'CSRF_FAILED',
  )

/** Somebody who is signed in asks for, or writes to, what belongs to somebody else. */
const theirs = (who: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, mark: string): RequestAttack => ({
  ...{ class: 'other-peoples-ids', what: `${who}: ${method} ${url}`, status: 404, mark },
  prepare: async (on) => {
    if (!on.services.users.findByUsername('mallory')) await on.addUser('mallory', 'teacher')
    const headers = await on.bearerOf(who)
    const path = url.replace(':course', on.course.id).replace(':lab', on.lab.id).replace(':exercise', on.exercise.id)
    const payload = { name: 'taken over', username: who, role: 'teacher', rules: {} }
    return () => on.app.inject({ method, url: path, headers, ...(method === 'GET' ? {} : { payload }) })
  },
})

const mass = (what: string, method: 'POST' | 'PUT' | 'PATCH', url: string, payload: object): RequestAttack => ({
  ...{ class: 'mass-assignment', what, status: 422, mark: 'VALIDATION_FAILED' },
  prepare: async (on) => {
    const headers = await on.bearerOf('teresa')
    const path = url.replace(':course', on.course.id).replace(':exercise', on.exercise.id).replace(':user', on.student.id)
    return () => on.app.inject({ method, url: path, headers, payload })
  },
})

export const doorAttacks: readonly RequestAttack[] = [
  token(
    'without a signature (alg none)',
    (sid) => `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sid, iat: nowS() })}.`,
    'FAST_JWT_MISSING_SIGNATURE',
  ),
  token('signed with another key', (sid) => signed({ alg: 'HS256' }, { sid, iat: nowS() }, 'x'.repeat(48)), 'FAST_JWT_INVALID_SIGNATURE'),
  token(
    'of another algorithm under our key',
    (sid) => signed({ alg: 'HS512' }, { sid, iat: nowS() }, ours, 'sha512'),
    'FAST_JWT_INVALID_ALGORITHM',
  ),
  token(
    'that says RS256 and is signed with our key as if it were public',
    (sid) => signed({ alg: 'RS256' }, { sid, iat: nowS() }, ours),
    'FAST_JWT_INVALID_ALGORITHM',
  ),
  token('that is none', () => 'not.a.token', 'FAST_JWT_MALFORMED'),

  ...foreignOrigins.map(([who, origin]) =>
    csrf(
      `a write of ${who}, with the right cookie and token`,
      async (on) => {
        const teresa = await on.signIn('teresa')
        return () => teresa.post('/courses', course, { origin })
      },
      'ORIGIN_REFUSED',
    ),
  ),
  withToken('a write without a token although it comes from us', () => ''),
  withToken('a write with the token of somebody else', (other) => other),
  ...['https://evil.example', 'http://lab-1.localhost:8080'].map((origin) =>
    csrf(
      `a stream of events for ${origin}`,
      async (on) => {
        const ana = await on.signIn('ana')
        return () => ana.get('/events', { origin, accept: 'text/event-stream', 'sec-fetch-site': 'same-site' })
      },
      'ORIGIN_REFUSED',
    ),
  ),
  csrf(
    'a sign-in from another page',
    async (on) => () => on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }, { origin: 'https://evil.example' }),
    'ORIGIN_REFUSED',
  ),

  theirs('mallory', 'PATCH', '/api/v1/courses/:course', 'COURSE_NOT_FOUND'),
  theirs('mallory', 'POST', '/api/v1/courses/:course/members', 'COURSE_NOT_FOUND'),
  theirs('mallory', 'GET', '/api/v1/exercises/:exercise', 'EXERCISE_NOT_FOUND'),
  theirs('ana', 'GET', '/api/v1/work-vms/:lab', 'WORK_VM_NOT_FOUND'),
  theirs('ana', 'POST', '/api/v1/work-vms/:lab/start', 'WORK_VM_NOT_FOUND'),
  theirs('ana', 'POST', '/api/v1/work-vms/:lab/submissions', 'WORK_VM_NOT_FOUND'),

  mass('a role that courses do not have', 'POST', '/api/v1/courses/:course/members', { username: 'ana', role: 'admin' }),
  mass('a state as a rule', 'PATCH', '/api/v1/exercises/:exercise', { rules: { results: 'mine' } }),
  mass('extra time without end', 'PUT', '/api/v1/exercises/:exercise/allowances/:user', { extraMinutes: 1e12 }),
  mass('an exam state that is none', 'PUT', '/api/v1/exercises/:exercise/exam', { state: 'forever' }),
]
