import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createLdapDirectory, type LdapOptions } from '../../src/clients/ldap/index.ts'
import { describeWith } from '../needs.ts'
import { type Slapd, startSlapd, suffix } from './slapd.ts'

const people = `ou=people,${suffix}`
const group = (name: string) => `cn=${name},ou=groups,${suffix}`

const person = (uid: string, lines: readonly string[] = [], where = people) =>
  [
    `dn: uid=${uid},${where}`,
    'objectClass: inetOrgPerson',
    `uid: ${uid}`,
    `cn: ${uid} of the Directory`,
    'sn: Directory',
    ...lines,
    `userPassword: ${uid}-secret`,
    '',
  ].join('\n')

const unit = (name: string, above = suffix) => `dn: ou=${name},${above}\nobjectClass: organizationalUnit\nou: ${name}\n`
const groupOf = (name: string, members: readonly string[]) =>
  [`dn: ${group(name)}`, 'objectClass: groupOfNames', `cn: ${name}`, ...members.map((uid) => `member: uid=${uid},${people}`), ''].join('\n')

const data = [
  `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n`,
  ...[unit('people'), unit('groups'), unit('services'), unit('hidden'), unit('a', people), unit('b', people)],
  person('ana', ['mail: ana@example.org', 'employeeNumber: 20260042']),
  person('tom'),
  person('eva'),
  person('kim'),
  person('Zoë Ω'),
  person('twin', [], `ou=a,${people}`),
  person('twin', [], `ou=b,${people}`),
  person('service', [], `ou=services,${suffix}`),
  person('shy', [], `ou=hidden,${suffix}`),
  groupOf('teachers', ['tom', 'eva']),
  groupOf('admins', ['eva']),
  groupOf('allowed', ['ana', 'tom', 'eva']),
  `dn: cn=tutors,ou=groups,${suffix}\nobjectClass: posixGroup\ncn: tutors\ngidNumber: 500\nmemberUid: kim\n`,
  `dn: ou=away,${people}\nobjectClass: referral\nobjectClass: extensibleObject\nou: away\nref: ldap://127.0.0.1:1/ou=away,${people}\n`,
].join('\n')

