import { gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compression } from '../../src/http/compression.ts'

const long = `<p>${'row '.repeat(10_000)}</p>`

async function ask(headers: Readonly<Record<string, string>>, path = '/long') {
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(compression)
  app.get('/long', (_request, reply) => reply.type('text/html; charset=utf-8').send(long))
  app.get('/short', (_request, reply) => reply.type('text/html; charset=utf-8').send('<p>short</p>'))
  app.get('/file', (_request, reply) => reply.type('text/csv').send(long))
  return app.inject({ url: path, headers })
}

const ours = { 'accept-encoding': 'br, gzip', 'sec-fetch-site': 'same-origin' }

describe('a long page', () => {
  it('is compressed for a browser that came from a page of ours, and is the same page', async () => {
    const answer = await ask(ours)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(answer.rawPayload).toString()).toBe(long)
    expect(answer.rawPayload.length).toBe(Number(answer.headers['content-length']))
  })

  it.each([
    ['another site led there, which could learn from its length', { ...ours, 'sec-fetch-site': 'cross-site' }],
    ['nobody says who asked', { 'accept-encoding': 'gzip' }],
    ['the browser does not take gzip', { ...ours, 'accept-encoding': 'gzip;q=0, br' }],
  ])('is sent as it is when %s', async (_why, headers) => {
    const answer = await ask(headers)
    expect([answer.headers['content-encoding'], answer.body]).toEqual([undefined, long])
  })
})

it.each(['/short', '/file'])('leaves %s alone', async (path) => {
  expect((await ask(ours, path)).headers['content-encoding']).toBeUndefined()
})
