import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isMap, isNode, LineCounter, parseDocument } from 'yaml'
import type { FieldProblem } from '../errors.ts'
import { type Exercise, readExercise } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'

const t = createTranslator()

export const problemLine = (file: string, { line, field, problem }: FieldProblem): string =>
  t('commands.problem', { file, line: line ?? 1, field, message: problem ?? '' })

export interface ExerciseFile {
  readonly exercise: Exercise
  /** Line of a device under `devices`, from 1. */
  readonly lineOfDevice: (name: string) => number
}

/**
 * Reads an exercise file of the command line.
 * @throws UsageError with all problems, each with file and line
 */
export async function readExerciseFile(file: string): Promise<ExerciseFile> {
  const text = await readText(file)
  const { exercise, problems } = readExercise(text)
  if (problems !== undefined) throw new UsageError(problems.map((problem) => problemLine(file, problem)))
  return { exercise, lineOfDevice: (name) => findLine(text, name) }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError([t('commands.fileUnreadable', { file, reason })])
  }
}

function findLine(text: string, device: string): number {
  const lines = new LineCounter()
  const { contents } = parseDocument(text, { lineCounter: lines })
  const devices = isMap(contents) ? contents.get('devices', true) : undefined
  const pair = isMap(devices) ? devices.items.find(({ key }) => String(key) === device) : undefined
  return lines.linePos(isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0).line
}

/** Line of a key at the top of a YAML file that was read before, from 1. */
export function lineOfKey(file: string, key: string): number {
  const lines = new LineCounter()
  const { contents } = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines })
  const pair = isMap(contents) ? contents.items.find((item) => String(item.key) === key) : undefined
  return lines.linePos(isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0).line
}
