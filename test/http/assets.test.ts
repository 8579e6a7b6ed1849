import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewsFolder } from '../../src/http/views.ts'
import { buildGallery, samples } from '../gallery/gallery-app.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = await buildGallery()
})
afterAll(() => app.close())

describe('assets', () => {
  it('serves the style sheets as one, kept for long under its version and asked for again without', async () => {
    const pinned = await app.inject(`/assets/app.css?v=${app.assetVersion}`)
    expect(pinned.headers['content-type']).toBe('text/css; charset=utf-8')
    expect(pinned.headers['cache-control']).toContain('immutable')
    expect(pinned.body.indexOf('@layer reset, tokens')).toBeLessThan(pinned.body.indexOf('@layer pages'))
    expect((await app.inject('/assets/app.css?v=old')).headers['cache-control']).toBe('no-cache')
  })

  it.each(['app.js', 'live.js', 'stream.js', 'forms.js', 'icons.svg', 'favicon.svg'])('serves %s', async (name) => {
    expect((await app.inject(`/assets/${name}`)).statusCode).toBe(200)
  })

  it('has every symbol that a page uses', async () => {
    const sprite = readFileSync(join(viewsFolder, 'assets/icons.svg'), 'utf8')
    const known = new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((match) => match[1]))
    const used = new Set<string | undefined>()
    for (const { id } of samples) {
      const { body } = await app.inject(`/gallery/${id}`)
      for (const match of body.matchAll(/icons\.svg#([\w-]+)/g)) used.add(match[1])
    }
    expect([...used].filter((name) => !known.has(name))).toEqual([])
    expect(used.size).toBeGreaterThan(20)
  })

  it('does not give away files outside its folder', async () => {
    expect((await app.inject('/assets/..%2f..%2fpackage.json')).statusCode).not.toBe(200)
  })
})
