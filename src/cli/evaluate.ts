import { fileURLToPath } from 'node:url'
import { loadPlatforms } from '../clients/console/index.ts'
import { type EvaluationEvent, type EvaluationResult, eventText, reportEvaluation, secretNames } from '../evaluation/index.ts'
import { missingSecrets, runEvaluation, type Secrets } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { LabNotReached, openLab } from './evaluate-lab.ts'
import { type EvaluateArguments, readEvaluateArguments } from './evaluate-options.ts'
import { writeOutputs } from './evaluate-output.ts'
import { type ExerciseFile, readExerciseFile } from './read-exercise-file.ts'
import { silentLog } from './silent-log.ts'

const t = createTranslator()
const platformFolder = fileURLToPath(new URL('../../inventory/platforms', import.meta.url))
/** On the command line nobody waits in a queue behind it. */
const budgetMs = 60 * 60 * 1_000

/**
 * `netpraxis evaluate`: grades a running lab without server or database.
 * @returns the exit status: 0 passed, 1 failed, 2 undecided or lab not reached, 64 usage, 130 interrupted
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = readEvaluateArguments(argv)
    if (options !== null) return await evaluateFile(options, io)
    io.stdout.write(`${t('commands.evaluate.usage')}\n`)
    return exitCodes.ok
  } catch (error) {
    return endByError(error, io)
  }
}

function endByError(error: unknown, io: CommandIo): number {
  if (io.signal.aborted) {
    io.stderr.write(`${t('commands.evaluate.interrupted')}\n`)
    return exitCodes.interrupted
  }
  if (error instanceof UsageError) {
    for (const line of error.lines) io.stderr.write(`${line}\n`)
    return exitCodes.usage
  }
  if (error instanceof LabNotReached) {
    io.stderr.write(`${error.message}\n`)
    return exitCodes.undecided
  }
  throw error
}

async function evaluateFile(options: EvaluateArguments, io: CommandIo): Promise<number> {
  const exerciseFile = await readExerciseFile(options.file)
  const secrets = readSecrets(exerciseFile, io)
  checkOnly(options.only, exerciseFile)
  const platforms = loadPlatforms(platformFolder)
  const lab = await openLab({ file: options.file, exerciseFile, lab: options.lab, platforms, io })
  try {
    const { result } = await runEvaluation({
      exercise: lab.exercise,
      access: lab.access,
      platforms,
      secrets,
      clock: systemClock,
      signal: io.signal,
      log: silentLog,
      budgetMs,
      capture: false,
      credentialsProven: false,
      ...(options.only === undefined ? {} : { only: options.only }),
      onEvent: (event) => showProgress(event, io),
    })
    const report = reportEvaluation(result, { exercise: lab.exercise.title, project: lab.project })
    await writeOutputs(options, { report, result, io })
    return exitCodeOf(result)
  } finally {
    await lab.close()
  }
}

/** On a terminal every question; in a pipe only what begins and what it came to. */
function showProgress(event: EvaluationEvent, { stderr }: CommandIo): void {
  if (event.type === 'asked' && stderr.isTTY !== true) return
  stderr.write(`${eventText(event, t)}\n`)
}

/** `{ secret: NAME }` is the environment variable NAME. */
function readSecrets({ exercise }: ExerciseFile, { env }: CommandIo): Secrets {
  const secrets = new Map(
    secretNames(exercise).flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
  const missing = missingSecrets(exercise, secrets)
  if (missing.length > 0) throw new UsageError(missing.map((name) => t('commands.evaluate.secretMissing', { name })))
  return secrets
}

function checkOnly(only: readonly string[] | undefined, { exercise }: ExerciseFile): void {
  const known = exercise.criteria.map(({ id }) => id)
  const unknown = only?.filter((id) => !known.includes(id)) ?? []
  if (unknown.length === 0) return
  throw new UsageError(unknown.map((id) => t('commands.evaluate.unknownCriterion', { id, known: known.join(', ') })))
}

/** Selected criteria alone decide; what they require is listed. */
function exitCodeOf({ cancelled, criteria }: EvaluationResult): number {
  if (cancelled) return exitCodes.interrupted
  const selected = criteria.filter((criterion) => criterion.selected)
  if (selected.some(({ verdict }) => verdict === 'fail')) return exitCodes.failed
  return selected.every(({ verdict }) => verdict === 'pass') ? exitCodes.ok : exitCodes.undecided
}
