import { describe, expect, it } from 'vitest'
import { isRegex, matchBounded, matchOne } from '../../src/lib/bounded-regex.ts'

const nearly = `${'a'.repeat(60)}!`

describe('a bounded regular expression', () => {
  it('finds what an ordinary one finds, with its named groups', () => {
    expect(matchOne('cost (?<cost>\\d+)(?<unit> ms)?', 'has cost 12 here')).toEqual({
      index: 4,
      text: 'cost 12',
      groups: { cost: '12', unit: null },
    })
    expect(matchOne('^no$', 'no way')).toBeNull()
    expect(matchOne('^B.c$', 'a\nb\nc', 'ims')).toMatchObject({ index: 2, text: 'b\nc' })
  })

  it('answers several questions at once, each on its own texts', () => {
    const answer = matchBounded([
      { pattern: '\\d', texts: ['a1', 'b'] },
      { pattern: 'B', flags: 'i', texts: ['b'] },
    ])
    expect('matches' in answer && answer.matches.map((row) => row.map((match) => match?.text ?? null))).toEqual([['1', null], ['b']])
  })

  it.each(['(a+)+$', '(a|aa)+$', '^(a*)*b', '(\\w+\\s?)*$x', '(.*)*\\1y'])('stops %s, which would not end in a lifetime', (pattern) => {
    expect(matchBounded([{ pattern, texts: [nearly] }], 30)).toEqual({ tooSlow: true })
  })

  it('stops in the middle of several questions', () => {
    const fine = { pattern: 'a', texts: ['a'] }
    expect(matchBounded([fine, { pattern: '(a+)+$', texts: [nearly] }, fine], 30)).toEqual({ tooSlow: true })
  })

  it('works again after it stopped one', () => {
    matchBounded([{ pattern: '(a+)+$', texts: [nearly] }], 30)
    expect(matchOne('a', 'a')).toMatchObject({ text: 'a' })
  })

  it('keeps patterns and texts apart from code', () => {
    expect(matchOne('"\\);process', '");process')).toMatchObject({ index: 0 })
    expect(matchOne('(?<__proto__>x)', 'x')).toMatchObject({ text: 'x' })
    expect(matchOne('\u2028', 'a\u2028')).toMatchObject({ index: 1 })
  })

  it('knows what cannot be compiled, and takes no flag that remembers', () => {
    expect(['(', '[z-a]', '*', '(?<a>x)(?<a>y)'].map((pattern) => isRegex(pattern))).toEqual([false, false, false, false])
    expect(['g', 'y', 'ii', 'x'].map((flags) => isRegex('a', flags))).toEqual([false, false, false, false])
    expect(isRegex('^a+$', 'ims')).toBe(true)
    expect(() => matchOne('(', 'x')).toThrow(SyntaxError)
  })
})
