import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listFiles, read, root } from './source.ts'

const document = read('docs/evaluator-proof.md')

it('docs/evaluator-proof.md names tests that exist, as they are called', () => {
  const folders = /(?<![\w/])(?:attacks|browser|cli|clients|evaluations?|exercises|house-rules|lib|real|submissions)\/[\w./-]*[\w]/gu
  const named = document.match(folders) ?? []
  const isThere = (path: string) => ['', '.test.ts'].some((end) => existsSync(join(root, 'test', `${path}${end}`)))
  expect(named.filter((path) => !isThere(path))).toEqual([])
  expect(named.length).toBeGreaterThan(40)

  const sources = listFiles('test', '.test.ts').map(read).join('\n')
  const names = [...document.matchAll(/"([^"\n]+)"/gu)].flatMap(([, name = '']) => name.split('…').map((part) => part.trim()))
  expect(names.filter((part) => !sources.includes(part))).toEqual([])
  expect(names.length).toBeGreaterThan(20)
})
