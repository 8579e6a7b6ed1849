import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../../src/cli/doctor.ts'
import { captureIo } from '../cli/captured-io.ts'
import { describeWith } from '../needs.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { type Slapd, startSlapd, suffix } from './slapd.ts'

const people = `ou=people,${suffix}`
const groups = `ou=groups,${suffix}`
const unit = (name: string, above = suffix) => `dn: ou=${name},${above}\nobjectClass: organizationalUnit\nou: ${name}\n`
const person = (uid: string, lines: readonly string[] = [], where = people) =>
  [`dn: uid=${uid},${where}`, 'objectClass: inetOrgPerson', `uid: ${uid}`, `cn: ${uid} of the Directory`, 'sn: x', ...lines, ''].join('\n')
const groupOf = (name: string, uid: string) =>
  [`dn: cn=${name},${groups}`, 'objectClass: groupOfNames', `cn: ${name}`, `member: uid=${uid},${people}`, ''].join('\n')
const data = [
  `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n`,
  ...[unit('people'), unit('groups'), unit('a', people), unit('b', people)],
  person('tom', ['mail: tom@example.org', 'employeeNumber: 20260042']),
  person('kim'),
  ...[person('twin', [], `ou=a,${people}`), person('twin', [], `ou=b,${people}`)],
  ...[groupOf('teachers', 'tom'), groupOf('allowed', 'tom')],
].join('\n')

describeWith(['slapd', 'ldapadd', 'ldapsearch', 'openssl'], 'doctor --user, with real OpenLDAP', () => {
  let slapd: Slapd
  beforeAll(async () => {
    slapd = await startSlapd()
    slapd.add(data)
  })
  afterAll(() => slapd?.stop())

  /** The lines about the directory, as they are printed, and the exit status. */
  async function ask(name: string, settings: Readonly<Record<string, string>> = {}) {
    const io = captureIo({
      ...{ DATA_DIR: tempFolder(), LAB_NETWORKS: '127.77.0.0/16', AUTH_MODE: 'ldap', LDAP_URL: slapd.url, LDAP_BASE_DN: suffix },
      ...{ LDAP_STUDENT_NUMBER_ATTRIBUTE: 'employeeNumber', LDAP_TEACHER_GROUP_DN: `cn=teachers,${groups}` },
      ...settings,
    })
    const status = await run(['--user', name], io)
    const lines = io.out().split('\n')
    const from = lines.findIndex((line) => /directory|Sign-in/iu.test(line))
    return { status, lines: lines.slice(from, -2) }
  }

  it('prints the entry, the groups that were set, and the role that comes of them', async () => {
    const { lines } = await ask('TOM', { LDAP_ALLOWED_GROUP_DN: `cn=allowed,${groups}`, LDAP_ADMIN_GROUP_DN: `cn=admins,${groups}` })
    expect(lines).toEqual([
      expect.stringMatching(
        /^ok {6}Directory: tom is tom of the Directory, tom@example\.org, student number 20260042, id [0-9a-f]{8}-[0-9a-f-]{27}$/u,
      ),
      `ok      Directory: the entry is uid=tom,${people}`,
      `ok      Directory: in cn=allowed,${groups} (LDAP_ALLOWED_GROUP_DN)`,
      `ok      Directory: not in cn=admins,${groups} (LDAP_ADMIN_GROUP_DN)`,
      `ok      Directory: in cn=teachers,${groups} (LDAP_TEACHER_GROUP_DN)`,
      'ok      Directory: tom would sign in as teacher',
    ])
  })

  it('prints who may not sign in although the directory has him, and why', async () => {
    const { lines, status } = await ask('kim', { LDAP_ALLOWED_GROUP_DN: `cn=allowed,${groups}` })
    expect(lines.slice(1)).toEqual([
      `ok      Directory: the entry is uid=kim,${people}`,
      `ok      Directory: not in cn=allowed,${groups} (LDAP_ALLOWED_GROUP_DN)`,
      `ok      Directory: not in cn=teachers,${groups} (LDAP_TEACHER_GROUP_DN)`,
      'FAILING Directory: kim may not sign in',
      '        → Add the person to the group of LDAP_ALLOWED_GROUP_DN, or check LDAP_GROUP_STYLE.',
    ])
    expect(status).toBe(1)
  })

  it('prints that no group says anything of roles', async () => {
    const { lines } = await ask('kim', { LDAP_TEACHER_GROUP_DN: '' })
    expect(lines.at(-1)).toBe('ok      Directory: kim would sign in with the role that is given here, at first as student')
  })

  it.each([
    ['nobody', 'FAILING Directory: nobody is called nobody', 'Check the name, LDAP_BASE_DN, LDAP_LOGIN_ATTRIBUTE and LDAP_USER_FILTER.'],
    ['*', 'FAILING Directory: nobody is called *', 'Check the name, LDAP_BASE_DN, LDAP_LOGIN_ATTRIBUTE and LDAP_USER_FILTER.'],
  ])('prints of %s that there is no such person, and what to look at', async (name, problem, todo) => {
    expect(await ask(name)).toEqual({ status: 1, lines: [problem, `        → ${todo}`] })
  })

  it('prints that several entries have the name, and takes neither', async () => {
    expect(await ask('twin')).toEqual({
      status: 1,
      lines: ['FAILING Directory: The directory knows more than one twin. The administrator has to look.'],
    })
  })

  it('prints that the directory is down', async () => {
    expect(await ask('tom', { LDAP_URL: 'ldap://127.0.0.1:1' })).toEqual({
      status: 1,
      lines: ['FAILING Directory: The directory cannot be reached, so sign-in is not possible for the moment. Try again in a few minutes.'],
    })
  })

  it('prints that it refuses the account of this server', async () => {
    const { lines } = await ask('tom', { LDAP_BIND_DN: `uid=nobody,${people}`, LDAP_BIND_PASSWORD: 'planted-secret' })
    expect(lines).toEqual(['FAILING Directory: The directory does not accept the account of this server. The administrator has to look.'])
  })

  it('prints with local accounts that there is nobody to look up', async () => {
    expect((await ask('tom', { AUTH_MODE: 'local' })).lines).toEqual([
      'warning Directory: AUTH_MODE is local, so there is nobody to look up',
      '        → Leave --user out, or set AUTH_MODE=ldap.',
    ])
  })
})
