import { describe, expect, it } from 'vitest'
import { atJsonPath, parseJsonPath } from '../../src/evaluation/json-path.ts'

const json = { a: { b: [{ 'c d': 1 }, null] }, length: 3 }

describe('a path into JSON', () => {
  it.each([
    ['$', json],
    ['$.a.b[0]["c d"]', 1],
    ["a.b[0]['c d']", 1],
    ['$.a.b[1]', null],
    ['length', 3],
    ['$.a.b[2]', undefined],
    ['$.a.b.length', undefined],
    ['$.toString', undefined],
    ['$.a[0]', undefined],
  ])('%s means one value', (text, value) => {
    const path = parseJsonPath(text)
    expect(path && atJsonPath(json, path)).toEqual(value)
  })

  it.each(['', '$.', '$..a', '$.a[*]', '$.a[', 'a b', '$[1', "$['a]"])('%j is none', (text) => {
    expect(parseJsonPath(text)).toBeUndefined()
  })

  it('begins with an index where the JSON is a list', () => {
    expect(atJsonPath([{ mtu: 1500 }], parseJsonPath('[0].mtu') ?? [])).toBe(1500)
  })
})
