import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AppError, isAppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newSecret } from '../lib/ids.ts'
import type { Audit, DirectoryPerson, UserRow, UsersService } from '../users/index.ts'
import type { ApiTokensService } from './api-tokens.service.ts'
import { readDeviceToken } from './device-token.ts'
import type { SessionsRepository } from './sessions.repository.ts'
import { type Attempt, createSignInGuard } from './sign-in-guard.ts'

/** Where names and passwords are checked besides our own accounts. */
export interface Directory {
  /** null: unknown name or wrong password. @throws AppError LDAP_* when the directory cannot tell */
  authenticate(username: string, password: string): Promise<DirectoryPerson | null>
  /** The names that the directory has, of those given. */
  lookUp(usernames: readonly string[]): Promise<ReadonlyMap<string, DirectoryPerson>>
}

export interface AuthOptions {
  readonly users: UsersService
  readonly sessions: SessionsRepository
  readonly tokens: ApiTokensService
  readonly directory: Directory | null
  readonly audit: Audit
  readonly clock: Clock
  readonly secret: string
  /** Told of a password that the directory took, where people have tickets of their own on Proxmox. */
  readonly onDirectorySignIn?: (user: UserRow, password: string) => void
}

export interface SignIn {
  readonly username: string
  readonly password: string
  readonly kind: 'browser' | 'api'
  readonly address: string
  readonly userAgent: string
  /** What the browser kept from an earlier sign-in. */
  readonly deviceToken?: string | undefined
}

const hour = 3_600_000
/** A browser's session ends after so long without a request; a program's Bearer holds 8 h from its start. */
const browserIdleMs = 12 * hour
const apiLifeMs = 8 * hour
/** A session's row is written at most this often. */
const touchEveryMs = 60_000

const nameOf = (sessionId: string): string => createHash('sha256').update(sessionId).digest('hex').slice(0, 16)

