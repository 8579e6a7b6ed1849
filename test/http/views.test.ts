import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewsFolder } from '../../src/http/views.ts'
import { hasMessage } from '../../src/strings/index.ts'
import { contextOf } from '../gallery/contexts.ts'
import { buildGallery, samples } from '../gallery/gallery-app.ts'

let app: FastifyInstance

beforeAll(async () => {
  app = await buildGallery()
  app.get('/broken', (_request, reply) =>
    reply.dangerouslyUntypedPage('errors/show.njk', { status: 404, error: {}, problems: [] }, contextOf('student')),
  )
  await app.ready()
})
afterAll(() => app.close())

const hostile = '<script>alert("x")</script><img src=x onerror=alert(1)>\'"&'

/** Every text of a model replaced by a hostile one; what is not free text (states, verdicts, times, paths) stays. */
function poison(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => poison(item, key))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]))
  return typeof value === 'string' && freeTexts.has(key) ? hostile : value
}

const freeTexts = new Set(
  'title name username email group message why found expected hint comment reason text command device label progress errorMessage subject detail raw facts console words value term by tried conclusion sentence fileName problem commands peer port path viewBox'.split(
    ' ',
  ),
)
// Numbers of the drawing are ours; only names and ports come from an uploaded project.
freeTexts.delete('path')
freeTexts.delete('viewBox')

const viewFiles = readdirSync(viewsFolder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.njk'))

describe('views', () => {
  it('render a page the same after any other page: what is remembered of components is of nobody', async () => {
    const ids = ['exercise-ready', 'exercise-starting']
    const bodies = async () => Promise.all(ids.map(async (id) => (await app.inject({ url: `/gallery/${id}` })).body))
    const first = await bodies()
    for (const { id } of samples) await app.inject({ url: `/gallery/${id}` })
    expect(await bodies()).toEqual(first)
    expect(first[0]).not.toBe(first[1])
  })

  it.each(samples.map((sample) => [sample.id, sample] as const))('renders %s', async (id) => {
    const answer = await app.inject(`/gallery/${id}`)
    expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toMatch(/<h1[ >]/)
    expect(answer.body).not.toMatch(/\[object Object\]|undefined|NaN/)
  })

  it.each(samples.map((sample) => [sample.id, sample] as const))('escapes what people and devices write in %s', async (id, sample) => {
    const path = `/poisoned/${id}`
    const other = await buildGallery()
    other.get(path, (_request, reply) => reply.dangerouslyUntypedPage(sample.view, poison(sample.model) as object, sample.context))
    const { body } = await other.inject(path)
    await other.close()
    expect(body).not.toContain('<script>alert')
    expect(body).not.toContain('<img src=x')
    expect(body).not.toMatch(/="[^"]*<script/)
  })

  it('shows what was escaped, so that the poison test looks at something', async () => {
    const other = await buildGallery()
    other.get('/poisoned', (_request, reply) =>
      reply.dangerouslyUntypedPage('enrollments/home.njk', { name: hostile, current: [], past: [] }, contextOf('student')),
    )
    const { body } = await other.inject('/poisoned')
    await other.close()
    expect(body).toContain('&lt;script&gt;alert(&quot;x&quot;)')
  })

  it('refuses a page with a hole instead of showing it', async () => {
    const answer = await app.inject('/broken')
    expect(answer.statusCode).toBe(500)
  })

  it('keeps every page free of inline scripts, inline styles and foreign addresses', async () => {
    for (const { id } of samples) {
      const { body } = await app.inject(`/gallery/${id}`)
      expect(body, id).not.toMatch(/<script(?![^>]*\ssrc="\/assets\/)/)
      expect(body, id).not.toMatch(/\sstyle=|<style|\son[a-z]+=/)
      expect(body, id).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//)
    }
  })

  it('gives every form that posts the hidden csrf field', async () => {
    for (const { id } of samples) {
      const { body } = await app.inject(`/gallery/${id}`)
      for (const form of body.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [])
        expect(form, id).toContain('name="csrf" value="sample-csrf"')
    }
  })

  it('uses each id once a page', async () => {
    for (const { id } of samples) {
      const { body } = await app.inject(`/gallery/${id}`)
      const ids = [...body.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1])
      expect(
        ids.filter((name, index) => ids.indexOf(name) !== index),
        id,
      ).toEqual([])
    }
  })

  it('refreshes waiting pages without JavaScript, and only those', async () => {
    const refreshes = async (id: string) =>
      (await app.inject(`/gallery/${id}`)).body.includes('<noscript><meta http-equiv="refresh" content="5"></noscript>')
    expect(await refreshes('exercise-starting')).toBe(true)
    expect(await refreshes('submission-live')).toBe(true)
    expect(await refreshes('exercise-building')).toBe(true)
    expect(await refreshes('exercise-ready')).toBe(false)
    expect(await refreshes('submission-done')).toBe(false)
  })

  it.each(viewFiles)('asks the catalogue only for messages it has in %s', (name) => {
    const source = readFileSync(join(viewsFolder, name), 'utf8')
    const keys = [...source.matchAll(/'((?:pages|errors|jobs)\.[\w.-]*\w)'(?! \+)/g)].map((match) => match[1] ?? '')
    expect(keys.filter((key) => !hasMessage(key))).toEqual([])
  })

  it.each(viewFiles)('holds no sentence of its own in %s', (name) => {
    const source = readFileSync(join(viewsFolder, name), 'utf8')
    const outsideTags = source.replace(/\{#[\s\S]*?#\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, ' ').replace(/<[^>]*>/g, ' ')
    // Names of classes and paths stand between tags where a block or a macro fills an attribute; device names are in the drawing.
    const isNoWord = (piece: string) => !/[A-Za-z]{3,}/.test(piece) || /^\/|--|^-|^aria-|^(PC1|PC2|SW1)$/.test(piece)
    expect(outsideTags.split(/\s+/).filter((piece) => !isNoWord(piece))).toEqual([])
    expect(source.match(/\s(?:title|alt|placeholder|aria-label)="[^"{]*[A-Za-z]{3,}[^"]*"/g) ?? []).toEqual([])
    expect(source.match(/\{\{[^}]*'[A-Z][a-z]+ [a-z][^']*'/g) ?? []).toEqual([])
  })
})
