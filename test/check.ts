import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, entriesSchema } from './check-reporter.ts'

/**
 * All that must hold before a change lands: types, lint and format, every suite. `./netpraxis test` and the pipeline run exactly this.
 * Arguments name stages (`types`, `lint`, `unit`, ...); without any, all run. The last line is the sum over all of them.
 */
interface Outcome {
  readonly entries: readonly Entry[]
  /** Names of those that passed at the second attempt only. */
  readonly repeated: readonly string[]
}

const bin = (name: string) => join('node_modules', '.bin', name)
const tools = { types: [bin('tsc'), '--noEmit'], lint: [bin('biome'), 'ci', '--max-diagnostics=50'] } as const
const suites = ['unit', 'journeys', 'real', 'browser'] as const
/** A suite that hangs must not eat the half hour the pipeline has. */
const limitMinutes = { types: 5, lint: 3, unit: 18, journeys: 20, real: 22, browser: 12 } as const
type Stage = keyof typeof limitMinutes
type Suite = (typeof suites)[number]
/** More files than these at once are not late, they are broken. */
const repeatableFiles = 3
const states = ['passed', 'failed', 'skipped'] as const
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

const fail = (name: string): Entry => ({ file: '', name, state: 'failed', reason: '' })
const select = (entries: readonly Entry[], state: Entry['state']) => entries.filter((entry) => entry.state === state)

async function runTool(stage: keyof typeof tools): Promise<Outcome> {
  const isFine = await run(tools[stage], limitMinutes[stage])
  return { entries: [isFine ? { file: '', name: stage, state: 'passed', reason: '' } : fail(stage)], repeated: [] }
}

/** One run of a suite, or of some of its files. */
async function runFiles(stage: Suite, files: readonly string[] = []): Promise<readonly Entry[]> {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-check-'))
  const file = join(folder, 'outcome.json')
  const command = [bin('vitest'), 'run', '--project', stage, '--reporter=default', '--reporter=./test/check-reporter.ts', ...files]
  const isFine = await run(command, limitMinutes[stage], { NETPRAXIS_CHECK_OUTCOME: file })
  const entries = existsSync(file) ? entriesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : []
  rmSync(folder, { recursive: true })
  // The runner has failed although no test has (nothing found, cut off): that is one failure, never a silent zero.
  return isFine || select(entries, 'failed').length > 0 ? entries : [...entries, fail(`${stage}: the suite did not end well`)]
}

/**
 * A suite. A file in which something failed is run once more as a whole, from its own beginning: real programs on a busy machine are late at
 * times, and tests that share a lab cannot begin again in the middle. What passed only then is named at the end of the check.
 */
async function runSuite(stage: Suite): Promise<Outcome> {
  const first = await runFiles(stage)
  const failed = select(first, 'failed')
  const files = [...new Set(failed.map((entry) => entry.file))]
  if (files.length === 0 || files.includes('') || files.length > repeatableFiles) return { entries: first, repeated: [] }
  console.log(`\n-- ${stage}: failed, its file is run once more:\n${failed.map((entry) => `  ${entry.name}`).join('\n')}`)
  const second = await runFiles(stage, files)
  const failedAgain = new Set(select(second, 'failed').map((entry) => entry.name))
  return {
    entries: [...first.filter((entry) => !files.includes(entry.file)), ...second],
    repeated: failed.map((entry) => entry.name).filter((name) => !failedAgain.has(name)),
  }
}

const isTool = (stage: Stage): stage is keyof typeof tools => stage === 'types' || stage === 'lint'
const stages: readonly Stage[] = ['types', 'lint', ...suites]

function selectStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter((name) => !stages.some((stage) => stage === name))
  if (unknown.length === 0) return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage))
  console.error(`no such stage: ${unknown.join(', ')} (there are ${stages.join(', ')})`)
  process.exit(64)
}

const count = (entries: readonly Entry[]) => states.map((state) => `${select(entries, state).length} ${state}`).join(', ')

async function runStage(stage: Stage): Promise<Outcome> {
  console.log(`\n== ${stage}`)
  const before = Date.now()
  const outcome = isTool(stage) ? await runTool(stage) : await runSuite(stage)
  const seconds = Math.round((Date.now() - before) / 1_000)
  console.log(`-- ${stage}: ${count(outcome.entries)} in ${seconds} s`)
  return outcome
}

/** Skipped tests by reason: a suite of twenty that lacks one program is one line. */
function printSkipped(skipped: readonly Entry[]): void {
  for (const reason of new Set(skipped.map((test) => test.reason)))
    printNames(
      `skipped, ${reason}:`,
      skipped.filter((test) => test.reason === reason).map((test) => test.name),
    )
}

function printNames(head: string, names: readonly string[]): void {
  if (names.length > 0) console.log(`\n${head}\n${names.map((name) => `  ${name}`).join('\n')}`)
}

const outcomes: Outcome[] = []
for (const stage of selectStages(process.argv.slice(2))) outcomes.push(await runStage(stage))
const entries = outcomes.flatMap((outcome) => outcome.entries)
const failed = select(entries, 'failed').map((entry) => entry.name)
printSkipped(select(entries, 'skipped'))
printNames(
  'passed at the second attempt only, to be looked into:',
  outcomes.flatMap((outcome) => outcome.repeated),
)
printNames('failed:', failed)
console.log(`\n${count(entries)}`)
process.exitCode = failed.length > 0 ? 1 : 0
