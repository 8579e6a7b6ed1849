import { InvalidCredentialsError, ResultCodeError } from 'ldapts'
import { AppError, isAppError } from '../../errors.ts'

/** Result codes of RFC 4511 that say "not now" or "not here": another server may do. */
const unavailable: readonly number[] = [51, 52, 80]
/** The server wants TLS or another account of ours: 7 auth method, 8 stronger auth, 13 confidentiality, 48 inappropriate, 49, 50 access. */
const refused: readonly number[] = [7, 8, 13, 48, 49, 50]
/** A password that fits is refused too: 19 locked by policy, 53 the account is inactive. */
const accountRefused: readonly number[] = [19, 49, 53]

/** LDAP result code of an error, when the server gave one. */
export const resultCodeOf = (error: unknown): number | undefined => (error instanceof ResultCodeError ? error.code : undefined)

/** True when the directory says that this name and password do not open anything. */
export const isAccountRefused = (error: unknown): boolean =>
  error instanceof InvalidCredentialsError || accountRefused.includes(resultCodeOf(error) ?? -1)

/**
 * What Active Directory says behind error 49 ("AcceptSecurityContext error, data 532"), as far as it says so only to somebody who knows
 * the password: 530 hours, 531 workstation, 532 password expired, 533 disabled, 701 expired, 773 password to be changed. 525 (no such
 * user), 52e (wrong password) and 775 (locked, said to everybody) stay a plain refusal.
 */
const closedBy: Readonly<Record<string, 'notNow' | 'passwordExpired' | 'disabled' | 'accountExpired'>> = {
  '530': 'notNow',
  '531': 'notNow',
  '532': 'passwordExpired',
  '533': 'disabled',
  '701': 'accountExpired',
  '773': 'passwordExpired',
}

/** Why an account whose password was right is closed; null for every other refusal. */
export function closedAccountOf(error: unknown): 'notNow' | 'passwordExpired' | 'disabled' | 'accountExpired' | null {
  if (resultCodeOf(error) !== 49 || !(error instanceof Error)) return null
  const [, subCode = ''] = /AcceptSecurityContext error, data ([0-9a-f]+),/i.exec(error.message) ?? [] // fixtures/ldap/active-directory.json
  return closedBy[subCode.toLowerCase()] ?? null
}

/** What went wrong, in our own codes; `cause` keeps the library's error. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  const code = resultCodeOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  // Without a result code nothing was answered: no connection, a certificate that does not fit, a connection cut.
  if (code === undefined || unavailable.includes(code)) return new AppError('LDAP_UNAVAILABLE', { cause: error, details: { reason } })
  return new AppError(refused.includes(code) ? 'LDAP_REFUSED' : 'LDAP_UNEXPECTED_ANSWER', { cause: error, details: { reason } })
}

/** True when the next server of the list may do better. */
export const isWorthAnotherServer = (error: AppError): boolean => error.retryable
