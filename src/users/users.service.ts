import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId, newOneTimePassword } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from './audit.repository.ts'
import { hashPassword, isPassword, minimumPasswordLength } from './passwords.ts'
import type { UserRow, UsersRepository } from './users.repository.ts'

export interface NewAccount {
  readonly username: string
  readonly displayName: string
  readonly email?: string | null
  readonly role: UserRow['role']
}

/** A person as a directory knows him; `externalId` never changes, the name may. */
export interface DirectoryPerson {
  readonly externalId: string
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  readonly studentNumber: string | null
  /** null: the directory has nothing to say about roles. */
  readonly role: UserRow['role'] | null
}

export interface UsersOptions {
  readonly repository: UsersRepository
  readonly clock: Clock
  readonly audit: Audit
  /** Roles of the directory's people follow from its groups, at each sign-in. */
  readonly directoryGivesRoles: boolean
  /** Called when everything that the account has open must end. */
  readonly onAccessChanged: (userId: string) => void
}

const usernamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/

/** True for a name that an account can have (case does not count). */
export const isUsername = (text: string): boolean => usernamePattern.test(text.toLowerCase())

/** Accounts: made, changed, disabled; never deleted by a click. */
export function createUsersService({ repository, clock, audit, directoryGivesRoles, onAccessChanged }: UsersOptions) {
  const get = (id: string): UserRow => {
    const user = repository.find(id)
    if (!user) throw new AppError('NOT_FOUND')
    return user
  }

  const isLastAdmin = (user: UserRow) => user.role === 'admin' && user.state === 'active' && repository.countActiveAdmins() <= 1

  /** The directory gave the name to somebody else; whoever had it keeps the account, under a name that nobody can type. */
  const freeName = (username: string, externalId: string) => {
    for (const user of repository.listByUsernames([username])) {
      if (user.source === 'ldap' && user.externalId !== externalId) repository.update(user.id, { username: `${username}~${user.id}` })
    }
  }

  const insert = (account: NewAccount, passwordHash: string | null, mustChange: boolean): UserRow => {
    const username = account.username.toLowerCase()
    if (repository.findByUsername(username))
      throw new AppError('USERNAME_TAKEN', { details: { username }, fields: [{ field: 'username' }] })
    const row = {
      id: newId(),
      username,
      displayName: account.displayName.trim() || username,
      email: account.email ?? null,
      role: account.role,
      source: 'local' as const,
      passwordHash,
      passwordMustChange: mustChange,
      createdAt: isoNow(clock),
    }
    repository.insert(row)
    return get(row.id)
  }

  return {
    get,
    find: repository.find,
    findMany: repository.findMany,
    findByUsername: repository.findByUsername,
    listByUsernames: repository.listByUsernames,
    findByExternalId: repository.findByExternalId,
    list: repository.list,

    /** An account with a password of its own. */
    async createWithPassword(account: NewAccount, password: string): Promise<UserRow> {
      const hashed = await hashPassword(password)
      return repository.inTransaction(() => insert(account, hashed, false))
    },

    /** Makes one-time passwords for accounts that will be made in a transaction later: hashing cannot run inside one. */
    async prepareOneTimePasswords(usernames: readonly string[]): Promise<ReadonlyMap<string, { password: string; hash: string }>> {
      const prepared = await Promise.all(
        usernames.map(async (username) => {
          const password = newOneTimePassword()
          return [username.toLowerCase(), { password, hash: await hashPassword(password) }] as const
        }),
      )
      return new Map(prepared)
    },

    /** Inside a transaction: an account that must change its password at the first sign-in. */
    insertWithOneTimePassword: (account: NewAccount, prepared: { hash: string }): UserRow => insert(account, prepared.hash, true),

    /** An account made by an administrator, with a password that works once. @throws AppError USERNAME_TAKEN */
    async createWithOneTimePassword(account: NewAccount, actorId: string): Promise<{ user: UserRow; password: string }> {
      const password = newOneTimePassword()
      const hashed = await hashPassword(password)
      const user = repository.inTransaction(() => {
        const made = insert(account, hashed, true)
        audit.record({ actorId, action: 'user.create', objectType: 'user', objectId: made.id, details: { role: made.role } })
        return made
      })
      return { user, password }
    },

    /** Sets a password that works once. Returns it, to be shown once. */
    async resetPassword(id: string, actorId: string): Promise<string> {
      const user = get(id)
      if (user.source !== 'local') throw new AppError('FORBIDDEN')
      const password = newOneTimePassword()
      const passwordHash = await hashPassword(password)
      repository.inTransaction(() => {
        repository.update(id, { passwordHash, passwordMustChange: true })
        audit.record({ actorId, action: 'user.password-reset', objectType: 'user', objectId: id })
      })
      onAccessChanged(id)
      return password
    },

    /** @throws AppError PASSWORD_WRONG, VALIDATION_FAILED */
    async changePassword(id: string, change: { current: string; password: string }): Promise<void> {
      const user = get(id)
      if (user.source !== 'local' || !(await isPassword(user.passwordHash, change.current))) {
        throw new AppError('PASSWORD_WRONG', { fields: [{ field: 'current' }] })
      }
      if (change.password.length < minimumPasswordLength)
        throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'password', problem: say('pages.problems.tooShort') }] })
      if (change.password === change.current)
        throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'password', problem: say('pages.problems.same') }] })
      const passwordHash = await hashPassword(change.password)
      repository.inTransaction(() => {
        repository.update(id, { passwordHash, passwordMustChange: false })
        audit.record({ actorId: id, action: 'user.password-changed', objectType: 'user', objectId: id })
      })
    },

    /** The account when name and password fit and it may sign in; the same time and answer for every other case. */
    async verify(username: string, password: string): Promise<UserRow | null> {
      const user = repository.findByUsername(username, 'local')
      const matches = password !== '' && (await isPassword(user?.passwordHash ?? null, password))
      return user && matches && user.state === 'active' ? user : null
    },

    /** Takes over what the directory says of a person; the stable id is the key. */
    takeOverFromDirectory(person: DirectoryPerson): UserRow {
      return repository.inTransaction(() => {
        const known = repository.findByExternalId('ldap', person.externalId)
        freeName(person.username.toLowerCase(), person.externalId)
        const change = {
          username: person.username.toLowerCase(),
          displayName: person.displayName,
          email: person.email,
          studentNumber: person.studentNumber,
        }
        if (known) {
          const role = person.role ?? known.role
          const said = { ...change, role }
          // nearly every sign-in finds what was known, and writes nothing
          if (isDeepStrictEqual({ ...known, ...said }, known)) return known
          repository.update(known.id, said)
          if (known.role !== role) {
            audit.record({
              actorId: null,
              action: 'user.role',
              objectType: 'user',
              objectId: known.id,
              details: { from: known.role, to: role },
            })
            onAccessChanged(known.id)
          }
          return get(known.id)
        }
        const row = {
          id: newId(),
          ...change,
          role: person.role ?? ('student' as const),
          source: 'ldap' as const,
          externalId: person.externalId,
          createdAt: isoNow(clock),
        }
        repository.insert(row)
        return get(row.id)
      })
    },

    noteSignIn: (id: string) => repository.update(id, { lastSignInAt: isoNow(clock) }),

    /** @throws AppError ROLE_FROM_DIRECTORY, LAST_ADMIN */
    setRole(id: string, role: UserRow['role'], actorId: string): void {
      repository.inTransaction(() => {
        const user = get(id)
        if (user.source === 'ldap' && directoryGivesRoles) throw new AppError('ROLE_FROM_DIRECTORY')
        if (isLastAdmin(user) && role !== 'admin') throw new AppError('LAST_ADMIN')
        repository.update(id, { role })
        audit.record({ actorId, action: 'user.role', objectType: 'user', objectId: id, details: { from: user.role, to: role } })
      })
      onAccessChanged(id)
    },

    setActive(id: string, isActive: boolean, actorId: string): void {
      repository.inTransaction(() => {
        const user = get(id)
        if (!isActive && isLastAdmin(user)) throw new AppError('LAST_ADMIN')
        repository.update(id, { state: isActive ? 'active' : 'disabled' })
        audit.record({ actorId, action: isActive ? 'user.activate' : 'user.deactivate', objectType: 'user', objectId: id })
      })
      if (!isActive) onAccessChanged(id)
    },
  }
}

export type UsersService = ReturnType<typeof createUsersService>
