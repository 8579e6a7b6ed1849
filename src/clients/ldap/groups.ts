import { type Client, EqualityFilter, ExtensibleFilter, type Filter, NoSuchObjectError, OrFilter } from 'ldapts'
import { normaliseDn } from './entries.ts'
import type { DirectoryRole, FoundEntry, LdapOptions } from './types.ts'

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

/** What the person may be here; null when he may not sign in at all. */
export async function findRole(client: Client, rules: GroupRules, person: FoundEntry): Promise<DirectoryRole | null> {
  const { allowed } = rules.groups
  if (allowed !== undefined && !(await isMember(client, rules, person, allowed))) return null
  for (const role of ['admin', 'teacher', 'assistant'] as const) {
    if (await isMember(client, rules, person, rules.groups[role])) return role
  }
  return 'student'
}
