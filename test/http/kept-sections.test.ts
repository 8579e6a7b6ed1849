import { describe, expect, it } from 'vitest'
import { createKeptSections } from '../../src/http/kept-sections.ts'
import { runInLocale } from '../../src/strings/index.ts'

/** Macros that count how often they ran. */
function makeMacros() {
  let runs = 0
  const section = (...values: readonly unknown[]) => {
    runs += 1
    return `<p>${JSON.stringify(values)}</p>`
  }
  return { macros: { section }, runs: () => runs }
}

describe('kept sections', () => {
  it('are rendered once for the same values', () => {
    const { macros, runs } = makeMacros()
    const { render } = createKeptSections()
    const first = render(macros, 'section', { state: 'ready' }, 'token')
    expect(render(macros, 'section', { state: 'ready' }, 'token')).toBe(first)
    expect(runs()).toBe(1)
  })

  it('are others for another value, another token, another language, another file of components', () => {
    const { macros, runs } = makeMacros()
    const again = makeMacros()
    const { render } = createKeptSections()
    render(macros, 'section', { state: 'ready' }, 'token')
    expect(render(macros, 'section', { state: 'stopped' }, 'token')).toContain('stopped')
    expect(render(macros, 'section', { state: 'ready' }, 'other')).toContain('other')
    runInLocale('pt', () => render(macros, 'section', { state: 'ready' }, 'token'))
    expect(runs()).toBe(4)
    render(again.macros, 'section', { state: 'ready' }, 'token')
    expect(again.runs()).toBe(1)
  })

  it('go in the order in which nobody asked for them, once there are too many', () => {
    const { macros, runs } = makeMacros()
    const { render } = createKeptSections(100)
    for (const name of ['a', 'b', 'a', 'c', 'd', 'e']) render(macros, 'section', name)
    expect(runs()).toBe(5)
    render(macros, 'section', 'e')
    expect(runs()).toBe(5)
    render(macros, 'section', 'b')
    expect(runs()).toBe(6)
  })

  it('are never made of markup, which a key cannot tell from text', () => {
    const { macros } = makeMacros()
    const { render } = createKeptSections()
    render(macros, 'section', '<b>bold</b>')
    expect(() => render(macros, 'section', new String('<b>bold</b>'))).toThrow('not of markup')
    expect(() => render(macros, 'missing')).toThrow('no macro "missing"')
  })
})
