import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId, newSecret } from '../lib/ids.ts'
import type { Audit } from '../users/index.ts'
import type { ApiTokenRow, ApiTokensRepository } from './api-tokens.repository.ts'

export interface ApiTokensOptions {
  readonly repository: ApiTokensRepository
  readonly audit: Audit
  readonly clock: Clock
}

export interface NewApiToken {
  readonly name: string
  readonly scope: ApiTokenRow['scope']
  readonly days: number
}

/** So that a scanner for leaked keys, and a person, know one when they see it. */
const prefix = 'npx_'
const day = 86_400_000
const touchEveryMs = 60_000
/** Enough for everybody's scripts, too few to fill a disk with. */
export const mostTokens = 20

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** True for what looks like one of our keys, and not like a session's token. */
export const isApiToken = (bearer: string): boolean => bearer.startsWith(prefix)

/** Keys that a person gives to programs: named, with an end, for reading or for all that the person may do; only under /api. */
export function createApiTokensService({ repository, audit, clock }: ApiTokensOptions) {
  return {
    /** @returns the key, which is not kept and cannot be shown again. @throws AppError TOO_MANY_TOKENS */
    create(actor: Actor, { name, scope, days }: NewApiToken): string {
      if (repository.listOpen(actor.id, isoNow(clock)).length >= mostTokens)
        throw new AppError('TOO_MANY_TOKENS', { details: { limit: mostTokens } })
      const id = newId()
      const secret = newSecret()
      const expiresAt = new Date(clock.now() + days * day).toISOString()
      const secretHash = hashOf(secret).toString('hex')
      repository.insert({ id, userId: actor.id, name, scope, secretHash, expiresAt, createdAt: isoNow(clock) })
      audit.record({ actorId: actor.id, action: 'token.create', objectType: 'token', objectId: id, details: { name, scope, expiresAt } })
      return `${prefix}${id}_${secret}`
    },

    list: (userId: string): ApiTokenRow[] => repository.listOpen(userId, isoNow(clock)),

    /** @throws AppError NOT_FOUND for somebody else's, or one that is gone */
    revoke(actor: Actor, id: string): void {
      if (repository.revoke(actor.id, isoNow(clock), id) === 0) throw new AppError('NOT_FOUND')
      audit.record({ actorId: actor.id, action: 'token.revoke', objectType: 'token', objectId: id })
    },

    isOpen: (actor: Actor): boolean => repository.findOpen(actor.session.id.replace('token ', ''), isoNow(clock)) !== undefined,

    revokeAll: (userId: string): void => void repository.revoke(userId, isoNow(clock)),

    /** Whom a key stands for; null for a wrong, expired or revoked one. */
    findActor(bearer: string): Actor | null {
      const [, id = '', secret = ''] = /^npx_([0-9a-z]{16})_([\w-]{43})$/.exec(bearer) ?? []
      const found = id === '' ? undefined : repository.findOpen(id, isoNow(clock))
      if (found === undefined || !timingSafeEqual(hashOf(secret), Buffer.from(found.token.secretHash, 'hex'))) return null
      const { token, user } = found
      if (token.lastUsedAt === null || clock.now() - Date.parse(token.lastUsedAt) > touchEveryMs) repository.touch(id, isoNow(clock))
      return {
        id: user.id,
        username: user.username,
        displayName: user.displayName,
        role: user.role,
        mustChangePassword: user.passwordMustChange,
        session: { id: `token ${id}`, kind: 'token', csrf: '', isReadOnly: token.scope === 'read' },
      }
    },
  }
}

export type ApiTokensService = ReturnType<typeof createApiTokensService>
