import type { FuzzCase } from './cases.ts'
import { calm, type Disturbance, disturbanceOf, mildScenarios, type Scenario, scenarios } from './disturbance.ts'
import { createRandom } from './random.ts'
import { type Outcome, runBaseline, runCase } from './run-seed.ts'

export interface Wrong {
  readonly seed: number
  readonly name: string
  readonly scenario: Scenario
  readonly expected: string
  readonly got: Outcome
}

export interface Tally {
  runs: number
  decided: number
}

export interface FuzzReport {
  readonly seeds: number
  /** A verdict other than the recording's: there must be none. */
  readonly wrong: readonly Wrong[]
  /** Seeds whose recording has a verdict: decided = it was kept. */
  readonly byScenario: ReadonlyMap<Scenario, Tally>
  /** What remained undecided, by scenario and reason. */
  readonly undecided: ReadonlyMap<string, readonly number[]>
}

export interface FuzzOptions {
  readonly cases: readonly FuzzCase[]
  readonly first: number
  readonly seeds: number
  /** Seeds that run at the same time, each in a time of its own. */
  readonly atOnce: number
}

interface SeedPlan {
  readonly one: FuzzCase
  readonly disturbance: Disturbance
}

/** The recordings that give their verdict when they are played on a quiet console; the others cannot be played there (another exit status). */
export async function playable(cases: readonly FuzzCase[]): Promise<FuzzCase[]> {
  const outcomes = await Promise.all(cases.map(runBaseline))
  return cases.filter((one, index) => outcomes[index]?.verdict === one.expected)
}

/** What a seed does: which recording, and what happens to it. */
export function planSeed(seed: number, cases: readonly FuzzCase[]): SeedPlan {
  const random = createRandom(seed)
  const one = cases[random.between(0, cases.length - 1)]
  if (!one) throw new Error('no cases')
  const disturbance = disturbanceOf(random, one.platform)
  // what was recorded without its end holds nothing that could speak against a liar
  const isOpen = one.expected === 'inconclusive' && disturbance.scenario.startsWith('liar')
  return { one, disturbance: isOpen ? calm : disturbance }
}

/** What the seed does to a recording that is named: the seed's own plan, whatever recordings were added since. */
export function planNamed(seed: number, name: string, cases: readonly FuzzCase[]): SeedPlan {
  const random = createRandom(seed)
  random.next() // the choice of the recording
  const one = cases.find((candidate) => candidate.name === name)
  if (!one) throw new Error(`no recording ${name}`)
  return { one, disturbance: disturbanceOf(random, one.platform) }
}

/** Plays recorded conversations through the product on consoles that misbehave as real ones do. Time is virtual. */
export async function fuzz({ cases, first, seeds, atOnce }: FuzzOptions): Promise<FuzzReport> {
  const wrong: Wrong[] = []
  const byScenario = new Map(scenarios.map((name) => [name, { runs: 0, decided: 0 }]))
  const undecided = new Map<string, number[]>()
  let next = first
  const run = async () => {
    while (next < first + seeds) {
      const seed = next
      next += 1
      const { one, disturbance } = planSeed(seed, cases)
      const got = await runCase(one, disturbance, seed)
      const isDecided = got.verdict === 'pass' || got.verdict === 'fail'
      if (isDecided && got.verdict !== one.expected) {
        wrong.push({ seed, name: one.name, scenario: disturbance.scenario, expected: one.expected, got })
      }
      const tally = byScenario.get(disturbance.scenario)
      if (!tally || one.expected === 'inconclusive') continue
      tally.runs += 1
      if (isDecided) tally.decided += 1
      else
        undecided.set(`${disturbance.scenario}: ${got.reason}`, [...(undecided.get(`${disturbance.scenario}: ${got.reason}`) ?? []), seed])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, run))
  return { seeds, wrong, byScenario, undecided }
}

const share = ({ runs, decided }: Tally): number => (runs === 0 ? 1 : decided / runs)

const sum = (report: FuzzReport, isCounted: (name: Scenario) => boolean): Tally =>
  [...report.byScenario]
    .filter(([name]) => isCounted(name))
    .reduce((all, [, one]) => ({ runs: all.runs + one.runs, decided: all.decided + one.decided }), { runs: 0, decided: 0 })

/** Share of the verdicts that come through when there are only splits, delays and interleaving. */
export const mildRate = (report: FuzzReport): number => share(sum(report, (name) => mildScenarios.has(name)))

/** Share over everything. */
export const totalRate = (report: FuzzReport): number => share(sum(report, () => true))

const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`

/** The rates, as they are printed. */
export function describeReport(report: FuzzReport): string {
  const lines = [...report.byScenario].map(
    ([name, tally]) => `  ${name.padEnd(20)} ${String(tally.runs).padStart(6)} runs  ${percent(share(tally)).padStart(8)} decided`,
  )
  const left = [...report.undecided].map(([what, seeds]) => `  ${what}: ${seeds.length} (seeds ${seeds.slice(0, 5).join(', ')})`)
  const wrong = report.wrong.map(
    ({ seed, name, scenario, expected, got }) =>
      `  WRONG seed ${seed}: ${name}, ${scenario}: ${expected} became ${got.verdict} (${got.reason})`,
  )
  return [
    `${report.seeds} seeds, ${report.wrong.length} wrong verdicts; splits, delays and interleaving: ${percent(mildRate(report))} kept; over all: ${percent(totalRate(report))} decided`,
    ...lines,
    'undecided:',
    ...left,
    ...wrong,
  ].join('\n')
}
