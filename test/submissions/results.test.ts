import { describe, expect, it } from 'vitest'
import { csvCell, type ResultLine, resultsCsv, resultsJson, resultsJunit } from '../../src/submissions/results.ts'

const line = (values: Partial<ResultLine>): ResultLine =>
  ({ userId: 'u', username: 'ana', name: 'Ana', group: null, attempts: 0, submission: null, criteria: [], ...values }) as ResultLine

describe('a cell', () => {
  it.each(['=1+1', '+351', '-2', '@sum', '\tx', '\rx', '\n=1'])('that a spreadsheet would run (%j) begins with an apostrophe', (text) => {
    expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true)
  })

  it.each([
    ['Almeida, Ana', '"Almeida, Ana"'],
    ['Ana "Nita"', '"Ana ""Nita"""'],
    ['a;b', '"a;b"'],
    ['two\nlines', '"two\nlines"'],
    ['João', 'João'],
  ])('%j is written as %s', (text, written) => {
    expect(csvCell(text)).toBe(written)
  })

  it('keeps a number a number and nothing nothing', () => {
    expect([csvCell(-2.5), csvCell(0), csvCell(null)]).toEqual(['-2.5', '0', ''])
  })
})

it('leaves the marks of whoever handed in nothing empty, not zero', () => {
  expect(resultsCsv([line({})], ['pc1']).split('\r\n')[1]).toBe('ana,Ana,,0,,,,,,')
  expect(resultsJson([line({})]).items[0]).toMatchObject({ points: null, maxPoints: null, undecidedPoints: null, criteria: [] })
})

it('writes XML that no name can break', () => {
  const xml = resultsJunit('A & B <"1">', [line({ username: 'a\u0000<b>&"', name: 'x' })])
  expect(xml).toContain('<testsuites name="A &amp; B &lt;&quot;1&quot;&gt;">')
  expect(xml).toContain('name="a\ufffd&lt;b&gt;&amp;&quot;"')
  expect(resultsJunit('Lab 🧪', [])).toContain('name="Lab 🧪"')
  expect(resultsJunit('half \ud83e', [])).toContain('name="half \ufffd"')
})
