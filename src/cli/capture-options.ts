import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'
import { type LabOption, labOptions, readLabOption } from './lab-options.ts'

const t = createTranslator()

/** What is captured: the state of all devices, what one criterion asks, or the answers to given commands. */
export type CaptureTask =
  | { readonly kind: 'state'; readonly output: string }
  | { readonly kind: 'criterion'; readonly criterion: string; readonly output: string; readonly source: string | undefined }
  | {
      readonly kind: 'commands'
      readonly device: string
      readonly platform: string | undefined
      readonly commands: readonly string[]
      readonly output: string
      readonly source: string | undefined
    }

export interface CaptureArguments {
  /** The exercise file; null where commands are asked of one device. */
  readonly file: string | null
  readonly lab: LabOption
  readonly task: CaptureTask
}

const usageError = (...lines: string[]) => new UsageError([...lines, t('commands.capture.usage')])

/**
 * Reads the arguments of `netpraxis capture`.
 * @returns null when help was asked for
 * @throws UsageError
 */
export function readCaptureArguments(argv: readonly string[]): CaptureArguments | null {
  const { values, positionals } = parse(argv)
  if (values.help === true) return null
  const [file, ...more] = positionals
  if (more.length > 0) throw usageError(t('commands.capture.oneFile'))
  const task = readTask(values)
  const needsFile = task.kind !== 'commands'
  if (needsFile && file === undefined) throw usageError(t('commands.capture.fileMissing'))
  if (task.output !== '-' && !existsSync(dirname(resolve(task.output))))
    throw usageError(t('commands.evaluate.folderMissing', { path: task.output }))
  return { file: file ?? null, lab: readLabOption(values, t('commands.capture.usage')), task }
}

type Values = ReturnType<typeof parse>['values']

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...labOptions,
        state: { type: 'string' },
        fixture: { type: 'string' },
        criterion: { type: 'string' },
        device: { type: 'string' },
        platform: { type: 'string' },
        command: { type: 'string', multiple: true },
        source: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error))
  }
}

function readTask({ state, fixture, criterion, device, platform, command = [], source }: Values): CaptureTask {
  if ((state === undefined) === (fixture === undefined)) throw usageError(t('commands.capture.oneOutput'))
  if (state !== undefined) {
    if (criterion !== undefined || device !== undefined || command.length > 0) throw usageError(t('commands.capture.stateIsAll'))
    return { kind: 'state', output: state }
  }
  const output = (fixture ?? '').replace(/\.(?:txt|json)$/, '')
  if (criterion !== undefined && device === undefined && command.length === 0) return { kind: 'criterion', criterion, output, source }
  if (criterion === undefined && device !== undefined && command.length > 0)
    return { kind: 'commands', device, platform, commands: command, output, source }
  throw usageError(t('commands.capture.criterionOrCommands'))
}
