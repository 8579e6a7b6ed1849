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
