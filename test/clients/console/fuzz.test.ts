import { beforeAll, describe, expect, it } from 'vitest'
import type { FuzzCase } from './fuzz/cases.ts'
import { listCases } from './fuzz/cases.ts'
import { describeReport, type FuzzReport, fuzz, mildRate, playable, totalRate } from './fuzz/fuzz.ts'

/** `npm run fuzz` plays ten times as many. */
const seeds = Number(process.env.FUZZ_SEEDS ?? 1_000)

describe(`recorded answers on consoles that misbehave, ${seeds} times`, () => {
  let all: readonly FuzzCase[]
  let cases: readonly FuzzCase[]
  let report: FuzzReport
  beforeAll(async () => {
    all = listCases()
    cases = await playable(all)
    report = await fuzz({ cases, first: 1, seeds, atOnce: 200 })
    console.log(describeReport(report))
  }, 300_000)

  it('plays nearly every recording', () => {
    expect(cases.length).toBeGreaterThan(all.length * 0.8)
  })

  it('never give another verdict than the recorded one', () => {
    expect(report.wrong.map(({ seed, name, scenario, got }) => `seed ${seed}, ${name}, ${scenario}: ${got.verdict} ${got.reason}`)).toEqual(
      [],
    )
  })

  it('keep at least 99 % of the verdicts under splits, delays and interleaving', () => {
    expect(mildRate(report)).toBeGreaterThanOrEqual(0.99)
  })

  it('leave at most a tenth undecided over all', () => {
    expect(totalRate(report)).toBeGreaterThanOrEqual(0.9)
  })
})
