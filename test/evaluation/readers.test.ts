import { describe, expect, it } from 'vitest'
import { commandModules } from '../../src/evaluation/index.ts'
import { platforms } from '../../src/evaluation/platforms/index.ts'
import { listFixtures, readFixture } from './console-fixture.ts'

const fixtures = listFixtures()

describe('readers', () => {
  for (const fixture of fixtures) {
    const { platform, module, name, expected } = fixture
    it(`${platform} ${module}: ${name.replaceAll('-', ' ')}`, async () => {
      const { unread, facts, judgement, left } = await readFixture(fixture)
      expect(left, 'answers nobody asked for').toBe(0)
      if (expected.unreadable !== undefined) {
        expect(unread).toMatchObject({ unreadable: expected.unreadable.code, cause: expected.unreadable.cause })
        expect(facts).toBeUndefined()
        return
      }
      expect(unread).toBeNull()
      expect(facts).toEqual(expected.facts)
      expect([judgement?.verdict, judgement?.reason.code]).toEqual([expected.verdict, expected.reason])
    })
  }

  for (const platform of platforms) {
    for (const reader of platform.readers) {
      it(`${platform.id} ${reader.module} has a passing, a failing and an unreadable fixture`, () => {
        const own = fixtures.filter((fixture) => fixture.platform === platform.id && fixture.module === reader.module)
        expect(own.map(({ expected }) => expected.verdict)).toEqual(expect.arrayContaining(['pass', 'fail', 'inconclusive']))
        expect(own.some(({ expected }) => expected.unreadable !== undefined)).toBe(true)
      })
    }
  }

  /** Written after a manual, or by hand: nothing that somebody has shown to come from a device. */
  const isUnproven = (source: string): boolean => /^(?:documented|made|what|wording|message)\b/.test(source)

  for (const platform of platforms) {
    for (const reader of platform.readers.filter(({ proof }) => proof === 'transcript')) {
      it(`${platform.id} ${reader.module} passes and fails on published output, as its mark says`, () => {
        const own = fixtures.filter((fixture) => fixture.platform === platform.id && fixture.module === reader.module)
        const shown = own.filter(({ expected: { source } }) => !isUnproven(source)).map(({ expected: { verdict } }) => verdict)
        expect(shown).toEqual(expect.arrayContaining(['pass', 'fail']))
      })
    }
  }

  it('binds every reader to a kind of the catalogue', () => {
    const known = commandModules.map(({ name }) => name)
    for (const platform of platforms) for (const reader of platform.readers) expect(known).toContain(reader.module)
  })
})
