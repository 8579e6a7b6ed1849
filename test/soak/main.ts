import { parseArgs } from 'node:util'
import { runSoak, tooRare } from './soak.ts'

/**
 * `npm run soak [-- --runs 2000] [--seed 1] [--lanes 12] [--speed 20] [--minutes 40]`: random classes against a Proxmox that misbehaves, by
 * an application that dies. Prints every fault and kill point with its count; 1 when something does not agree or occurred too rarely.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '12' },
    speed: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '40' },
  },
})
const runs = Number(values.runs)
const report = await runSoak({
  runs,
  firstSeed: Number(values.seed),
  lanes: Number(values.lanes),
  speed: Math.min(20, Number(values.speed)),
  untilMs: Date.now() + Number(values.minutes) * 60_000,
  say: (line) => console.log(line),
})
/** Of 2,000 classes each fault is met 50 times, each kill point 10 times, and 100 processes are killed; of fewer, so much less often. */
const share = report.runs / 2_000
const rare = tooRare(report, { fault: Math.floor(50 * share), death: Math.floor(10 * share), sigkill: Math.floor(100 * share) })
const table = (title: string, counts: Readonly<Record<string, number>>) => {
  console.log(`\n${title}`)
  for (const [name, count] of Object.entries(counts)) console.log(`  ${String(count).padStart(6)}  ${name}`)
}
table('faults that struck', report.faults)
table('kill points', report.deaths)
const { thread, process: killed } = report.killed
console.log(`\n${report.runs} classes; ${thread} threads terminated, ${killed} processes killed; ${report.repeats} repeats by hand`)
for (const line of [...report.problems, ...rare]) console.log(line)
process.exitCode = report.problems.length > 0 || rare.length > 0 || report.runs < runs ? 1 : 0
