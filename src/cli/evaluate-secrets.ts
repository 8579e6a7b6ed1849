import { secretNames } from '../evaluation/index.ts'
import { missingSecrets, type Secrets } from '../evaluations/index.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, UsageError } from './command-io.ts'
import type { ExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()

/** `{ secret: NAME }` is the environment variable NAME. */
export function readSecrets({ exercise }: ExerciseFile, { env }: CommandIo): Secrets {
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
