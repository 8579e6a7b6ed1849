import { fileURLToPath } from 'node:url'
import { InvalidCredentialsError } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedAccountOf } from '../../../src/clients/ldap/fault.ts'
import { activeDirectory, classList } from './active-directory.ts'
import { startRecordedDirectory } from './recorded-directory.ts'

const file = fileURLToPath(new URL('../../fixtures/ldap/active-directory.json', import.meta.url))

describe('an Active Directory, as it was recorded', () => {
  let recorded: Awaited<ReturnType<typeof startRecordedDirectory>>
  beforeAll(async () => {
    recorded = await startRecordedDirectory(file)
  })
  afterAll(async () => {
    await recorded.stop()
    // a question that was never recorded is a change of ours on the wire: record again
    expect(recorded.unknown).toEqual([])
  })
  const signIn = (name: string, password: string) => activeDirectory(recorded.url).authenticate(name, password)

  it.each(['ana', 'ana@uni.example'])('knows %s by the short name or the long one, as the same account', async (name) => {
    expect(await signIn(name, 'ana-secret')).toEqual({
      externalId: '26b3c9ef-02e2-4e7f-b183-6a4ca44fe90c',
      username: 'ana',
      displayName: 'ana Directory',
      email: 'ana@uni.example',
      studentNumber: '20260042',
      role: 'student',
    })
  })

  it('follows groups in groups in groups', async () => {
    expect(await signIn('tom', 'tom-secret')).toMatchObject({ role: 'teacher' })
  })

  it.each([
    ['a wrong password', 'ana', 'wrong'],
    ['an unknown name', 'nobody', 'ana-secret'],
    ['a wrong password of a disabled account, without saying that it is disabled', 'disabled', 'wrong'],
    ['the right password of a locked account, without saying that it was right', 'locked', 'locked-secret'],
  ])('does not let in with %s', async (_what, name, password) => {
    expect(await signIn(name, password)).toBeNull()
  })

  it.each([
    ['disabled', 'disabled'],
    ['mustchange', 'passwordExpired'],
    ['expired', 'accountExpired'],
  ])('says to who knows the password that the account is closed: %s', async (name, reason) => {
    await expect(signIn(name, `${name}-secret`)).rejects.toMatchObject({
      ...{ code: 'LDAP_ACCOUNT_CLOSED', details: { reason: { key: `details.ldap.${reason}` } } },
    })
  })

  it('looks up a class list, by either kind of name', async () => {
    const found = await activeDirectory(recorded.url).lookUp([...classList])
    expect([...found].map(([name, { username, role }]) => [name, username, role])).toEqual([
      ['ana', 'ana', 'student'],
      ['tom', 'tom', 'teacher'],
      ['eva', 'eva', 'student'],
      ['kim@uni.example', 'kim', 'student'],
    ])
  })

  it('shows what led to a role', async () => {
    expect(await activeDirectory(recorded.url).describe('tom')).toMatchObject({
      dn: 'CN=tom Directory,CN=Users,DC=uni,DC=example',
      groups: [{ purpose: 'teacher', isMember: true }],
    })
  })
})

// https://ldapwiki.com/wiki/Wiki.jsp?page=Common%20Active%20Directory%20Bind%20Errors
it.each([
  ['525', null],
  ['52e', null],
  ['530', 'notNow'],
  ['531', 'notNow'],
  ['532', 'passwordExpired'],
  ['533', 'disabled'],
  ['701', 'accountExpired'],
  ['773', 'passwordExpired'],
  ['775', null],
])('takes data %s behind error 49 for: %s', (subCode, reason) => {
  const message = `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${subCode}, v4563`
  expect(closedAccountOf(new InvalidCredentialsError(message))).toBe(reason)
})
