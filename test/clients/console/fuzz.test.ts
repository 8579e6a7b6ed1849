import { beforeAll, describe, expect, it } from 'vitest'
import type { FuzzCase } from './fuzz/cases.ts'
import { listCases } from './fuzz/cases.ts'
import { describeReport, type FuzzReport, fuzz, mildRate, planNamed, playable, totalRate } from './fuzz/fuzz.ts'
import { runCase } from './fuzz/run-seed.ts'

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

describe('seeds that once gave a wrong verdict', () => {
  const cases = listCases()
  it.each([
    [8481, 'cisco_nxos/command/refused', 'an older screen was taken for the answer while the newer one was drawn'],
    [5194, 'cisco_ios/ospf_neighbour/invalid-input', 'an older screen was taken for the answer while the newer one was drawn'],
    [6346, 'juniper_junos/ospf_neighbour/mtu-differs', 'lines that were typed before an empty answer and a prompt behind them'],
    [5242, 'vpcs/interface_state/mac-and-mtu', 'lines that were typed into an answer and are lost afterwards'],
    [5354, 'vpcs/interface_state/mac-and-mtu', 'lines that were typed into an answer and are lost afterwards'],
  ])('%i, %s: %s', async (seed, name) => {
    const { one, disturbance } = planNamed(seed, name, cases)
    const { verdict } = await runCase(one, disturbance, seed)
    expect([one.expected, 'inconclusive']).toContain(verdict)
  })
})
