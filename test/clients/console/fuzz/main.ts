import { listCases } from './cases.ts'
import { describeReport, fuzz, mildRate, planSeed, playable, totalRate } from './fuzz.ts'
import { runCase } from './run-seed.ts'

/**
 * `npm run fuzz [-- SEEDS [FIRST]]`: recorded conversations on consoles that misbehave, 10,000 seeds unless told otherwise (also by the
 * variable FUZZ_SEEDS). `npm run fuzz -- --seed N` plays one seed and shows what was read. Ends with 1 on a wrong verdict or a missed rate.
 */
const words = process.argv.slice(2)
const cases = await playable(listCases())

async function showSeed(seed: number): Promise<void> {
  const { one, disturbance } = planSeed(seed, cases)
  const outcome = await runCase(one, disturbance, seed, (from, text, atMs) =>
    console.log(`${atMs % 1_000_000} ${from}: ${JSON.stringify(text)}`),
  )
  console.log(
    `${one.name} (${one.expected}), ${disturbance.scenario} -> ${outcome.verdict} ${outcome.reason}\n${outcome.notes.join('\n')}\n${outcome.texts.join('\n')}`,
  )
}

async function run(): Promise<void> {
  const seeds = Number(words[0] ?? process.env.FUZZ_SEEDS ?? 10_000)
  const report = await fuzz({ cases, first: Number(words[1] ?? 1), seeds, atOnce: 200 })
  console.log(describeReport(report))
  if (report.wrong.length > 0 || mildRate(report) < 0.99 || totalRate(report) < 0.9) process.exitCode = 1
}

await (words[0] === '--seed' ? showSeed(Number(words[1])) : run())
