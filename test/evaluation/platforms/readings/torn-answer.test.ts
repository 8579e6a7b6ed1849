import { describe, expect, it } from 'vitest'
import type { Observation } from '../../../../src/evaluation/index.ts'
import { torn } from '../../../../src/evaluation/platforms/readings/torn-answer.ts'
import { listFixtures, readFixture } from '../../console-fixture.ts'

/** A Linux answer stands between marks that nobody else knows. */
const fixtures = listFixtures().filter(({ module, platform }) => module !== 'command' && platform !== 'linux')

/** The first answer of the fixture, given twice over: as by somebody who lets a command run again, or copies its answer. */
const doubled = (answer: Observation): Observation => ({ ...answer, text: `${answer.text.trimEnd()}\n${answer.text}` })
/** Our own command stands in the answer. */
const echoed = (answer: Observation): Observation => ({ ...answer, text: `${answer.text.trimEnd()}\n  ${answer.command}\n` })

describe('an answer that was not given by the device alone', () => {
  it('is none of those that devices gave', () => {
    const seen = fixtures.filter(({ expected }) => expected.unreadable === undefined)
    expect(seen.length).toBeGreaterThan(600)
    for (const { platform, module, name, answers } of seen)
      for (const answer of answers) expect([platform, module, name, torn(answer)]).toEqual([platform, module, name, null])
  })

  it('is one that holds our command a second time, whoever reads it', async () => {
    for (const fixture of fixtures.filter(({ expected: { verdict }, answers }) => verdict === 'pass' && answers.length === 1)) {
      // a recorded ping need not have been asked in our form
      if (['configuration', 'file', 'ping', 'traceroute'].includes(fixture.module)) continue
      const { unread } = await readFixture({ ...fixture, answers: fixture.answers.map(echoed) })
      expect([fixture.platform, fixture.module, fixture.name, unread === null]).toEqual([
        fixture.platform,
        fixture.module,
        fixture.name,
        false,
      ])
    }
  })

  it.each(['arp', 'vlan', 'ospf_neighbour', 'bgp_peer', 'interface_address', 'isis_neighbour', 'ping', 'route', 'nat'])(
    'never passes when all of it comes twice: %s',
    async (module) => {
      const passing = fixtures.filter(({ expected, ...one }) => one.module === module && expected.verdict === 'pass')
      expect(passing.length).toBeGreaterThan(0)
      for (const fixture of passing) {
        const { unread } = await readFixture({ ...fixture, answers: fixture.answers.map(doubled) })
        // one line says the same twice
        const isShort = fixture.answers.every(({ text }) => text.trim().split('\n').length < 2)
        expect([fixture.platform, fixture.name, isShort || unread !== null]).toEqual([fixture.platform, fixture.name, true])
      }
    },
  )
})
