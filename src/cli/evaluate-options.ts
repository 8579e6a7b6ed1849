import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'
import { type LabOption, labOptions, readLabOption } from './lab-options.ts'

const t = createTranslator()
const usageError = (...lines: string[]) => new UsageError([...lines, t('commands.evaluate.usage')])

export interface EvaluateArguments {
  readonly file: string
  readonly lab: LabOption
  readonly only: readonly string[] | undefined
  readonly json: string | undefined
  readonly junit: string | undefined
  readonly evidence: string | undefined
}

/**
 * Reads the arguments of `netpraxis evaluate`.
 * @returns null when help was asked for
 * @throws UsageError
 */
export function readEvaluateArguments(argv: readonly string[]): EvaluateArguments | null {
  const { values, positionals } = parse(argv)
  if (values.help === true) return null
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw usageError(t('commands.evaluate.oneFile'))
  for (const path of [values.json, values.junit]) {
    if (path !== undefined && path !== '-' && !existsSync(dirname(resolve(path))))
      throw usageError(t('commands.evaluate.folderMissing', { path }))
  }
  const { json, junit, evidence } = values
  return { file, lab: readLabOption(values, t('commands.evaluate.usage')), only: readOnly(values.only), json, junit, evidence }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...labOptions,
        only: { type: 'string', multiple: true },
        json: { type: 'string' },
        junit: { type: 'string' },
        evidence: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error))
  }
}

function readOnly(values: readonly string[] | undefined): readonly string[] | undefined {
  const ids = values?.flatMap((value) => value.split(',')).map((id) => id.trim())
  return ids?.filter((id) => id !== '')
}
