import { describe, expect, it } from 'vitest'
import { findCycle } from './find-cycle.ts'
import { apart, areaOf, domains, layers, levelOf } from './layers.ts'
import { at, type Import, listFiles, sourceImports } from './source.ts'

const inner = sourceImports.filter((one) => !one.isPackage)
const crossing = inner.filter((one) => areaOf(one.from) !== areaOf(one.to))

/** A route is handed the services it needs as one object: it may name that type, though services.ts stands above it. */
const isServicesType = ({ to, isTypeOnly }: Import) => to === 'src/services.ts' && isTypeOnly

describe('imports', () => {
  it('knows every part of src', () => {
    const areas = new Set(listFiles('src', '.ts').map(areaOf))
    const known = new Set([...layers.flat(), ...Object.keys(apart)])
    expect([...areas].filter((area) => !known.has(area))).toEqual([])
    expect([...known].filter((area) => !areas.has(area))).toEqual([])
  })

  it('go down the layers only', () => {
    const wrong = crossing.filter((one) => {
      const [from, to] = [levelOf(areaOf(one.from)), levelOf(areaOf(one.to))]
      return areaOf(one.from) !== 'sandbox' && areaOf(one.to) !== 'sandbox' && from >= to && !isServicesType(one)
    })
    expect(wrong.map(at)).toEqual([])
  })

  it('keep the sandbox apart', () => {
    const wrong = crossing.filter((one) => {
      if (areaOf(one.from) === 'sandbox') return !apart.sandbox.some((area) => area === areaOf(one.to))
      return areaOf(one.to) === 'sandbox' && !['cli', 'demo'].includes(areaOf(one.from))
    })
    expect(wrong.map(at)).toEqual([])
  })

  it("enter a domain by its index.ts, or by its views, of which others' pages are composed", () => {
    const tablesOfContents = ['src/app.ts', 'src/pages.ts']
    const wrong = crossing.filter((one) => {
      const isDomain = domains.some((domain) => domain === areaOf(one.to))
      return isDomain && !/\/index\.ts$|\.(?:views|pages)\.ts$/u.test(one.to) && !tablesOfContents.includes(one.from)
    })
    expect(wrong.map(at)).toEqual([])
  })

  it('have no cycles', () => {
    const valueImports = inner.filter((one) => !one.isTypeOnly)
    const graph = new Map<string, string[]>()
    for (const { from, to } of valueImports) graph.set(from, [...(graph.get(from) ?? []), to])
    expect(findCycle(graph)).toEqual([])
  })
})

describe('the search for cycles', () => {
  it('finds one, and none in a diamond', () => {
    const of = (edges: Record<string, string[]>) => findCycle(new Map(Object.entries(edges)))
    expect(of({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b'])
    expect(of({ a: ['b', 'c'], b: ['d'], c: ['d'] })).toEqual([])
  })
})
