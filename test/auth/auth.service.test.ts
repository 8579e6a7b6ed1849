import { describe, expect, it } from 'vitest'
import type { Directory } from '../../src/auth/index.ts'
import { isOwnOrigin } from '../../src/auth/origins.ts'
import { tables } from '../../src/db/index.ts'
import { AppError } from '../../src/errors.ts'
import { openBench } from '../support/given.ts'

const hour = 3_600_000
const password = 'four unrelated words'

async function withAna(directory: Directory | null = null) {
  const bench = openBench({ directory })
  const { auth, users } = bench.services
  const user = await users.createWithPassword({ username: 'ana', displayName: 'Ana', role: 'student' }, password)
  const signIn = (kind: 'browser' | 'api' = 'browser') =>
    auth.signIn({ username: ' Ana ', password, kind, address: '10.0.0.7', userAgent: 'test' })
  return { ...bench, auth, users, user, signIn }
}

describe('a session of a browser', () => {
  it('is renewed by activity and ends twelve hours after the last', async () => {
    const { auth, signIn, time } = await withAna()
    const { actor } = await signIn()
    for (let turn = 0; turn < 4; turn += 1) {
      await time.advance(11 * hour)
      expect(auth.findActor(actor.session.id)?.username).toBe('ana')
    }
    await time.advance(12 * hour)
    expect(auth.findActor(actor.session.id)).toBeNull()
  })

  it('is written at most once a minute', async () => {
    const { auth, signIn, time, db } = await withAna()
    const { actor } = await signIn()
    const seenAt = () => db.query.select().from(tables.sessions).get()?.lastSeenAt
    const first = seenAt()
    await time.advance(59_000)
    auth.findActor(actor.session.id)
    expect(seenAt()).toBe(first)
    await time.advance(2_000)
    auth.findActor(actor.session.id)
    expect(seenAt()).not.toBe(first)
  })
})

it("ends a program's session eight hours after its start, however busy it was", async () => {
  const { auth, signIn, time } = await withAna()
  const { actor } = await signIn('api')
  await time.advance(8 * hour - 1)
  expect(auth.findActor(actor.session.id)).not.toBeNull()
  await time.advance(1)
  expect(auth.findActor(actor.session.id)).toBeNull()
})

describe('every session of an account ends', () => {
  it.each<[string, (bench: Awaited<ReturnType<typeof withAna>>) => unknown]>([
    ['when it is disabled', ({ users, user }) => users.setActive(user.id, false, user.id)],
    ['when its role changes', ({ users, user }) => users.setRole(user.id, 'teacher', user.id)],
    ['when its password is reset', ({ users, user }) => users.resetPassword(user.id, user.id)],
  ])('%s', async (_when, change) => {
    const bench = await withAna()
    const { actor } = await bench.signIn()
    await change(bench)
    expect(bench.auth.findActor(actor.session.id)).toBeNull()
  })
})

it('ends one session at its sign-out and leaves the others', async () => {
  const { auth, signIn, user } = await withAna()
  const [{ actor: here }, { actor: elsewhere }] = [await signIn(), await signIn()]
  auth.signOut(here)
  expect([auth.findActor(here.session.id), auth.findActor(elsewhere.session.id)?.id]).toEqual([null, user.id])
  auth.endOtherSessions(user.id, elsewhere.session.id)
  expect(auth.countSessions(user.id)).toBe(1)
})

it('knows no session by a made-up id', async () => {
  const { auth } = await withAna()
  for (const id of ['', 'x', "' or 1=1 --"]) expect(auth.findActor(id)).toBeNull()
})

it('takes the CSRF token of the own session and no other', async () => {
  const { auth, signIn } = await withAna()
  const [{ actor: one }, { actor: other }] = [await signIn(), await signIn()]
  expect(auth.isCsrfToken(one, one.session.csrf)).toBe(true)
  for (const token of [other.session.csrf, '', undefined, null, 7, [one.session.csrf], one.session.csrf.slice(1)])
    expect(auth.isCsrfToken(one, token)).toBe(false)
})

it('writes a refused sign-in down with name and address, never with the password', async () => {
  const { auth, db } = await withAna()
  await expect(
    auth.signIn({ username: 'ana', password: 'my-real-secret', kind: 'browser', address: '10.0.0.7', userAgent: '' }),
  ).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' })
  const events = db.query.select().from(tables.auditEvents).all()
  expect(events).toMatchObject([{ action: 'session.refused', details: { username: 'ana' }, address: '10.0.0.7' }])
  expect(JSON.stringify(events)).not.toContain('my-real-secret')
})

