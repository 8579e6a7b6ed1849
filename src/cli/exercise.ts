import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { endByError } from './end-by-error.ts'
import { exportExercise } from './exercise-export.ts'
import { importExercise } from './exercise-import.ts'
import { proveExercise } from './exercise-prove.ts'
import { validateExercises } from './exercise-validate.ts'

const t = createTranslator()

const verbs: Readonly<Record<string, (argv: readonly string[], io: CommandIo) => Promise<number>>> = {
  validate: validateExercises,
  prove: proveExercise,
  import: importExercise,
  export: exportExercise,
}

/**
 * `netpraxis exercise validate|prove|import|export`: exercise files on the way from an editor to a server and back.
 * @returns the exit status: 0, 1 not proven or not built, 2 undecided or not reached, 64 wrong use or invalid file, 130 interrupted
 */
export async function run([verb = '', ...argv]: readonly string[], io: CommandIo): Promise<number> {
  const work = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  const wantsHelp = [verb, ...argv].some((argument) => argument === '--help' || argument === '-h')
  if (work === undefined || wantsHelp) {
    ;(wantsHelp ? io.stdout : io.stderr).write(`${t('commands.exercise.usage')}\n`)
    return wantsHelp ? exitCodes.ok : exitCodes.usage
  }
  try {
    return await work(argv, io)
  } catch (error) {
    return endByError(error, io)
  }
}
