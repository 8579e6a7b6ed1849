import type { FormView } from '../http/page-context.ts'
import type { UserRow as StoredUser } from './users.repository.ts'
import type { OneTimePassword, UserRow, UsersPage } from './users.views.ts'

export const usersPerPage = 50

export const userRow = (user: StoredUser): UserRow => ({
  id: user.id,
  username: user.username,
  name: user.displayName,
  email: user.email,
  role: user.role,
  origin: user.source,
  isActive: user.state === 'active',
  createdAt: user.createdAt,
  lastSeenAt: user.lastSignInAt,
})

export interface UsersFilter {
  readonly query: string
  readonly role: StoredUser['role'] | null
}

/** @param found one more than a page holds, where there are more */
export function makeUsersPage(
  found: readonly StoredUser[],
  filter: UsersFilter,
  form: FormView,
  oneTimePasswords: readonly OneTimePassword[],
): UsersPage {
  const shown = found.slice(0, usersPerPage)
  const last = shown.at(-1)
  const next = new URLSearchParams({ query: filter.query, role: filter.role ?? '', after: last?.username ?? '' })
  return {
    users: shown.map(userRow),
    query: filter.query,
    role: filter.role,
    nextHref: found.length > usersPerPage ? `/admin/users?${next}` : null,
    form,
    oneTimePasswords,
  }
}
