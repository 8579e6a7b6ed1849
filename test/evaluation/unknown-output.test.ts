import { describe, expect, it } from 'vitest'
import { CannotAsk, type Observation } from '../../src/evaluation/index.ts'
import type { Proof } from '../../src/evaluation/platform.ts'
import { platforms } from '../../src/evaluation/platforms/index.ts'
import { type ConsoleFixture, listFixtures, readFixture } from './console-fixture.ts'

/** Output that no manual shows: words, a table with other headings, JSON of another shape, a fragment. */
const unknownOutputs: Readonly<Record<string, string>> = {
  words: 'Operation completed by the supervisor module in slot 3',
  table: 'Widget      Mode      Colour\n----------  --------  ------\nalpha       enabled   blue\nbeta        disabled  10.0.0.1\n',
  json: '{"widgets": [{"mode": "enabled", "address": "10.0.0.1"}], "total": 1}',
  fragment: '10.0.0.1 up 53 www established Full',
}

/** `command` compares whatever the device says: no output is unknown to it. */
const cellsOf = (proof: Proof) =>
  platforms.flatMap((platform) =>
    platform.readers.flatMap((reader) =>
      reader.proof === proof && reader.module !== 'command' ? [{ platform: platform.id, module: reader.module }] : [],
    ),
  )
const fixtures = listFixtures().filter(({ expected }) => expected.unreadable === undefined)

async function readInstead(fixture: ConsoleFixture, at: number, text: string) {
  const change = (answer: Observation): Observation => ({ ...answer, text, raw: Buffer.from(text) })
  const answers = fixture.answers.map((answer, index) => (index === at ? change(answer) : answer))
  try {
    const { unread, judgement } = await readFixture({ ...fixture, answers })
    return unread === null ? `${judgement?.verdict} ${judgement?.reason.code}` : 'undecided'
  } catch (error) {
    // the engine makes `inconclusive` of it, as of what could not be read
    if (error instanceof CannotAsk) return 'undecided'
    throw error
  }
}

/** What each answer of each fixture comes to when the device says something unknown in its place. */
async function outcomesOf(cell: { platform: string; module: string }) {
  const own = fixtures.filter((fixture) => fixture.platform === cell.platform && fixture.module === cell.module)
  const outcomes = []
  for (const fixture of own)
    for (const [at, { command }] of fixture.answers.entries())
      for (const [kind, text] of Object.entries(unknownOutputs)) {
        const outcome = await readInstead(fixture, at, text)
        outcomes.push({ outcome, recorded: fixture.expected.verdict, where: `${fixture.name}, ${command}, ${kind}: ${outcome}` })
      }
  expect(outcomes.length).toBeGreaterThan(0)
  return outcomes
}

describe('output that nobody has documented', () => {
  it.each(cellsOf('documented'))('leaves a cell that is only documented undecided: $platform $module', async (cell) => {
    const decided = (await outcomesOf(cell)).filter(({ outcome }) => outcome !== 'undecided')
    expect(decided.map(({ where }) => where)).toEqual([])
  })

  it.each(cellsOf('transcript'))('may cost a transcript cell its reason, and never turns its verdict: $platform $module', async (cell) => {
    const turned = (await outcomesOf(cell)).filter(
      ({ outcome, recorded }) => !['undecided', 'inconclusive', recorded].includes(outcome.split(' ')[0] ?? ''),
    )
    expect(turned.map(({ where }) => where)).toEqual([])
  })
})
