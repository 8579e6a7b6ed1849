import type { RequestAttack } from '../attack.ts'

/** Names that mean more in a filter of LDAP (RFC 4515) than in a value. */
export const filterNames = ['*', 'ana)(uid=*', '*)(|(objectClass=*)', 'ana\\2a', ')(&', '(|(uid=*))'] as const

/** Signed in at a server whose directory has nobody of such a name. */
export const filterAttacks: readonly RequestAttack[] = filterNames.map((username) => ({
  ...{ class: 'filters', what: JSON.stringify(username), status: 401, mark: 'SIGN_IN_FAILED' },
  prepare: async (on) => () => on.stranger.post('/sign-in', { username, password: 'x' }),
}))