describeWith(['slapd', 'ldapadd', 'ldapsearch', 'openssl'], 'a directory, real OpenLDAP', () => {
  let slapd: Slapd
  const warnings: unknown[] = []

  beforeAll(async () => {
    slapd = await startSlapd()
    slapd.add(data)
  })
  afterAll(() => slapd?.stop())
  afterEach(() => warnings.splice(0))

  const directory = (change: Partial<LdapOptions> = {}) =>
    createLdapDirectory({
      urls: [slapd.url],
      startTls: false,
      baseDn: suffix,
      userFilter: '(objectClass=inetOrgPerson)',
      attributes: { login: ['uid'], id: 'entryUUID', name: 'cn', mail: 'mail', studentNumber: 'employeeNumber' },
      groupStyle: 'groupOfNames',
      groups: { teacher: group('teachers'), admin: group('admins') },
      timeoutMs: 5_000,
      log: { warn: (...args: unknown[]) => void warnings.push(args) },
      ...change,
    })

  it('knows who signs in, with a stable id, name, mail and role', async () => {
    const ana = await directory().authenticate('ana', 'ana-secret')
    expect(ana).toEqual({
      externalId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/u),
      username: 'ana',
      displayName: 'ana of the Directory',
      email: 'ana@example.org',
      studentNumber: '20260042',
      role: 'student',
    })
    expect((await directory().authenticate('ANA', 'ana-secret'))?.externalId).toBe(ana?.externalId)
    expect(await directory().authenticate('Zoë Ω', 'Zoë Ω-secret')).toMatchObject({ username: 'zoë ω', email: null })
    expect(warnings).toEqual([])
  })

  it.each([
    ['a wrong password', 'ana', 'tom-secret'],
    ['an unknown name', 'nobody', 'ana-secret'],
    ['no password, which a server may take for an anonymous bind', 'ana', ''],
    ['no name', '', 'ana-secret'],
    ['a filter instead of a name', '*)(uid=ana', 'ana-secret'],
    ['a wildcard', 'an*', 'ana-secret'],
    ['somebody who lies behind a referral', 'away', 'ana-secret'],
  ])('does not let in with %s', async (_what, username, password) => {
    expect(await directory().authenticate(username, password)).toBeNull()
  })

  it('sends nothing at all for an empty password', async () => {
    const unreachable = directory({ urls: ['ldap://127.0.0.1:1'] })
    expect(await unreachable.authenticate('ana', '')).toBeNull()
  })

  it('refuses a name that two entries share', async () => {
    await expect(directory().authenticate('twin', 'twin-secret')).rejects.toMatchObject({ code: 'LDAP_AMBIGUOUS' })
  })

  it('does not follow a referral of the whole search', async () => {
    const elsewhere = directory({ baseDn: 'dc=elsewhere,dc=org' })
    await expect(elsewhere.authenticate('ana', 'ana-secret')).rejects.toMatchObject({ code: 'LDAP_UNEXPECTED_ANSWER' })
  })

  it('searches as its own account, and says when that is refused', async () => {
    const service = { dn: `uid=service,ou=services,${suffix}`, password: 'service-secret' }
    expect(await directory().authenticate('shy', 'shy-secret')).toBeNull()
    expect(await directory({ service }).authenticate('shy', 'shy-secret')).toMatchObject({ username: 'shy' })
    const wrong = directory({ service: { ...service, password: 'no' } })
    await expect(wrong.authenticate('ana', 'ana-secret')).rejects.toMatchObject({ code: 'LDAP_REFUSED' })
  })

  it.each(['groupOfNames', 'memberOf'] as const)('reads roles from groups by %s', async (groupStyle) => {
    const roles = await directory({ groupStyle }).lookUp(['ana', 'tom', 'eva'])
    expect([...roles].map(([name, { role }]) => [name, role])).toEqual([
      ['ana', 'student'],
      ['tom', 'teacher'],
      ['eva', 'admin'],
    ])
  })

  it('reads roles from posix groups', async () => {
    const options = { groupStyle: 'posixGroup', groups: { assistant: group('tutors') } } as const
    expect(await directory(options).authenticate('kim', 'kim-secret')).toMatchObject({ role: 'assistant' })
    expect(await directory(options).authenticate('ana', 'ana-secret')).toMatchObject({ role: 'student' })
  })

  it('lets in only members of the allowed group', async () => {
    const closed = directory({ groups: { allowed: group('allowed') } })
    expect(await closed.authenticate('ana', 'ana-secret')).not.toBeNull()
    expect(await closed.authenticate('kim', 'kim-secret')).toBeNull()
    expect([...(await closed.lookUp(['ana', 'kim'])).keys()]).toEqual(['ana'])
  })

  it('lets nobody in, and says so in the log, when the allowed group does not exist', async () => {
    const closed = directory({ groups: { allowed: group('misspelt') } })
    expect(await closed.authenticate('ana', 'ana-secret')).toBeNull()
    expect(JSON.stringify(warnings)).toContain('misspelt')
  })

  it('says nothing about roles when no group was set for one', async () => {
    expect(await directory({ groups: {} }).authenticate('eva', 'eva-secret')).toMatchObject({ role: null })
    expect(await directory({ groups: { allowed: group('allowed') } }).authenticate('eva', 'eva-secret')).toMatchObject({ role: null })
  })

  it('takes any of several names that people go by; the first attribute names the account', async () => {
    const attributes = { login: ['uid', 'mail'], id: 'entryUUID', name: 'cn', mail: 'mail', studentNumber: 'employeeNumber' }
    expect(await directory({ attributes }).authenticate('Ana@Example.org', 'ana-secret')).toMatchObject({ username: 'ana' })
    expect(
      [...(await directory({ attributes }).lookUp(['ana@example.org', 'tom']))].map(([name, { username }]) => [name, username]),
    ).toEqual([
      ['ana@example.org', 'ana'],
      ['tom', 'tom'],
    ])
  })

  it('shows entry, groups and what follows from them, also of somebody who may not sign in', async () => {
    const groups = { allowed: group('allowed'), teacher: group('teachers'), admin: group('admins') }
    expect(await directory({ groups }).describe('tom')).toMatchObject({
      dn: `uid=tom,${people}`,
      maySignIn: true,
      person: { role: 'teacher' },
      groups: [
        { purpose: 'allowed', dn: group('allowed'), isMember: true },
        { purpose: 'admin', dn: group('admins'), isMember: false },
        { purpose: 'teacher', dn: group('teachers'), isMember: true },
      ],
    })
    expect(await directory({ groups }).describe('kim')).toMatchObject({ dn: `uid=kim,${people}`, maySignIn: false })
    expect(await directory({ groups }).describe('nobody')).toBeNull()
  })

  it('finds a whole class where the server gives one entry at a time', async () => {
    const stingy = await startSlapd({ sizeLimit: 1 })
    try {
      stingy.add(data)
      const found = await directory({ urls: [stingy.url] }).lookUp(['ana', 'tom', 'eva', 'twin'])
      expect([...found.keys()]).toEqual(['ana', 'tom', 'eva'])
    } finally {
      await stingy.stop()
    }
  })

  it('looks up a long list, leaving out the unknown and the ambiguous', async () => {
    const strangers = Array.from({ length: 90 }, (_value, index) => `stranger${index}`)
    const found = await directory().lookUp([...strangers, 'ana', 'twin', 'tom', '*', ''])
    expect([...found.keys()]).toEqual(['ana', 'tom'])
  })

  it('speaks TLS from the start or by StartTLS, and only with a certificate that fits', async () => {
    const { caFile, tlsUrl, url, tlsPort, port } = slapd
    expect(await directory({ urls: [tlsUrl], caFile }).authenticate('ana', 'ana-secret')).not.toBeNull()
    expect(await directory({ urls: [url], startTls: true, caFile }).authenticate('ana', 'ana-secret')).not.toBeNull()
    const unsafe: readonly Partial<LdapOptions>[] = [
      { urls: [tlsUrl] }, // signed by nobody we know
      { urls: [url], startTls: true },
      { urls: [`ldaps://localhost:${tlsPort}`], caFile }, // made for another name
      { urls: [`ldap://localhost:${port}`], startTls: true, caFile },
    ]
    for (const options of unsafe)
      await expect(directory(options).authenticate('ana', 'ana-secret')).rejects.toMatchObject({ code: 'LDAP_UNAVAILABLE' })
  })

  it('asks the next server when one is down or hangs, and says which of it is so when all are', async () => {
    const { url, stop } = await startSilentServer()
    try {
      const down = 'ldap://127.0.0.1:1'
      expect(await directory({ urls: [down, url, slapd.url], timeoutMs: 400 }).authenticate('ana', 'ana-secret')).not.toBeNull()
      await expect(directory({ urls: [url], timeoutMs: 200 }).authenticate('ana', 'x')).rejects.toMatchObject({ code: 'LDAP_TIMEOUT' })
      await expect(directory({ urls: [down] }).authenticate('ana', 'x')).rejects.toMatchObject({ code: 'LDAP_UNAVAILABLE' })
    } finally {
      await stop()
    }
  })

  it('does not try a wrong password on the next server', async () => {
    expect(await directory({ urls: [slapd.url, 'ldap://127.0.0.1:1'] }).authenticate('ana', 'wrong')).toBeNull()
    expect(warnings).toEqual([])
  })

  it.each([
    ['a filter', { userFilter: '(objectClass=' }, 'LDAP_USER_FILTER'],
    ['a CA file', { caFile: '/nowhere/ca.pem' }, 'LDAP_CA_FILE'],
  ] as const)('does not start with %s that cannot be read', (_what, change, field) => {
    expect(() => directory(change)).toThrowError(
      expect.objectContaining({ code: 'CONFIG_INVALID', fields: [expect.objectContaining({ field })] }),
    )
  })
})

/** Takes connections and never says a word. */
async function startSilentServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return { url: `ldap://127.0.0.1:${port}`, stop }
}
