import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { paginate } from '../../src/http/api.ts'
import { createFlashStore } from '../../src/http/flash.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

describe('an error', () => {
  let on: TestApp
  beforeEach(async () => {
    on = await startTestApp({
      environment: { METRICS_TOKEN: 'm'.repeat(32) },
      proxmox: {
        limiterState: () => [],
        resources: async () => {
          throw new Error('password=hunter2 at /srv/secret')
        },
      },
    })
  })
  afterEach(() => on.close())

  const bearerOf = async (username: string) => {
    const answer = await on.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username, password: passwordOf(username) } })
    return { authorization: `Bearer ${answer.json().token}` }
  }

  it('is JSON below /api and a page elsewhere, whatever Accept says', async () => {
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const program = await on.app.inject({ url: '/api/v1/nothing', headers: { accept } })
      expect([program.statusCode, program.headers['content-type'], program.json().error.code]).toEqual([
        404,
        expect.stringContaining('json'),
        'NOT_FOUND',
      ])
      const browser = await on.app.inject({ url: '/nothing', headers: { accept } })
      expect([browser.statusCode, browser.headers['content-type']]).toEqual([404, expect.stringContaining('text/html')])
    }
  })

  it('leads back to the page of ours where it was pressed, and to no other', async () => {
    const backOf = async (referer: string) => {
      const { body } = await on.app.inject({ url: '/nothing?a=1', headers: { host: 'praxis.example.org', referer } })
      return /<a class="button[^"]*" href="([^"]*)"[^>]*>(?:<[^>]*>)*Go back/.exec(body)?.[1] ?? null
    }
    expect(await backOf('https://praxis.example.org/exercises/5/results?sort=name&order=desc')).toBe(
      '/exercises/5/results?sort=name&amp;order=desc',
    )
    for (const other of [
      'https://elsewhere.example.org/exercises/5',
      'https://praxis.example.org//elsewhere.example.org',
      'https://praxis.example.org/nothing?a=1',
      'https://praxis.example.org/sign-in?next=/',
      'javascript:alert(1)',
      'no address',
    ])
      expect(await backOf(other), other).toBeNull()
  })

  it('carries the id of the request, another each time', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await on.app.inject({ url: '/api/v1/me' })).json().error.requestId))
    expect(ids[0]).toMatch(/^[0-9a-z]{16}$/)
    expect(ids[0]).not.toBe(ids[1])
  })

  it('that nobody foresaw shows a fixed sentence with the id to quote, and nothing of its text', async () => {
    await on.addUser('teresa', 'teacher')
    const answer = await on.app.inject({ url: '/api/v1/base-templates', headers: await bearerOf('teresa') })
    expect(answer.statusCode).toBe(500)
    const { error } = answer.json()
    expect(error.code).toBe('INTERNAL')
    expect(error.message).toContain(error.requestId)
    expect(answer.body).not.toMatch(/hunter2|secret|resources/)
  })

  it.each<[string, object, number, string]>([
    ['a body that is no JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400, 'BAD_REQUEST'],
    ['a kind of body nobody reads', { payload: '<a/>', headers: { 'content-type': 'application/xml' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a body of 3 MB',
      { payload: JSON.stringify({ username: 'x'.repeat(3_000_000), password: '' }), headers: { 'content-type': 'application/json' } },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['a field that is missing', { payload: { username: 'ana' } }, 422, 'VALIDATION_FAILED'],
  ])('names %s', async (_what, request, status, code) => {
    const answer = await on.app.inject({ method: 'POST', url: '/api/v1/session', ...request })
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code])
    expect(answer.json().error.message).not.toMatch(/\{\w+\}| {2}/)
  })

  it('of validation names every field, and never what was typed', async () => {
    const { error } = (await on.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username: '', password: 7 } })).json()
    expect(error.fields.map(({ field }: { field: string }) => field)).toEqual(['username', 'password'])
  })

  it('does not come from /healthz and /readyz, and strangers get no /metrics', async () => {
    await on.addUser('root', 'admin')
    await on.addUser('teresa', 'teacher')
    const status = async (url: string, headers: Record<string, string> = {}) => (await on.app.inject({ url, headers })).statusCode
    expect([await status('/healthz'), await status('/readyz'), await status('/metrics')]).toEqual([200, 200, 404])
    expect(await status('/metrics', { authorization: `Bearer ${'m'.repeat(32)}` })).toBe(200)
    for (const token of ['m'.repeat(31), 'x'.repeat(32), ''])
      expect(await status('/metrics', { authorization: `Bearer ${token}` })).toBe(404)
    expect([await status('/metrics', await bearerOf('root')), await status('/metrics', await bearerOf('teresa'))]).toEqual([200, 404])
    expect((await on.app.inject({ url: '/metrics', headers: await bearerOf('root') })).body).toMatch(
      /^netpraxis_jobs\{state="queued"\} 0$/m,
    )
  })

  it.each([
    ['teacher', 'POST', '/api/v1/courses', ['student', 'assistant'], ['teacher', 'admin']],
    ['account', 'GET', '/api/v1/me', [], ['student', 'assistant', 'teacher', 'admin']],
  ] as const)('refuses whom the rule %s does not let in', async (_rule, method, url, out, within) => {
    for (const role of [...out, ...within]) {
      await on.addUser(role, role)
      const request = { method, url, headers: await bearerOf(role), ...(method === 'POST' ? { payload: { name: 'x' } } : {}) }
      expect([role, (await on.app.inject(request)).statusCode === 403]).toEqual([role, (out as readonly string[]).includes(role)])
    }
    expect((await on.app.inject({ method, url, ...(method === 'POST' ? { payload: { name: 'x' } } : {}) })).statusCode).toBe(401)
  })
})

describe('what the last press did', () => {
  const store = () => {
    const time = createVirtualClock(1_000_000)
    return { time, flashes: createFlashStore(time.clock, createTranslator()) }
  }

  it('is said once, to the session that pressed', () => {
    const { flashes } = store()
    flashes.say('one', 'done', 'enrolled', { count: 2 })
    expect([flashes.take('other'), flashes.take('one'), flashes.take('one')]).toEqual([
      null,
      { kind: 'done', message: '2 students were enrolled.' },
      null,
    ])
  })

  it('is kept for one reading, for ten minutes', async () => {
    const { flashes, time } = store()
    flashes.keepOnce('one', 'passwords', ['x'])
    expect(flashes.takeOnce('other', 'passwords')).toBeUndefined()
    expect([flashes.takeOnce('one', 'passwords'), flashes.takeOnce('one', 'passwords')]).toEqual([['x'], undefined])
    flashes.keepOnce('one', 'passwords', ['y'])
    await time.advance(600_001)
    expect(flashes.takeOnce('one', 'passwords')).toBeUndefined()
  })
})

describe('a page of a list', () => {
  const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
  const ids = (limit: number, cursor?: string) => {
    const page = paginate(items, { limit, cursor })
    return [page.items.map(({ id }) => id).join(''), page.next]
  }

  it('begins after its cursor and tells the next, null at the end', () => {
    expect([ids(2), ids(2, 'b'), ids(2, 'd'), ids(5), ids(9)]).toEqual([
      ['ab', 'b'],
      ['cd', 'd'],
      ['e', null],
      ['abcde', null],
      ['abcde', null],
    ])
  })

  it('after an item that is gone is refused: beginning anew would never end', () => {
    expect(() => ids(2, 'gone')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  })
})
