import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { wordsOf } from './capture-parts.ts'
import { readState } from './captured-state.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { type Comparison, type CriterionDifference, compareStates, type DeviceDifference } from './compare-states.ts'
import type { LineChange } from './line-diff.ts'

const t = createTranslator()

/**
 * `netpraxis compare LEFT RIGHT [--json]`: what differs between two captured states.
 * @returns 0 the same, 1 different, 2 no difference seen but something could not be compared, 64 wrong use
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { files, isJson, isHelp } = parse(argv)
    if (isHelp) {
      io.stdout.write(`${t('commands.compare.usage')}\n`)
      return exitCodes.ok
    }
    const problems = collectProblems()
    const left = await problems.try(() => readState(files[0]))
    const right = await problems.try(() => readState(files[1]))
    if (left === undefined || right === undefined) throw new UsageError(problems.found)
    const comparison = compareStates(left, right)
    io.stdout.write(
      isJson ? `${JSON.stringify({ schema: 1, left: files[0], right: files[1], ...comparison }, null, 2)}\n` : describe(comparison),
    )
    return exitCodeOf(comparison)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const line of error.lines) io.stderr.write(`${line}\n`)
    return exitCodes.usage
  }
}

function exitCodeOf({ same, notCompared }: Comparison): number {
  if (!same) return exitCodes.failed
  return notCompared.length > 0 ? exitCodes.undecided : exitCodes.ok
}

interface Arguments {
  readonly files: readonly [string, string]
  readonly isJson: boolean
  readonly isHelp: boolean
}

function parse(argv: readonly string[]): Arguments {
  const usage = (...lines: string[]) => new UsageError([...lines, t('commands.compare.usage')])
  const { values, positionals } = parseOptions(argv, usage)
  const [left = '', right = '', ...more] = positionals
  const isHelp = values.help === true
  if (!isHelp && (right === '' || more.length > 0)) throw usage(t('commands.compare.twoFiles'))
  return { files: [left, right], isJson: values.json === true, isHelp }
}

function parseOptions(argv: readonly string[], usage: (...lines: string[]) => UsageError) {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error))
  }
}

function describe({ same, devices, notCompared }: Comparison): string {
  const lines = devices.flatMap(describeDevice)
  const unknown = notCompared.map(({ device, what, missing, problem }) =>
    t(`commands.compare.missing.${missing}`, {
      what: device === null ? what : `${device}, ${what}`,
      problem: problem === null ? '' : ` (${wordsOf(problem, device ?? '')})`,
    }),
  )
  const head = same && notCompared.length === 0 ? [t('commands.compare.same')] : []
  const tail = same && notCompared.length > 0 ? [t('commands.compare.sameAsFarAsKnown')] : []
  return `${[...head, ...lines, ...unknown, ...tail].join('\n')}\n`
}

function describeDevice({ device, configurations, criteria }: DeviceDifference): string[] {
  const parts = configurations.flatMap(({ kind, source, changes }) => [
    `  ${t(`commands.compare.${kind}`, { source })}`,
    ...describeChanges(changes),
  ])
  return [device ?? t('commands.compare.noDevice'), ...parts, ...criteria.flatMap(describeCriterion), '']
}

/** Each changed line under those it stands under, which are shown once. */
function describeChanges(changes: readonly LineChange[]): string[] {
  let shown: readonly string[] = []
  return changes.flatMap(({ change, under, line }) => {
    const known = under.findIndex((one, index) => one !== shown[index])
    const first = known === -1 ? under.length : known
    const heads = under.slice(first).map((head, index) => `      ${' '.repeat(first + index)}${head}`)
    shown = under
    return [...heads, `    ${change === 'added' ? '+' : '-'} ${' '.repeat(under.length)}${line}`]
  })
}

function show(value: unknown): string {
  if (value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function describeCriterion({ id, title, verdict, reason, facts }: CriterionDifference): string[] {
  const isSame = verdict.left === verdict.right && reason.left === reason.right
  const judged = isSame ? `${verdict.left} ${reason.left}` : `${verdict.left} ${reason.left} → ${verdict.right} ${reason.right}`
  return [`  ${id}: ${title}: ${judged}`, ...facts.map(({ path, left, right }) => `      ${path}: ${show(left)} → ${show(right)}`)]
}
