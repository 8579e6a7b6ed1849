import { describe, expect, it } from 'vitest'
import { rememberFor, rememberParsed } from '../../src/lib/remember.ts'

/** Counts how often it really parses. */
function counting(keep?: number) {
  const seen = { count: 0 }
  const parse = rememberParsed((text) => {
    seen.count += 1
    return { text }
  }, keep)
  return { seen, parse }
}

describe('a parser that remembers', () => {
  it('gives the same object for the same text', () => {
    const { seen, parse } = counting()
    expect(parse('a')).toBe(parse('a'))
    expect(parse('b')).toEqual({ text: 'b' })
    expect(seen.count).toBe(2)
  })

  it('remembers a bounded number of texts', () => {
    const { seen, parse } = counting(2)
    for (const text of ['a', 'b', 'c', 'a']) parse(text)
    expect(seen.count).toBe(4)
  })

  it('remembers no failure', () => {
    const parse = rememberParsed((text): unknown => JSON.parse(text))
    expect(() => parse('{')).toThrow(SyntaxError)
    expect(() => parse('{')).toThrow(SyntaxError)
  })
})

describe('a function that remembers objects', () => {
  it('is computed once per object, also when it gives nothing', () => {
    const seen: object[] = []
    const make = rememberFor((key: object) => {
      seen.push(key)
      return null
    })
    const [one, other] = [{}, {}]
    for (const key of [one, one, other, one]) expect(make(key)).toBeNull()
    expect(seen).toEqual([one, other])
  })
})
