import type { ConsoleCredentials, Redaction } from '../clients/console/index.ts'
import { AppError } from '../errors.ts'
import { type Exercise, type ExerciseDevice, secretNames } from '../evaluation/index.ts'

/** Values of the secrets that an exercise names. */
export type Secrets = ReadonlyMap<string, string>

/** The secrets an exercise names that have no value, in order. */
export const missingSecrets = (exercise: Exercise, secrets: Secrets): string[] => secretNames(exercise).filter((name) => !secrets.has(name))

function secretValue(secret: ExerciseDevice['password'], secrets: Secrets): string | undefined {
  if (typeof secret !== 'object') return secret
  const value = secrets.get(secret.secret)
  if (value === undefined) throw new AppError('SECRET_MISSING', { details: { name: secret.secret } })
  return value
}

/**
 * What a device is logged in with.
 * @throws AppError SECRET_MISSING
 */
export function credentialsOf(device: ExerciseDevice, secrets: Secrets): ConsoleCredentials {
  const password = secretValue(device.password, secrets)
  const enablePassword = secretValue(device.enablePassword, secrets)
  return {
    ...(device.username === undefined ? {} : { username: device.username }),
    ...(password === undefined ? {} : { password }),
    ...(enablePassword === undefined ? {} : { enablePassword }),
    ...jumpOf(device, secrets),
  }
}

function jumpOf({ connect }: ExerciseDevice, secrets: Secrets): Pick<ConsoleCredentials, 'jump'> {
  if (connect?.jumpUsername === undefined) return {}
  const password = secretValue(connect.jumpPassword, secrets)
  return { jump: { username: connect.jumpUsername, ...(password === undefined ? {} : { password }) } }
}

/** What is replaced wherever it shows up in evidence. Passwords written out in the file are no secrets. */
export const redactionsOf = (secrets: Secrets): Redaction[] =>
  [...secrets].flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]))
