import type { ConsoleCredentials, Redaction } from '../clients/console/index.ts'
import { AppError } from '../errors.ts'
import { type Exercise, type ExerciseDevice, secretNames } from '../evaluation/index.ts'

/** Values of secrets by name. */
export type SecretValues = Readonly<Record<string, string>>

/** The secrets an exercise names that have no value, in order. */
export const missingSecrets = (exercise: Exercise, secrets: SecretValues): string[] =>
  secretNames(exercise).filter((name) => secrets[name] === undefined)

type Credential = ExerciseDevice['password']

function resolveCredential(credential: Credential, secrets: SecretValues): string | undefined {
  if (typeof credential !== 'object') return credential
  const value = secrets[credential.secret]
  if (value === undefined) throw new AppError('SECRET_MISSING', { details: { name: credential.secret } })
  return value
}

/**
 * What a device is logged in with.
 * @throws AppError SECRET_MISSING
 */
export function credentialsOf({ username, password, enablePassword }: ExerciseDevice, secrets: SecretValues): ConsoleCredentials {
  const values = { username, password: resolveCredential(password, secrets), enablePassword: resolveCredential(enablePassword, secrets) }
  return {
    ...(values.username === undefined ? {} : { username: values.username }),
    ...(values.password === undefined ? {} : { password: values.password }),
    ...(values.enablePassword === undefined ? {} : { enablePassword: values.enablePassword }),
  }
}

/** Every secret of the exercise, to be replaced wherever it shows up in evidence. Passwords written out in the file are no secrets. */
export function redactionsOf(exercise: Exercise, secrets: SecretValues): Redaction[] {
  return secretNames(exercise).flatMap((name) => {
    const value = secrets[name]
    return value === undefined || value === '' ? [] : [{ name, value }]
  })
}
