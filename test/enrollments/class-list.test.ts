import { describe, expect, it } from 'vitest'
import { readClassList } from '../../src/enrollments/class-list.ts'
import { saying } from '../support/said.ts'

const names = (input: string | Uint8Array) =>
  readClassList(input).map(({ username, problem }) => (problem === null ? username : `${username}: ${problem}`))
const refused = (reason: RegExp) => expect.objectContaining({ code: 'CLASS_LIST_INVALID', details: { reason: saying(reason) } })

describe('a class list', () => {
  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
  ])('has its columns by heading, in any order, cut at each %s', (_what, cut) => {
    const text = [
      ['group', 'E-mail', 'Username', 'name'],
      ['P1', 'ana@example.org', 'Ana', 'Ana Almeida'],
    ]
      .map((row) => row.join(cut))
      .join('\r\n')
    expect(readClassList(text)).toEqual([
      { line: 2, username: 'ana', name: 'Ana Almeida', email: 'ana@example.org', group: 'P1', problem: null },
    ])
  })

  it('may be headed in Portuguese', () => {
    expect(readClassList('Nome;Utilizador;Turma\nAna Conceição;a1;P2\n')).toMatchObject([
      { username: 'a1', name: 'Ana Conceição', group: 'P2', problem: null },
    ])
  })

  it('may be plain names, one a line, without a heading', () => {
    expect(names('ana\nbruno\n\ncarla')).toEqual(['ana', 'bruno', 'carla'])
    expect(readClassList('ana\n\nbruno').map(({ line }) => line)).toEqual([1, 3])
  })

  it('may be UTF-8 with or without a mark at its start, or Windows-1252', () => {
    const text = 'username,name\na1,João Conceição\n'
    const latin = Buffer.from(text, 'latin1')
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), latin])
      expect(readClassList(bytes)).toMatchObject([{ username: 'a1', name: 'João Conceição', line: 2 }])
    expect(readClassList(`\ufeff${text}`)).toHaveLength(1)
    expect(readClassList(Buffer.from([...Buffer.from('username,name\na1,'), 0x80]))).toMatchObject([{ name: '€' }])
  })

  it('may quote what holds the separator, a quote or a line end', () => {
    expect(readClassList('username,name,group\na1,"Almeida, Ana ""Nita""",P1\na2,"Two\nlines",P2\n')).toMatchObject([
      { username: 'a1', name: 'Almeida, Ana "Nita"', group: 'P1' },
      { username: 'a2', name: 'Two lines', group: 'P2' },
    ])
  })

  it('keeps a cell that looks like a formula as the text it is, but not as a user name', () => {
    expect(readClassList('username,name\na1,=HYPERLINK("http://evil.example")')).toMatchObject([
      { name: '=HYPERLINK("http://evil.example")', problem: null },
    ])
    expect(names('username\n=cmd|x\n@sum\n+1')).toEqual(['=cmd|x: bad-username', '@sum: bad-username', '+1: bad-username'])
  })

  it('says of each line what is wrong with it and loses none', () => {
    const text = 'username,name,email\nana\n,Nobody\nbad name\nana,again\nbruno,B,not-an-address\ncarla,C,c@example.org,x,y\n'
    expect(names(text)).toEqual(['ana', ': no-username', 'bad name: bad-username', 'ana: duplicate', 'bruno: bad-email', 'carla: columns'])
    expect(readClassList(text).map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7])
  })

  it('takes two spellings of one name for a duplicate', () => {
    expect(names('ana\nANA')).toEqual(['ana', 'ana: duplicate'])
  })

  it('does not take a name for a duplicate of a line that cannot be used', () => {
    expect(names('username,email\nana,broken\nana,ana@example.org')).toEqual(['ana: bad-email', 'ana'])
  })

  it('takes control characters out of names', () => {
    expect(readClassList('username,name\na1,Ana\u0007\u001b[31m')).toMatchObject([{ name: 'Ana  [31m' }])
  })
})

describe('what is no class list', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /no names/],
    ['a heading alone', 'username,name\n', /no names/],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /not a text file/],
    ['a workbook', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 8, 0]), /not a text file/],
    ['a file of 3 MB', 'a'.repeat(3_000_000), /2 MB/],
    ['more than 5000 lines', Array.from({ length: 5_001 }, (_, index) => `s${index}`).join('\n'), /5000/],
    ['one endless line', `username,name\na1,${'x'.repeat(20_000)}`, /line 2 is too long/],
    ['a quote that never ends', 'username,name\na1,"Ana\n', /line \d: a quote/],
  ])('is refused as a whole: %s', (_what, input, reason) => {
    expect(() => readClassList(input)).toThrow(refused(reason))
  })
})