/** Sign-in and sessions: the token only names a session, the server's row decides. */
export function createAuthService({ users, sessions, tokens, directory, audit, clock, secret, onDirectorySignIn }: AuthOptions) {
  const guard = createSignInGuard(clock)

  /** Bound to the session: useless in any other. */
  const csrfOf = (sessionId: string) => createHmac('sha256', secret).update(`csrf ${sessionId}`).digest('base64url')

  const toActor = (user: UserRow, session: { id: string; kind: 'browser' | 'api' }): Actor => ({
    id: user.id,
    username: user.username,
    displayName: user.displayName,
    role: user.role,
    mustChangePassword: user.passwordMustChange,
    session: { id: session.id, kind: session.kind, csrf: csrfOf(session.id) },
  })

  async function authenticate(username: string, password: string): Promise<UserRow | null> {
    const local = users.findByUsername(username, 'local')
    if (local || !directory) return users.verify(username, password)
    if (password === '') return null // some directories take an empty password for an anonymous bind and say yes
    const person = await directory.authenticate(username, password)
    const user = person ? users.takeOverFromDirectory(person) : null
    return user?.state === 'active' ? user : null
  }

  async function decide(attempt: Attempt, password: string): Promise<UserRow | null> {
    try {
      return await authenticate(attempt.username, password)
    } catch (error) {
      guard.undecided(attempt)
      if (isAppError(error, 'LDAP_ACCOUNT_CLOSED')) noteRefusal(attempt)
      throw error
    }
  }

  function noteRefusal({ username, address }: Attempt): void {
    audit.record({ actorId: null, action: 'session.refused', objectType: 'user', details: { username: username.slice(0, 64) }, address })
  }

  return {
    /** The device that has signed in to this account before and proves it; null for any other. */
    knownDevice: (username: string, token: string | undefined): string | null => readDeviceToken(secret, token, username.trim()),

    /** @throws AppError SIGN_IN_FAILED, SIGN_IN_PAUSED, LDAP_* */
    async signIn(request: SignIn): Promise<{ actor: Actor; expiresAt: string }> {
      const username = request.username.trim()
      const attempt = { username, address: request.address, device: readDeviceToken(secret, request.deviceToken, username) }
      const seconds = guard.secondsToWait(attempt)
      // the password is not even looked at: a right one must not shine through
      if (seconds > 0) throw new AppError('SIGN_IN_PAUSED', { details: { seconds } })
      guard.began(attempt)
      const user = await decide(attempt, request.password)
      if (!user) {
        noteRefusal(attempt)
        throw new AppError('SIGN_IN_FAILED')
      }
      guard.succeeded(attempt)
      const now = clock.now()
      const expiresAt = new Date(now + (request.kind === 'api' ? apiLifeMs : browserIdleMs)).toISOString()
      const session = { id: newSecret(), kind: request.kind }
      // one transaction: each is a write to the disk that everybody waits for, and a class signs in at once
      sessions.inTransaction(() => {
        sessions.insert({
          ...session,
          userId: user.id,
          lastSeenAt: isoNow(clock),
          expiresAt,
          address: request.address,
          userAgent: request.userAgent.slice(0, 200),
          createdAt: isoNow(clock),
        })
        users.noteSignIn(user.id)
        audit.record({
          actorId: user.id,
          action: 'session.start',
          objectType: 'session',
          details: { kind: request.kind },
          address: request.address,
        })
      })
      if (user.source === 'ldap') onDirectorySignIn?.(user, request.password)
      return { actor: toActor(user, session), expiresAt }
    },

    /** Whom an API key stands for. */
    findByKey: tokens.findActor,

    /** The caller behind a session id; renews a browser's session by activity. */
    findActor(sessionId: string): Actor | null {
      const found = sessions.findValid(sessionId, isoNow(clock))
      if (!found) return null
      const { session, user } = found
      if (session.kind === 'browser' && clock.now() - Date.parse(session.lastSeenAt) > touchEveryMs) {
        sessions.touch(session.id, isoNow(clock), new Date(clock.now() + browserIdleMs).toISOString())
      }
      return toActor(user, session)
    },

    /** Whether what the caller came with still holds. */
    isOpen: (actor: Actor): boolean =>
      actor.session.kind === 'token' ? tokens.isOpen(actor) : sessions.findValid(actor.session.id, isoNow(clock)) !== undefined,

    /** The open sessions of an account, the newest first. A session's id is its secret: it has another name outside. */
    listSessions: (actor: Actor) =>
      sessions.listOpen(actor.id, isoNow(clock)).map(({ id, ...row }) => ({ ...row, name: nameOf(id), isThis: id === actor.session.id })),

    /** @throws AppError NOT_FOUND */
    endSession(actor: Actor, name: string): void {
      const session = sessions.listOpen(actor.id, isoNow(clock)).find(({ id }) => nameOf(id) === name)
      if (session === undefined) throw new AppError('NOT_FOUND')
      sessions.revoke(session.id, isoNow(clock))
      audit.record({ actorId: actor.id, action: 'session.end', objectType: 'session' })
    },

    signOut(actor: Actor): void {
      sessions.revoke(actor.session.id, isoNow(clock))
      audit.record({ actorId: actor.id, action: 'session.end', objectType: 'session' })
    },

    /** Ends the sessions of an account, but for the one that asks, and its API keys. */
    endOtherSessions(userId: string, exceptId = ''): void {
      sessions.revokeAll(userId, isoNow(clock), exceptId)
      tokens.revokeAll(userId)
    },

    /** From where an account's open sessions were begun, the newest first. */
    addressesOf: (userId: string): string[] => sessions.listOpen(userId, isoNow(clock)).flatMap(({ address }) => address ?? []),

    countSessions: (userId: string) => sessions.countOpen(userId, isoNow(clock)),

    isCsrfToken(actor: Actor, token: unknown): boolean {
      const expected = Buffer.from(actor.session.csrf)
      const given = Buffer.from(typeof token === 'string' ? token : '')
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}

export type AuthService = ReturnType<typeof createAuthService>
