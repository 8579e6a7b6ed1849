import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * All that must hold before a change lands: types, lint and format, every suite. `./netpraxis test` and the pipeline run exactly this.
 * Arguments name stages (`types`, `lint`, `unit`, ...); without any, all run. The last line is the sum over all of them.
 */
const outcomeSchema = z.object({
  passed: z.number(),
  failed: z.array(z.string()),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  repeated: z.array(z.string()),
})
type Outcome = z.infer<typeof outcomeSchema>

const bin = (name: string) => join('node_modules', '.bin', name)
const tools = { types: [bin('tsc'), '--noEmit'], lint: [bin('biome'), 'ci', '--max-diagnostics=50'] } as const
const suites = ['unit', 'journeys', 'real', 'browser'] as const
/** A suite that hangs must not eat the half hour the pipeline has. */
const limitMinutes = { types: 5, lint: 3, unit: 18, journeys: 20, real: 22, browser: 12 } as const
type Stage = keyof typeof limitMinutes
const signals = ['SIGINT', 'SIGTERM'] as const

/** Runs a program to its end, its output going straight to ours; false when it failed or had to be stopped. */
function run(command: readonly string[], minutes: number, env: Record<string, string> = {}): Promise<boolean> {
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      timeout: minutes * 60_000,
    })
    // whoever ends the check ends what it started
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal)
      process.exit(130)
    }
    for (const signal of signals) process.once(signal, end)
    child.on('error', (error) => {
      console.error(error.message)
      resolve(false)
    })
    child.on('exit', (code, signal) => {
      for (const each of signals) process.off(each, end)
      if (signal !== null) console.error(`${program} was ended by ${signal} (limit ${minutes} min)`)
      resolve(code === 0)
    })
  })
}

async function runTool(stage: keyof typeof tools): Promise<Outcome> {
  const isFine = await run(tools[stage], limitMinutes[stage])
  return { passed: isFine ? 1 : 0, failed: isFine ? [] : [stage], skipped: [], repeated: [] }
}

async function runSuite(stage: (typeof suites)[number]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-check-'))
  const file = join(folder, 'outcome.json')
  const command = [bin('vitest'), 'run', '--project', stage, '--reporter=default', '--reporter=./test/check-reporter.ts']
  const isFine = await run(command, limitMinutes[stage], { NETPRAXIS_CHECK_OUTCOME: file })
  const outcome = existsSync(file)
    ? outcomeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { passed: 0, failed: [], skipped: [], repeated: [] }
  rmSync(folder, { recursive: true })
  // The runner has failed although no test has (nothing found, cut off): that is one failure, never a silent zero.
  return isFine || outcome.failed.length > 0 ? outcome : { ...outcome, failed: [`${stage}: the suite did not end well`] }
}

const isTool = (stage: Stage): stage is keyof typeof tools => stage === 'types' || stage === 'lint'
const stages: readonly Stage[] = ['types', 'lint', ...suites]

function selectStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter((name) => !stages.some((stage) => stage === name))
  if (unknown.length === 0) return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage))
  console.error(`no such stage: ${unknown.join(', ')} (there are ${stages.join(', ')})`)
  process.exit(64)
}

async function runStage(stage: Stage): Promise<Outcome> {
  console.log(`\n== ${stage}`)
  const before = Date.now()
  const outcome = isTool(stage) ? await runTool(stage) : await runSuite(stage)
  const seconds = Math.round((Date.now() - before) / 1_000)
  console.log(`-- ${stage}: ${outcome.passed} passed, ${outcome.failed.length} failed, ${outcome.skipped.length} skipped in ${seconds} s`)
  return outcome
}

/** Skipped tests by reason: a suite of twenty that lacks one program is one line. */
function printSkipped(skipped: Outcome['skipped']): void {
  for (const reason of new Set(skipped.map((test) => test.reason))) {
    console.log(`\nskipped, ${reason}:`)
    for (const test of skipped) if (test.reason === reason) console.log(`  ${test.name}`)
  }
}

const outcomes: Outcome[] = []
for (const stage of selectStages(process.argv.slice(2))) outcomes.push(await runStage(stage))
const failed = outcomes.flatMap((outcome) => outcome.failed)
const skipped = outcomes.flatMap((outcome) => outcome.skipped)
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
printSkipped(skipped)
const repeated = outcomes.flatMap((outcome) => outcome.repeated)
if (repeated.length > 0)
  console.log(`\npassed at the second attempt only, to be looked into:\n${repeated.map((name) => `  ${name}`).join('\n')}`)
if (failed.length > 0) console.log(`\nfailed:\n${failed.map((name) => `  ${name}`).join('\n')}`)
console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
process.exitCode = failed.length > 0 ? 1 : 0
