import { describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { isUsername } from '../../src/users/index.ts'
import { actorFor, openBench } from '../support/given.ts'

const ana = { username: 'Ana', displayName: 'Ana Almeida', role: 'student' as const }
const refused = (code: string) => expect.objectContaining({ code })

describe('a user name', () => {
  it.each(['ana', 'a12345', 'ana.almeida', 'ana_b-c', 'ana@example.org', 'ANA', '7', 'a'.repeat(64)])('may be %s', (name) => {
    expect(isUsername(name)).toBe(true)
  })
  it.each(['', '.ana', '-ana', 'ana almeida', 'ana\n', 'anã', '=cmd', "ana'", '<b>', '../ana', 'a'.repeat(65)])('may not be %j', (name) => {
    expect(isUsername(name)).toBe(false)
  })

  it('is one account whatever its case', async () => {
    const { users } = openBench().services
    await users.createWithPassword(ana, 'four unrelated words')
    await expect(users.createWithPassword({ ...ana, username: 'aNa' }, 'x')).rejects.toThrow(refused('USERNAME_TAKEN'))
    expect(await users.verify('ANA', 'four unrelated words')).toMatchObject({ username: 'ana' })
  })
})

describe('a password', () => {
  it('is stored as an argon2id hash and opens the account it belongs to alone', async () => {
    const { services, db } = openBench()
    await services.users.createWithPassword(ana, 'four unrelated words')
    expect(db.query.select().from(tables.users).get()?.passwordHash).toMatch(/^\$argon2id\$/)
    expect(await services.users.verify('ana', 'four unrelated words')).not.toBeNull()
    for (const [name, password] of [
      ['ana', 'four unrelated wordS'],
      ['ana', ''],
      ['nobody', 'four unrelated words'],
    ] as const)
      expect(await services.users.verify(name, password)).toBeNull()
  })

  it('of one time must be changed, and no longer opens anything afterwards', async () => {
    const { users } = openBench().services
    const prepared = (await users.prepareOneTimePasswords(['Ana'])).get('ana')
    if (!prepared) throw new Error('no password was prepared')
    const user = users.insertWithOneTimePassword(ana, prepared)
    expect(user.passwordMustChange).toBe(true)
    await users.changePassword(user.id, { current: prepared.password, password: 'four unrelated words' })
    expect(users.get(user.id).passwordMustChange).toBe(false)
    expect(await users.verify('ana', prepared.password)).toBeNull()
  })

  it.each([
    ['the present one is wrong', 'wrong', 'four unrelated words', 'PASSWORD_WRONG', 'current'],
    ['it is too short', 'four unrelated words', 'short-one', 'VALIDATION_FAILED', 'password'],
    ['it is the same', 'four unrelated words', 'four unrelated words', 'VALIDATION_FAILED', 'password'],
  ])('is not changed when %s', async (_what, current, password, code, field) => {
    const { users } = openBench().services
    const user = await users.createWithPassword(ana, 'four unrelated words')
    await expect(users.changePassword(user.id, { current, password })).rejects.toMatchObject({ code, fields: [{ field }] })
    expect(await users.verify('ana', 'four unrelated words')).not.toBeNull()
  })

  it('that is reset works once, ends the sessions and stands in the audit log without itself', async () => {
    const { services, db, given } = openBench()
    const user = await services.users.createWithPassword(ana, 'four unrelated words')
    const { actor } = await services.auth.signIn({
      username: 'ana',
      password: 'four unrelated words',
      kind: 'browser',
      address: '',
      userAgent: '',
    })
    const password = await services.users.resetPassword(user.id, given.person('admin').id)
    expect(await services.users.verify('ana', password)).toMatchObject({ passwordMustChange: true })
    expect(services.auth.findActor(actor.session.id)).toBeNull()
    const audited = db.query.select().from(tables.auditEvents).all()
    expect(audited.map((event) => event.action)).toContain('user.password-reset')
    expect(JSON.stringify(audited)).not.toContain(password)
  })

  it('of the directory is not ours to change', async () => {
    const { services, given } = openBench()
    const user = given.user({ source: 'ldap', externalId: 'e-1' })
    await expect(services.users.resetPassword(user.id, user.id)).rejects.toThrow(refused('FORBIDDEN'))
    await expect(services.users.changePassword(user.id, { current: '', password: 'four unrelated words' })).rejects.toThrow(
      refused('PASSWORD_WRONG'),
    )
  })
})

describe('the last administrator', () => {
  it('stays administrator and active', () => {
    const { services, given } = openBench()
    const admin = given.user({ role: 'admin' })
    given.user({ role: 'admin', state: 'disabled' })
    expect(() => services.users.setRole(admin.id, 'teacher', admin.id)).toThrow(refused('LAST_ADMIN'))
    expect(() => services.users.setActive(admin.id, false, admin.id)).toThrow(refused('LAST_ADMIN'))
    given.user({ role: 'admin' })
    services.users.setRole(admin.id, 'teacher', admin.id)
    expect(services.users.get(admin.id).role).toBe('teacher')
  })

  it('is not a disabled one, which can be made something else', () => {
    const { services, given } = openBench()
    const admin = given.user({ role: 'admin' })
    const disabled = given.user({ role: 'admin', state: 'disabled' })
    services.users.setRole(disabled.id, 'student', admin.id)
    expect(services.users.get(disabled.id).role).toBe('student')
  })
})

describe('a person of the directory', () => {
  const person = {
    externalId: 'uuid-1',
    username: 'Ana',
    displayName: 'Ana Almeida',
    email: null,
    studentNumber: null,
    role: 'student' as const,
  }

  it('is known by the stable id: a changed name and role are taken over', () => {
    const { users } = openBench().services
    const user = users.takeOverFromDirectory(person)
    const again = users.takeOverFromDirectory({ ...person, username: 'ana.almeida', role: 'teacher' })
    expect(again).toMatchObject({ id: user.id, username: 'ana.almeida', role: 'teacher', source: 'ldap' })
  })

  it('keeps the role that was given here while no group of the directory decides', () => {
    const { users } = openBench().services
    const user = users.takeOverFromDirectory({ ...person, role: null })
    expect(user.role).toBe('student')
    users.setRole(user.id, 'teacher', user.id)
    expect(users.takeOverFromDirectory({ ...person, role: null }).role).toBe('teacher')
  })

  it('cannot be given a role here while groups of the directory decide', () => {
    const { users } = openBench({
      environment: {
        ...{ AUTH_MODE: 'ldap', LDAP_URL: 'ldaps://127.0.0.1', LDAP_BASE_DN: 'dc=example', LDAP_TEACHER_GROUP_DN: 'cn=t,dc=example' },
      },
    }).services
    const user = users.takeOverFromDirectory(person)
    expect(() => users.setRole(user.id, 'admin', user.id)).toThrow(expect.objectContaining({ code: 'ROLE_FROM_DIRECTORY' }))
    expect(users.get(user.id).role).toBe('student')
  })

  it('inherits nothing of whoever had the name before, and the name finds the new one', () => {
    const { users } = openBench().services
    const before = users.takeOverFromDirectory(person)
    const after = users.takeOverFromDirectory({ ...person, externalId: 'uuid-2', displayName: 'Ana Alves' })
    expect(after.id).not.toBe(before.id)
    expect(users.findByUsername('ana')?.id).toBe(after.id)
    expect(users.listByUsernames(['ana']).map((user) => user.id)).toEqual([after.id])
    expect(users.get(before.id).displayName).toBe('Ana Almeida')
  })

  it('with another role begins anew: sessions of the old one end', async () => {
    const { services } = openBench({ directory: { authenticate: async () => person, lookUp: async () => new Map() } })
    const signIn = { username: 'ana', password: 'x', kind: 'browser' as const, address: '', userAgent: '' }
    const { actor } = await services.auth.signIn(signIn)
    services.users.takeOverFromDirectory({ ...person, role: 'teacher' })
    expect(services.auth.findActor(actor.session.id)).toBeNull()
  })
})

it('finds people by a part of their name, where a percent sign is no wildcard', () => {
  const { services, given } = openBench()
  for (const username of ['ana', 'bruno', 'carla']) given.user({ username, displayName: username })
  const names = (query: string) => services.users.list({ query, limit: 10 }).map((user) => user.username)
  expect([names('an'), names('%'), names('')]).toEqual([['ana'], [], ['ana', 'bruno', 'carla']])
  expect(services.users.list({ after: 'ana', limit: 1 }).map((user) => user.username)).toEqual(['bruno'])
})

it('writes who changed a role, from what to what', () => {
  const { services, db, given } = openBench()
  const [admin, user] = [given.person('admin'), given.user({ role: 'student' })]
  services.users.setRole(user.id, 'teacher', admin.id)
  expect(db.query.select().from(tables.auditEvents).all()).toMatchObject([
    { actorId: admin.id, action: 'user.role', objectId: user.id, details: { from: 'student', to: 'teacher' } },
  ])
  expect(actorFor(services.users.get(user.id)).role).toBe('teacher')
})
