import { AppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { Audit } from './audit.repository.ts'
import type { PersonalDataRepository } from './personal-data.repository.ts'
import type { UsersRepository } from './users.repository.ts'

export interface PersonalDataOptions {
  readonly repository: PersonalDataRepository
  readonly users: UsersRepository
  readonly audit: Audit
  readonly clock: Clock
  /** After so many days what is no longer needed goes; 0: nothing goes by itself. */
  readonly retentionDays: number
}

const dayMs = 86_400_000
const erasedName = (id: string): string => `erased-${id}`

/** What we know about a person: handed out, erased, and let go of after a time. Marks stay, without a name. */
export function createPersonalDataService({ repository, users, audit, clock, retentionDays }: PersonalDataOptions) {
  function erase(userId: string, actorId: string | null): void {
    const user = users.find(userId)
    if (!user) throw new AppError('NOT_FOUND')
    if (user.state !== 'disabled') throw new AppError('ACCOUNT_OPEN')
    const name = erasedName(userId)
    users.inTransaction(() => {
      users.update(userId, {
        ...{ username: name, displayName: name, email: null, studentNumber: null, externalId: null },
        ...{ passwordHash: null, lastSignInAt: null, role: 'student' },
      })
      repository.removeAccess(userId)
      audit.record({ actorId, action: 'user.erase', objectType: 'user', objectId: userId })
    })
  }

  return {
    /** All that is stored about the person, for him to take along. @throws AppError NOT_FOUND */
    export(userId: string) {
      const user = users.find(userId)
      if (!user) throw new AppError('NOT_FOUND')
      const { username, displayName, email, studentNumber, role, source, state, lastSignInAt, createdAt } = user
      const account = { username, displayName, email, studentNumber, role, source, state, lastSignInAt, createdAt }
      return { exportedAt: isoNow(clock), account, ...repository.read(userId) }
    },

    /**
     * Takes name, address, number, sessions and keys away; submissions and marks stay under a name that says nothing.
     * @throws AppError NOT_FOUND, ACCOUNT_OPEN (it must be closed first)
     */
    erase,

    /** What the retention time has run out for: ended sessions, entries of the audit log, accounts that were closed. */
    forget(): { sessions: number; auditEvents: number; accounts: number } {
      if (retentionDays === 0) return { sessions: 0, auditEvents: 0, accounts: 0 }
      const time = new Date(clock.now() - retentionDays * dayMs).toISOString()
      const closed = repository.listLongClosed(time)
      for (const id of closed) erase(id, null)
      return { sessions: repository.removeSessionsBefore(time), auditEvents: audit.removeBefore(time), accounts: closed.length }
    },
  }
}

export type PersonalDataService = ReturnType<typeof createPersonalDataService>
