/** No space, or no more of it for this user; SQLite says the first in its own way. */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL']

/** True for an error of the operating system or the database that says the disk is full. */
export const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && codes.includes(error.code)
