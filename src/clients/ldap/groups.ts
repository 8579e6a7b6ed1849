import { type Client, EqualityFilter, ExtensibleFilter, type Filter, NoSuchObjectError, OrFilter } from 'ldapts'
import { normaliseDn } from './entries.ts'
import type { DirectoryFinding, DirectoryRole, FoundEntry, GroupPurpose, LdapOptions } from './types.ts'

export type GroupRules = Pick<LdapOptions, 'groups' | 'groupStyle' | 'log'>

/** Active Directory's matching rule that follows groups in groups (LDAP_MATCHING_RULE_IN_CHAIN). */
const inChain = '1.2.840.113556.1.4.1941'

const equals = (attribute: string, value: string): Filter => new EqualityFilter({ attribute, value })

async function matches(client: Client, baseDn: string, filter: Filter): Promise<boolean> {
  const { searchEntries } = await client.search(baseDn, { scope: 'base', derefAliases: 'never', filter, attributes: ['1.1'] })
  return searchEntries.length > 0
}

/** How each style asks whether the person belongs to the group. */
const memberTests = {
  memberOf: (_client, person, group) => Promise.resolve(person.memberOf.includes(normaliseDn(group))),
  groupOfNames: (client, { dn }, group) =>
    matches(client, group, new OrFilter({ filters: [equals('member', dn), equals('uniqueMember', dn)] })),
  posixGroup: (client, { username, primaryGroup }, group) => {
    const byNumber = primaryGroup === null ? [] : [equals('gidNumber', primaryGroup)]
    return matches(client, group, new OrFilter({ filters: [equals('memberUid', username), ...byNumber] }))
  },
  'ad-nested': (client, { dn }, group) => matches(client, dn, new ExtensibleFilter({ matchType: 'memberOf', rule: inChain, value: group })),
} satisfies Record<GroupRules['groupStyle'], (client: Client, person: FoundEntry, group: string) => Promise<boolean>>

async function isMember(client: Client, rules: GroupRules, person: FoundEntry, group: string | undefined): Promise<boolean> {
  if (group === undefined) return false
  try {
    return await memberTests[rules.groupStyle](client, person, group)
  } catch (error) {
    if (!(error instanceof NoSuchObjectError)) throw error
    rules.log.warn({ group }, 'the directory has no such group, or our account may not see it')
    return false
  }
}

export interface Standing {
  readonly maySignIn: boolean
  /** null: no group decides about roles. */
  readonly role: DirectoryRole | null
}

const roles = ['admin', 'teacher', 'assistant'] as const

/** Whether the person may sign in, and as what. The first of admin, teacher, assistant that he belongs to decides. */
export async function findStanding(client: Client, rules: GroupRules, person: FoundEntry): Promise<Standing> {
  const { allowed } = rules.groups
  const maySignIn = allowed === undefined || (await isMember(client, rules, person, allowed))
  const given = roles.filter((role) => rules.groups[role] !== undefined)
  if (!maySignIn || given.length === 0) return { maySignIn, role: null }
  for (const role of given) {
    if (await isMember(client, rules, person, rules.groups[role])) return { maySignIn, role }
  }
  return { maySignIn, role: 'student' }
}

/** Every group that was set, and whether the person belongs to it. */
export async function listMemberships(client: Client, rules: GroupRules, person: FoundEntry): Promise<DirectoryFinding['groups']> {
  const memberships: { purpose: GroupPurpose; dn: string; isMember: boolean }[] = []
  for (const purpose of ['allowed', ...roles] as const) {
    const dn = rules.groups[purpose]
    if (dn !== undefined) memberships.push({ purpose, dn, isMember: await isMember(client, rules, person, dn) })
  }
  return memberships
}
