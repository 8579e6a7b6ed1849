import { worstCaseSeconds } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { readExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()

/**
 * `netpraxis exercise validate FILE...`: all problems of all files, each with its line.
 * @returns 0 when all are valid, else 64
 * @throws UsageError when no file is named
 */
export async function validateExercises(argv: readonly string[], io: CommandIo): Promise<number> {
  if (argv.length === 0 || argv.some((argument) => argument.startsWith('-'))) throw new UsageError([t('commands.exercise.usage')])
  let problems = 0
  for (const file of argv) problems += await validate(file, io)
  if (problems > 0) io.stderr.write(`${t('commands.validate.problems', { count: problems })}\n`)
  return problems === 0 ? exitCodes.ok : exitCodes.usage
}

/** @returns how many problems the file has */
async function validate(file: string, io: CommandIo): Promise<number> {
  try {
    const { exercise } = await readExerciseFile(file)
    const points = exercise.criteria.reduce((sum, criterion) => sum + criterion.points, 0)
    const duration = durationOf(worstCaseSeconds(exercise))
    io.stdout.write(`${t('commands.validate.valid', { file, count: exercise.criteria.length, points, duration })}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const line of error.lines) io.stderr.write(`${line}\n`)
    return error.lines.length
  }
}

function durationOf(total: number): string {
  const [minutes, seconds] = [Math.floor(total / 60), total % 60]
  return minutes === 0 ? t('commands.validate.seconds', { seconds }) : t('commands.validate.minutes', { minutes, seconds })
}
