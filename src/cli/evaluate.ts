import { fileURLToPath } from 'node:url'
import { loadPlatforms, type Platforms } from '../clients/console/index.ts'
import { type EvaluationResult, reportEvaluation } from '../evaluation/index.ts'
import type { Secrets } from '../evaluations/index.ts'
import { createTranslator } from '../strings/index.ts'
import { askLab } from './ask-lab.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { endByError } from './end-by-error.ts'
import { type OpenedLab, openLab } from './evaluate-lab.ts'
import { type EvaluateArguments, readEvaluateArguments } from './evaluate-options.ts'
import { writeOutputs } from './evaluate-output.ts'
import { readSecrets } from './evaluate-secrets.ts'
import { createLiveProgress } from './live-progress.ts'
import { type ExerciseFile, readExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()
const platformFolder = fileURLToPath(new URL('../../inventory/platforms', import.meta.url))
/** On the command line nobody waits in a queue behind it. */
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

async function evaluateFile(options: EvaluateArguments, io: CommandIo): Promise<number> {
  const exerciseFile = await readExerciseFile(options.file)
  const platforms = loadPlatforms(platformFolder)
  const { lab, secrets } = await prepare(options, exerciseFile, { platforms, io })
  const progress = createLiveProgress(io)
  try {
    const { result } = await askLab({ lab, exercise: lab.exercise, platforms, secrets, io, only: options.only, onEvent: progress.show })
    progress.end()
    const report = reportEvaluation(result, { exercise: lab.exercise.title, project: lab.project })
    await writeOutputs(options, { report, result, io })
    return exitCodeOf(result)
  } finally {
    progress.end()
    await lab.close()
  }
}

interface Prepared {
  readonly lab: OpenedLab
  readonly secrets: Secrets
}

/** Everything that may be wrong before a device is asked, told at once. @throws UsageError, LabNotReached */
async function prepare(
  { file, lab: option, only }: EvaluateArguments,
  exerciseFile: ExerciseFile,
  { platforms, io }: { readonly platforms: Platforms; readonly io: CommandIo },
): Promise<Prepared> {
  const problems = collectProblems()
  const secrets = await problems.try(() => readSecrets(exerciseFile, io))
  await problems.try(() => checkOnly(only, exerciseFile))
  // a lab that will not be graded is not started
  const unstarted = option.kind === 'gns3' && problems.found.length > 0 ? { ...option, start: false } : option
  const lab = await problems.try(() => openLab({ file, exerciseFile, lab: unstarted, platforms, io }))
  if (lab !== undefined && secrets !== undefined && problems.found.length === 0) return { lab, secrets }
  await lab?.close()
  throw new UsageError(problems.found)
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
