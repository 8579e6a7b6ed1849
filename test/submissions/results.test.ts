import { expect, it } from 'vitest'
import { type ResultLine, resultsCsv, resultsJson, resultsJunit } from '../../src/submissions/results.ts'

const line = (values: Partial<ResultLine>): ResultLine =>
  ({ userId: 'u', username: 'ana', name: 'Ana', group: null, attempts: 0, submission: null, criteria: [], ...values }) as ResultLine

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
