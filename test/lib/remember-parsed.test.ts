import { describe, expect, it } from 'vitest'
import { rememberParsed } from '../../src/lib/remember-parsed.ts'

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
