import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { samples } from './gallery-app.ts'

const views = fileURLToPath(new URL('../../views/', import.meta.url))

/** Views that are whole pages in our layout, but for the gallery's own list. */
const pages = readdirSync(views, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.njk') && !name.startsWith('gallery'))
  .filter((name) => readFileSync(join(views, name), 'utf8').startsWith('{% extends "layout/page.njk" %}'))

describe('the gallery', () => {
  it('has every page of the product, so that each is looked at in every width and by axe', () => {
    const shown = new Set(samples.map(({ view }) => view))
    expect(pages.length).toBeGreaterThan(20)
    expect(pages.filter((page) => !shown.has(page))).toEqual([])
  })

  it('has every sample under an address of its own', () => {
    const ids = samples.map(({ id }) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })
})
