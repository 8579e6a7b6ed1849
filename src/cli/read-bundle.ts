import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openProjectArchive } from '../clients/gns3/index.ts'
import { isAppError } from '../errors.ts'
import { quote } from '../lib/sentence.ts'
import { createTranslator } from '../strings/index.ts'
import { collectProblems } from './collect-problems.ts'
import { UsageError } from './command-io.ts'
import { requireDevices } from './evaluate-lab.ts'
import { type ExerciseFile, lineOfKey, problemLine, readExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()

export interface Bundle extends ExerciseFile {
  readonly text: string
  /** The Markdown that the file names; null where it names none. */
  readonly statement: string | null
  /** Path of the portable project that the file names; null where it names none. */
  readonly project: string | null
}

/**
 * Reads an exercise file with what lies beside it: statement and project.
 * @throws UsageError with everything that is wrong, each with file and line
 */
export async function readBundle(file: string): Promise<Bundle> {
  const problems = collectProblems()
  const exerciseFile = await readExerciseFile(file)
  const { exercise } = exerciseFile
  const beside = (path: string): string => resolve(dirname(file), path)
  const statement =
    exercise.statement === undefined ? null : await problems.try(() => readStatement(file, beside(exercise.statement ?? '')))
  const project = exercise.project === undefined ? null : beside(exercise.project)
  if (project !== null) await problems.try(() => checkProject(file, exerciseFile, project))
  if (problems.found.length > 0) throw new UsageError(problems.found)
  return { ...exerciseFile, text: await readFile(file, 'utf8'), statement: statement ?? null, project }
}

const at = (file: string, key: string, message: string): UsageError =>
  new UsageError([problemLine(file, { field: key, problem: quote(message), line: lineOfKey(file, key) })])

async function readStatement(file: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw at(file, 'statement', t('commands.exercise.partUnreadable', { reason: reasonOf(error) }))
  }
}

/** @throws UsageError for what is no project, and for each device that it does not have */
async function checkProject(file: string, exerciseFile: ExerciseFile, path: string): Promise<void> {
  const names = (await openArchive(file, path)).devices.map(({ name }) => name)
  requireDevices({ file, exerciseFile }, names, 'deviceNotInProject')
}

async function openArchive(file: string, path: string) {
  try {
    return await openProjectArchive(path)
  } catch (error) {
    if (isAppError(error, 'PROJECT_ARCHIVE_INVALID'))
      throw at(file, 'project', t('commands.exercise.projectInvalid', { reason: t(`errors.${error.code}`, error.details) }))
    throw at(file, 'project', t('commands.exercise.partUnreadable', { reason: reasonOf(error) }))
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error))
