import { createLdapDirectory, type LdapOptions } from '../../../src/clients/ldap/index.ts'

const users = 'CN=Users,DC=uni,DC=example'

/** The settings that docs/guides/admin.md gives for an Active Directory. */
export const activeDirectory = (url: string, change: Partial<LdapOptions> = {}) =>
  createLdapDirectory({
    urls: [url],
    startTls: false,
    service: { dn: 'service@uni.example', password: 'service-secret' },
    baseDn: 'DC=uni,DC=example',
    userFilter: '(&(objectCategory=person)(objectClass=user))',
    attributes: {
      ...{ login: ['sAMAccountName', 'userPrincipalName'], id: 'objectGUID', name: 'displayName', mail: 'mail' },
      studentNumber: 'employeeID',
    },
    groupStyle: 'ad-nested',
    groups: { teacher: `CN=netpraxis-teachers,${users}` },
    timeoutMs: 5_000,
    log: { warn: () => undefined },
    ...change,
  })

/** Every question that the tests put, so that a recording holds the answers to all of them. */
export const signIns = [
  ['ana', 'ana-secret'],
  ['ana@uni.example', 'ana-secret'],
  ['tom', 'tom-secret'],
  ['ana', 'wrong'],
  ['nobody', 'ana-secret'],
  ['disabled', 'disabled-secret'],
  ['disabled', 'wrong'],
  ['mustchange', 'mustchange-secret'],
  ['expired', 'expired-secret'],
  ['locked', 'locked-secret'],
] as const
export const classList = ['ana', 'tom', 'eva', 'nobody', 'kim@uni.example'] as const
