import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { waitFor } from '../../support/wait.ts'
import type { Refusal, RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'
import { at, labWith } from './work.ts'

/** Each comes from an address of its own: the security log hears of one address once a minute. */
let addresses = 1
const nextAddress = (network: string): string => {
  addresses += 1
  return `${network}.${addresses}`
}

const endless = 'x'.repeat(3_000_000)
const huge = (what: string, type: string, payload: string): RequestAttack => ({
  ...{ class: 'huge-bodies', what, status: 413, mark: 'PAYLOAD_TOO_LARGE' },
  prepare: async (on) => {
    const headers = { ...(await on.bearerOf('teresa')), 'content-type': type }
    const url = `/api/v1/exercises/${on.exercise.id}/enrollments`
    return () => on.app.inject({ method: 'POST', url, headers, payload, remoteAddress: nextAddress('10.0.0') })
  },
})

async function portOf({ app }: AttackBench): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What the server says to bytes as they are, when it has hung up; `drip` is sent again and again until then. */
function sendRaw(port: number, head: string, drip = ''): Promise<Refusal> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: nextAddress('127.0.3') })
    const timer = setInterval(() => {
      if (drip !== '') socket.write(drip)
    }, 20)
    let said = ''
    socket.on('data', (bytes) => {
      said += String(bytes)
    })
    // it may hang up while something is still on its way to it
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearInterval(timer)
      resolve({ statusCode: Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1]), body: said })
    })
    socket.write(head)
  })
}

interface Raw {
  readonly head: (authorization: string) => string
  readonly drip?: string
  readonly status?: number
  readonly mark?: string
  readonly check?: RequestAttack['check']
}
const raw = (kind: 'slow-bodies' | 'huge-bodies', what: string, { head, drip, status = 408, mark, check }: Raw): RequestAttack => ({
  ...{ class: kind, what, status, mark: mark ?? 'REQUEST_TOO_SLOW' },
  prepare: async (on) => {
    const [port, { authorization = '' }] = [await portOf(on), await on.bearerOf('teresa')]
    return () => sendRaw(port, head(authorization), drip)
  },
  ...(check ? { check } : {}),
})
const post = (path: string, ...headers: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, ''].join('\r\n')
const json = 'Content-Type: application/json'
const nothingLeft: RequestAttack['check'] = (_answer, on) =>
  waitFor('what had arrived to be removed', () => readdirSync(join(on.services.config.UPLOADS_DIR, 'incoming')).length === 0)

/** A database that cannot grow by a page for as long as `send` takes. */
async function whileFull<Answer>({ services: { db } }: AttackBench, send: () => Promise<Answer>): Promise<Answer> {
  const { page_count: pages } = db.query.get<{ page_count: number }>(sql`pragma page_count`)
  db.query.get(sql.raw(`pragma max_page_count = ${pages}`))
  try {
    return await send()
  } finally {
    db.query.get(sql.raw('pragma max_page_count = 1073741823'))
  }
}

const exerciseFile = (size: number): string =>
  `--b\r\ncontent-disposition: form-data; name="exercise"; filename="e.yaml"\r\n\r\n${'x'.repeat(size)}\r\n--b--\r\n`
/** Less than a tenth of the disk behind the uploads is free. */
const uploadToFull = (what: string, url: string): RequestAttack => ({
  ...{ class: 'full-disk', what, status: 507, mark: 'STORAGE_FULL' },
  prepare: async (on) => {
    const headers = { ...(await on.bearerOf('teresa')), 'content-type': 'multipart/form-data; boundary=b' }
    const path = url.replace(':exercise', on.exercise.id)
    return async () => {
      on.disk.freeShare = 0.09
      const answer = await on.app.inject({
        ...{ method: 'POST', url: path, headers, payload: exerciseFile(20_000), remoteAddress: nextAddress('10.0.1') },
      })
      on.disk.freeShare = 1
      return answer
    }
  },
  check: nothingLeft,
})
const writeToFull = (
  what: string,
  prepare: (on: AttackBench) => Promise<{ url: string; payload: object }>,
  who = 'ana',
): RequestAttack => ({
  ...{ class: 'full-disk', what, status: 507, mark: 'STORAGE_FULL' },
  prepare: async (on) => {
    const { url, payload } = await prepare(on)
    const headers = await on.bearerOf(who)
    const request = { method: 'POST' as const, url, headers, payload, remoteAddress: nextAddress('10.0.2') }
    return () => whileFull(on, () => on.app.inject(request))
  },
  check: (_answer, on) => {
    if (on.services.users.findByUsername('ana') === undefined) throw new Error('nothing can be read any more')
  },
})

export const bodyAttacks: readonly RequestAttack[] = [
  huge('three megabytes of JSON', 'application/json', JSON.stringify({ name: endless })),
  huge('a form of three megabytes', 'application/x-www-form-urlencoded', `name=${endless}`),
  huge('a class list of thirty megabytes', 'text/csv', 'x'.repeat(30_000_000)),
  huge(
    'a text field of three megabytes',
    'multipart/form-data; boundary=b',
    `--b\r\ncontent-disposition: form-data; name="list"\r\n\r\n${endless}\r\n--b--\r\n`,
  ),
  raw('huge-bodies', 'headers without end', {
    head: () => `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(100_000)}`,
    ...{ status: 431, mark: 'HEADERS_TOO_LARGE' },
  }),

  raw('slow-bodies', 'a sign-in whose headers never end', { head: () => post('/sign-in'), drip: 'X-More: 1\r\n' }),
  raw('slow-bodies', 'a sign-in that is announced and never sent', {
    head: () => `${post('/sign-in', 'Content-Length: 1000000', json)}\r\n`,
  }),
  raw('slow-bodies', 'JSON that comes byte by byte', {
    head: () => `${post('/api/v1/session', 'Content-Length: 1000000', json)}\r\n{`,
    drip: ' ',
  }),
  raw('slow-bodies', 'pieces of a body without an announced end', {
    head: () => `${post('/sign-in', 'Transfer-Encoding: chunked', json)}\r\n`,
    drip: '1\r\n \r\n',
  }),
  raw('slow-bodies', 'a file of a teacher that stops in the middle', {
    head: (authorization) =>
      `${post('/api/v1/exercises', `Authorization: ${authorization}`, 'Content-Length: 1000000', 'Content-Type: multipart/form-data; boundary=b')}\r\n${exerciseFile(50_000).slice(0, 40_000)}`,
    check: nothingLeft,
  }),
  raw('slow-bodies', 'what is no HTTP', { head: () => '\x16\x03\x01 hello\r\n\r\n', status: 400, mark: 'REQUEST_MALFORMED' }),

  uploadToFull('an exercise', '/api/v1/exercises'),
  uploadToFull('a class list as a file', '/api/v1/exercises/:exercise/enrollments'),
  writeToFull(
    'a class of sixty, where the database cannot grow',
    async (on) => ({
      url: `/api/v1/exercises/${on.exercise.id}/enrollments`,
      payload: { usernames: Array.from({ length: 60 }, (_one, index) => `student-${index}`) },
    }),
    'teresa',
  ),
  writeToFull('a submission, where the database cannot grow', async (on) => {
    const { lab } = labWith(on, {})
    // what free room the pages have is taken first
    await whileFull(on, async () => {
      expect(() => {
        for (let count = 0; count < 1_000; count += 1) on.given.submission(lab, { state: 'done', acceptedAt: at(-1e6) })
      }).toThrow(/full/u)
    })
    return { url: `/api/v1/work-vms/${lab.id}/submissions`, payload: {} }
  }),
]
