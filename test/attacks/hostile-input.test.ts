import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passwordOf } from '../support/app.ts'
import { exerciseText } from '../support/given.ts'
import { type AttackBench, openAttackBench } from './attack-bench.ts'

let on: AttackBench
beforeAll(async () => {
  on = await openAttackBench()
})
afterAll(() => on?.close())

const asTeacher = async (method: 'POST' | 'PATCH' | 'PUT' | 'GET', url: string, payload?: object) => {
  const headers = await on.bearerOf('teresa')
  return () => on.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

describe('text that is meant for another language', () => {
  it.each(["' union select password_hash from users --", '%%', '__', "a' or 1=1 --"])('finds nobody by %j', async (query) => {
    if (!on.services.users.findByUsername('root')) await on.addUser('root', 'admin')
    const root = await on.signIn('root')
    const page = await root.get(`/admin/users?query=${encodeURIComponent(query)}`)
    expect([page.statusCode, page.body.includes('argon2'), page.body.includes('<code>ana</code>')]).toEqual([200, false, false])
  })

  it.each(['{{7*7}}', '{% include "/etc/passwd" %}', '#{7*7}', '<script>alert(1)</script>', '{{ range.constructor("return process")() }}'])(
    'stays text in a page (templates): %s',
    async (title) => {
      const teresa = await on.signIn('teresa')
      await teresa.post('/courses', { title, term: 'now', timeZone: 'UTC' })
      const { body } = await teresa.get('/courses')
      expect(body).not.toMatch(/>49<|<script>alert|root:x:0/)
      expect(body).toContain(title.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'))
    },
  )

  it.each(['/\r\nset-cookie: a=b', '/x\r\n\r\n<html>', '//evil.example', '/\\evil.example'])(
    'adds no header and leads nowhere else: %j',
    async (next) => {
      const answer = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana'), next })
      expect([answer.headers.location, answer.cookies.some(({ name }) => name === 'a')]).toEqual(['/', false])
    },
  )

  it.each(['/assets/../../package.json', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/%2e%2e/.env', '/assets/....//package.json'])(
    'leads out of no folder: %s',
    async (path) => {
      const answer = await on.stranger.get(path)
      expect([400, 404]).toContain(answer.statusCode)
      expect(answer.body).not.toContain('"dependencies"')
    },
  )
})

describe('a body that says more than it is asked', () => {
  it('cannot name a file of this machine as the one it sends', async () => {
    const path = join(on.services.config.DATA_DIR, 'secret.txt')
    writeFileSync(path, 'the-key-of-the-kingdom')
    const file = { path, fileName: 'a.yaml', sizeBytes: 9, sha256: 'a'.repeat(64) }
    for (const payload of [
      { courseId: on.course.id, exercise: file },
      { courseId: on.course.id, exercise: exerciseText, project: file },
      { courseId: on.course.id, exercise: exerciseText, statement: file },
    ]) {
      const answer = await on.expectRefused(await asTeacher('POST', '/api/v1/exercises', payload), 422, 'VALIDATION_FAILED')
      expect(answer.body).not.toContain('kingdom')
    }
    const list = await asTeacher('POST', `/exercises/${on.exercise.id}/enrollments`, { file })
    expect((await list()).body).not.toContain('kingdom')
  })

  it.each<[string, object]>([
    ['role and state', { role: 'admin', source: 'ldap', state: 'active', passwordHash: 'x' }],
    ['the id of its course', { id: 'other', createdBy: 'nobody', createdAt: '2001-01-01' }],
    ['its own prototype', JSON.parse('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}')],
  ])('changes nothing by %s (mass assignment)', async (_what, more) => {
    const before = on.services.courses.find(on.course.id)
    const send = await asTeacher('PATCH', `/api/v1/courses/${on.course.id}`, { ...more })
    expect([200, 400]).toContain((await send()).statusCode)
    expect(on.services.courses.find(on.course.id)).toEqual(before)
    expect(on.services.users.findByUsername('teresa')?.role).toBe('teacher')
  })
})

describe('a body without end', () => {
  it('that comes byte by byte holds one connection and nobody else', async () => {
    await on.app.listen({ port: 0, host: '127.0.0.1' })
    const address = on.app.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(port, '127.0.0.1')
        await new Promise((resolve) => socket.once('connect', resolve))
        socket.write('POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\nContent-Type: application/json\r\n\r\n{')
        return socket
      }),
    )
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect(on.app.server.requestTimeout).toBeGreaterThan(0)
    expect(on.app.server.headersTimeout).toBeGreaterThan(0)
    for (const socket of sockets) socket.destroy()
  })
})

describe('a flood', () => {
  it('of guessed passwords is slowed down, and does not keep the owner out of a known device', async () => {
    const first = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })
    const device = first.cookies.find(({ name }) => name === 'netpraxis-device')?.value ?? ''
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => on.stranger.post('/sign-in', { username: 'ana', password: 'guess' })),
    )
    expect(answers.filter(({ statusCode }) => statusCode === 401).length).toBe(5)
    await on.expectRefused(() => on.stranger.post('/sign-in', { username: 'ana', password: 'guess' }), 429, 'TOO_MANY_REQUESTS')
    const owner = await on.stranger.post(
      '/sign-in',
      { username: 'ana', password: passwordOf('ana') },
      { cookie: `netpraxis-device=${device}` },
    )
    expect(owner.statusCode).toBe(303)
  })
})

describe('the security log', () => {
  it('hears of huge bodies from one address once a minute, however many come, and of another address too', async () => {
    const headers = await on.bearerOf('teresa')
    const send = (remoteAddress: string) =>
      on.app.inject({ ...{ method: 'POST', url: '/api/v1/courses', headers, remoteAddress }, payload: { name: 'x'.repeat(3_000_000) } })
    const from = on.securityLines().length
    for (const address of ['10.9.0.1', '10.9.0.1', '10.9.0.1', '10.9.0.2']) expect((await send(address)).statusCode).toBe(413)
    const lines = on.securityLines().slice(from)
    expect(lines.map(({ code, address }) => [code, address])).toEqual([
      ['PAYLOAD_TOO_LARGE', '10.9.0.1'],
      ['PAYLOAD_TOO_LARGE', '10.9.0.2'],
    ])
  })
})
