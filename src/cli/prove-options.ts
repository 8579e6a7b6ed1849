import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'
import { type Gns3Address, readGns3Address } from './lab-options.ts'

const t = createTranslator()

export interface ProveArguments {
  readonly file: string
  /** Null: the labs are inventories. */
  readonly gns3: Gns3Address | null
  /** Undefined: the project that the exercise file names. */
  readonly untouched: string | undefined
  readonly solution: string
  readonly json: string | undefined
  readonly evidence: string | undefined
}

/** Reads the arguments of `netpraxis exercise prove`. @throws UsageError with everything that is wrong */
export function readProveArguments(argv: readonly string[]): ProveArguments {
  const { values, positionals } = parse(argv)
  const [file = '', ...more] = positionals
  const { gns3, untouched, solution, json, evidence } = values
  const problems = [
    ...(file === '' || more.length > 0 ? [t('commands.evaluate.oneFile')] : []),
    ...(solution === undefined ? [t('commands.exercise.noSolution')] : []),
    ...(json !== undefined && json !== '-' && !existsSync(dirname(resolve(json)))
      ? [t('commands.evaluate.folderMissing', { path: json })]
      : []),
  ]
  const usage = t('commands.exercise.usage')
  if (problems.length > 0) throw new UsageError([...problems, usage])
  return { file, gns3: gns3 === undefined ? null : readGns3Address(gns3, usage), untouched, solution: solution ?? '', json, evidence }
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const options = { gns3: text, untouched: text, solution: text, json: text, evidence: text }
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError([error instanceof Error ? error.message : String(error), t('commands.exercise.usage')])
  }
}