describe('with a directory', () => {
  const person = {
    externalId: 'uuid-1',
    username: 'bruno',
    displayName: 'Bruno',
    email: null,
    studentNumber: null,
    role: 'student' as const,
  }
  const asked: string[] = []
  const directory: Directory = {
    authenticate: async (username, given) => {
      asked.push(username)
      if (username === 'down') throw new AppError('LDAP_UNAVAILABLE')
      if (username === 'closed') throw new AppError('LDAP_ACCOUNT_CLOSED')
      return username === 'bruno' && given === 'ldap password' ? person : null
    },
    lookUp: async () => new Map(),
  }
  const signIn = { kind: 'browser' as const, address: '', userAgent: '' }

  it('a person of it signs in and gets an account', async () => {
    const { auth } = await withAna(directory)
    const { actor } = await auth.signIn({ ...signIn, username: 'bruno', password: 'ldap password' })
    expect(actor).toMatchObject({ username: 'bruno', role: 'student', mustChangePassword: false })
  })

  it('a local account of the name is never looked for in it', async () => {
    const { auth } = await withAna(directory)
    asked.length = 0
    await auth.signIn({ ...signIn, username: 'ana', password })
    expect(asked).toEqual([])
  })

  it('an empty password is refused without asking: a directory may take it for an anonymous bind', async () => {
    const { auth } = await withAna(directory)
    asked.length = 0
    await expect(auth.signIn({ ...signIn, username: 'bruno', password: '' })).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' })
    expect(asked).toEqual([])
  })

  it('that does not answer, nobody is told that his password is wrong', async () => {
    const { auth } = await withAna(directory)
    await expect(auth.signIn({ ...signIn, username: 'down', password: 'x' })).rejects.toMatchObject({ code: 'LDAP_UNAVAILABLE' })
  })

  it('that closed the account is quoted, and the refusal is written down', async () => {
    const { auth, db } = await withAna(directory)
    await expect(auth.signIn({ ...signIn, username: 'closed', password: 'x' })).rejects.toMatchObject({ code: 'LDAP_ACCOUNT_CLOSED' })
    expect(db.query.select().from(tables.auditEvents).all()).toMatchObject([{ action: 'session.refused', details: { username: 'closed' } }])
  })

  it('a disabled account stays out although the directory knows it', async () => {
    const { auth, users } = await withAna(directory)
    const { actor } = await auth.signIn({ ...signIn, username: 'bruno', password: 'ldap password' })
    users.setActive(actor.id, false, actor.id)
    await expect(auth.signIn({ ...signIn, username: 'bruno', password: 'ldap password' })).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' })
  })
})

describe('an Origin', () => {
  const live = { publicUrl: 'https://labs.example.org', isSandbox: false, host: 'labs.example.org' }
  const demo = { publicUrl: 'http://127.0.0.1:8080', isSandbox: true }
  const inDemo = (host: string, origin = `http://${host}`) => isOwnOrigin(origin, { ...demo, host })

  it('is ours only when it is PUBLIC_URL', () => {
    expect(isOwnOrigin('https://labs.example.org', live)).toBe(true)
    for (const origin of [
      'http://labs.example.org',
      'https://labs.example.org:8443',
      'https://evil.example',
      'null',
      '',
      'https://labs.example.org.evil.example',
    ])
      expect(isOwnOrigin(origin, live)).toBe(false)
  })

  it('is not made ours by the host name of the request', () => {
    expect(isOwnOrigin('http://evil.example', { ...live, host: 'evil.example' })).toBe(false)
    expect(inDemo('evil.example')).toBe(false)
  })

  it('of the demo may be loopback or a name under localhost, when the request came to that very name', () => {
    for (const host of ['localhost:8080', '127.0.0.1:8081', 'teacher.localhost:8080', 'ana.localhost:8080']) expect(inDemo(host)).toBe(true)
    expect(inDemo('ana.localhost:8080', 'http://teacher.localhost:8080')).toBe(false)
    expect(inDemo('ana.localhost:8080', 'https://ana.localhost:8080')).toBe(false)
  })

  it("of a student's lab is never ours", () => {
    for (const host of ['lab-abc.localhost:8080', 'LAB-abc.localhost:8080', 'x.lab-abc.localhost:8080']) expect(inDemo(host)).toBe(false)
  })

  it.each(['a b', '%%', '[', 'localhost:99999999'])('that is no address (%j) is refused, not a fault of ours', (host) => {
    expect(inDemo(host)).toBe(false)
  })
})
