import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCatalogue } from '../../src/errors.ts'
import { explain } from '../../src/evaluation/index.ts'
import { hasMessage } from '../../src/strings/index.ts'
import { listFixtures, readFixture } from './console-fixture.ts'

const source = new URL('../../src/', import.meta.url).pathname
const read = (folder: string) =>
  readdirSync(source + folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(`${source}${folder}/${path}`, 'utf8'))
    .join('\n')

/** Codes as they are written in calls of pass, fail, inconclusive, skipped, unreadable and CannotAsk. */
function codesIn(text: string): string[] {
  const calls = [...text.matchAll(/\b(?:pass|fail|inconclusive|skipped|unreadable|CannotAsk)\(\s*'([A-Z][A-Z0-9_]+)'/g)]
  return [...new Set(calls.flatMap((call) => call[1] ?? []))]
}

describe('explanations', () => {
  const codes = codesIn(read('evaluation') + read('evaluations'))

  it('finds the codes that are used', () => {
    expect(codes.length).toBeGreaterThan(30)
  })

  it.each([...codes, ...Object.keys(errorCatalogue).filter((code) => code.startsWith('CONSOLE_'))])(
    '%s has a sentence for why and found',
    (code) => {
      expect(hasMessage(`reasons.${code}.why`)).toBe(true)
      expect(hasMessage(`reasons.${code}.found`)).toBe(true)
    },
  )

  for (const fixture of listFixtures().filter(({ expected }) => expected.unreadable === undefined)) {
    it(`are complete sentences for ${fixture.platform} ${fixture.module} ${fixture.name}`, async () => {
      const { judgement } = await readFixture(fixture)
      if (judgement === null) throw new Error('not judged')
      const { why, found } = explain({ device: fixture.expected.device, reason: judgement.reason, expected: null })
      expect(why).toMatch(/^[A-Z0-9].*\.$/)
      expect(`${why} ${found}`).not.toMatch(/[{}]|undefined|\[object/)
      expect(why).toContain(fixture.expected.device)
    })
  }

  it('show the code when a stored reason is of a version that knew more', () => {
    expect(explain({ device: 'R1', reason: { code: 'FROM_THE_FUTURE', data: {} }, expected: { code: 'NOT_KNOWN', data: {} } })).toEqual({
      why: 'FROM_THE_FUTURE',
      found: 'FROM_THE_FUTURE',
      expected: 'NOT_KNOWN',
    })
  })
})
