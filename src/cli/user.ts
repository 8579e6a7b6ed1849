import { parseArgs } from 'node:util'
import { z } from 'zod'
import { createApiTokensRepository, createSessionsRepository } from '../auth/index.ts'
import { directoryGivesRoles, loadConfig } from '../config.ts'
import { openDatabase } from '../db/index.ts'
import { ensureMigrated } from '../db/migrate.ts'
import { requireOwnSchema } from '../db/schema-check.ts'
import { isoNow, systemClock } from '../lib/clock.ts'
import { createTranslator } from '../strings/index.ts'
import { createAuditRepository, createUsersRepository, createUsersService, isUsername } from '../users/index.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { describeStartFault } from './start-fault.ts'

const t = createTranslator()
const roles = z.enum(['admin', 'teacher', 'assistant', 'student'])

function usage(): UsageError {
  return new UsageError([t('commands.user.usage')])
}

function parse(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { name: { type: 'string' }, role: { type: 'string', default: 'admin' } },
    })
    const [verb, username, third, ...more] = positionals
    const role = roles.safeParse(verb === 'role' ? third : values.role)
    const isTooMuch = more.length > 0 || (verb !== 'role' && third !== undefined)
    if (
      (verb !== 'add' && verb !== 'passwd' && verb !== 'role') ||
      username === undefined ||
      !isUsername(username) ||
      !role.success ||
      isTooMuch
    )
      throw usage()
    return { verb, username: username.toLowerCase(), name: values.name ?? username, role: role.data }
  } catch (error) {
    throw error instanceof UsageError ? error : usage()
  }
}

/**
 * `netpraxis user add NAME [--role ROLE] [--name "Full Name"] | passwd NAME | role NAME ROLE`: accounts from the shell, the first
 * administrator among them. Passwords work once and are printed once; none is ever taken from the command line. Works beside a running
 * server (one short transaction).
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const request = parse(argv)
    const config = loadConfig(io.env)
    const { DATABASE_FILE } = config
    const db = openDatabase(DATABASE_FILE)
    try {
      requireOwnSchema(db, DATABASE_FILE)
      ensureMigrated(db, { autoMigrate: false })
      const sessions = createSessionsRepository(db)
      const tokens = createApiTokensRepository(db)
      const users = createUsersService({
        repository: createUsersRepository(db),
        clock: systemClock,
        audit: createAuditRepository(db, systemClock),
        directoryGivesRoles: directoryGivesRoles(config),
        // the running server asks for the row at every request, so sessions and keys are over at once
        onAccessChanged: (userId) => {
          sessions.revokeAll(userId, isoNow(systemClock), '')
          tokens.revoke(userId, isoNow(systemClock))
        },
      })
      io.stdout.write(`${await carryOut(users, request)}\n`)
      return exitCodes.ok
    } finally {
      db.close()
    }
  } catch (error) {
    const lines = error instanceof UsageError ? error.lines : describeStartFault(error, t)
    if (!lines) throw error
    for (const line of lines) io.stderr.write(`${line}\n`)
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
  }
}

async function carryOut(
  users: ReturnType<typeof createUsersService>,
  { verb, username, name, role }: ReturnType<typeof parse>,
): Promise<string> {
  if (verb === 'add') {
    const prepared = (await users.prepareOneTimePasswords([username])).get(username)
    if (!prepared) throw new Error('no password was made')
    users.insertWithOneTimePassword({ username, displayName: name, role }, prepared)
    return t('commands.user.added', { username, role, password: prepared.password })
  }
  const user = users.findByUsername(username)
  if (!user) throw new UsageError([t('commands.user.unknown', { username })])
  if (verb === 'role') {
    users.setRole(user.id, role, user.id)
    return t('commands.user.role', { username, role })
  }
  return t('commands.user.password', { username, password: await users.resetPassword(user.id, user.id) })
}
