import { isAppError } from '../errors.ts'
import type { Translate } from '../strings/index.ts'

const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined)

/** Why the server cannot start, one line a problem that says what to do; null for a fault of ours. */
export function describeStartFault(error: unknown, t: Translate): readonly string[] | null {
  if (isAppError(error, 'CONFIG_INVALID'))
    return error.fields.map(({ field, problem }) => t('commands.start.setting', { name: field, problem: problem ?? '' }))
  if (isAppError(error)) return [t(`errors.${error.code}`, { requestId: '', ...error.details })]
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (code === 'EADDRINUSE') return [t('commands.start.portTaken', { message })]
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY')
    return [t('commands.start.notWritable', { message })]
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') return [t('commands.start.notADatabase', { message })]
  if (code === 'ENOSPC') return [t('commands.start.diskFull', { message })]
  return null
}
