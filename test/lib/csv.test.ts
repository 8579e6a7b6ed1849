import { describe, expect, it } from 'vitest'
import { csvCell, csvText } from '../../src/lib/csv.ts'

describe('a cell', () => {
  it.each(['=1+1', '+351', '-2', '-\n2', '@sum', '\tx', '\rx', '\n=1'])(
    'that a spreadsheet would run (%j) begins with an apostrophe',
    (text) => {
      expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )

  it.each([
    ['Almeida, Ana', '"Almeida, Ana"'],
    ['Ana "Nita"', '"Ana ""Nita"""'],
    ['a;b', '"a;b"'],
    ['two\nlines', '"two\nlines"'],
    ['João', 'João'],
    ['-', '-'],
  ])('%j is written as %s', (text, written) => {
    expect(csvCell(text)).toBe(written)
  })

  it('keeps a number a number and nothing nothing', () => {
    expect([csvCell(-2.5), csvCell(0), csvCell(null)]).toEqual(['-2.5', '0', ''])
  })
})

it('writes rows with commas, each ended by CRLF', () => {
  expect(
    csvText([
      ['a', 'b'],
      [1, null],
    ]),
  ).toBe('a,b\r\n1,\r\n')
})
