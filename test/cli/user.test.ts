import { describe, expect, it } from 'vitest'
import { run as migrate } from '../../src/cli/migrate.ts'
import { run as serve } from '../../src/cli/serve.ts'
import { run } from '../../src/cli/user.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase, tables } from '../../src/db/index.ts'
import { lockDataDir } from '../../src/db/lock.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { captureIo } from './captured-io.ts'

function shell() {
  const env = { DATA_DIR: tempFolder() }
  const call = async (...argv: string[]) => {
    const io = captureIo(env)
    const status = await run(argv, io)
    return { status, out: io.out(), err: io.err() }
  }
  const withDb = <T>(work: (db: ReturnType<typeof openDatabase>) => T): T => {
    const db = openDatabase(loadConfig(env).DATABASE_FILE)
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
  return { env, call, withDb, users: () => withDb((db) => db.query.select().from(tables.users).all()) }
}

describe('netpraxis user', () => {
  it('makes the first administrator, with a password that works once and is printed once', async () => {
    const { call, users } = shell()
    const { status, out, err } = await call('add', 'Root', '--name', 'Rita Root')
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^Account root \(admin\) was made\. One-time password: \S{14}\n$/)
    expect(users()).toMatchObject([{ username: 'root', displayName: 'Rita Root', role: 'admin', passwordMustChange: true }])
    expect(await call('add', 'root')).toMatchObject({ status: 1, out: '', err: 'There is already an account named root.\n' })
  })

  it('changes a role, and the sessions that had the old one end', async () => {
    const { call, users, withDb } = shell()
    await call('add', 'root')
    await call('add', 'ana', '--role', 'teacher')
    const ana = users().find((user) => user.username === 'ana')
    const [lastSeenAt, expiresAt] = ['2026-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z']
    const openSessions = () =>
      withDb(
        (db) =>
          db.query
            .select()
            .from(tables.sessions)
            .all()
            .filter((session) => session.revokedAt === null).length,
      )
    const open = (id: string) =>
      withDb((db) =>
        db.query
          .insert(tables.sessions)
          .values({ id, userId: ana?.id ?? '', kind: 'browser', lastSeenAt, expiresAt, createdAt: lastSeenAt })
          .run(),
      )
    open('session-1')
    expect(await call('role', 'ana', 'student')).toMatchObject({ status: 0, out: 'ana is student now.\n' })
    expect(openSessions()).toBe(0)
    open('session-2')
    expect((await call('passwd', 'ana')).out).toMatch(/^One-time password of ana: \S{14}\n$/)
    expect(openSessions()).toBe(0)
  })

  it('gives nobody a role that was not named', async () => {
    const { call, users } = shell()
    await call('add', 'ana', '--role', 'student')
    expect((await call('role', 'ana')).status).toBe(64)
    expect(users()[0]?.role).toBe('student')
  })

  it('keeps the last administrator and says so', async () => {
    const { call } = shell()
    await call('add', 'root')
    expect(await call('role', 'root', 'student')).toMatchObject({
      status: 1,
      err: 'This is the last administrator; make another one first.\n',
    })
  })

  it.each([
    [],
    ['add'],
    ['remove', 'ana'],
    ['add', 'bad name'],
    ['add', 'ana', '--role', 'king'],
    ['add', 'ana', '--password', 'x'],
    ['passwd', 'nobody'],
    ['add', 'a', 'student', 'x'],
  ])('says how it is used for: %s %s %s %s', async (...argv) => {
    const { call } = shell()
    const { status, err } = await call(...argv.filter((one) => one !== undefined))
    expect(status).toBe(64)
    expect(err).not.toBe('')
  })

  it('names what is wrong with the settings', async () => {
    const io = captureIo({ DATA_DIR: tempFolder(), PORT: 'x' })
    expect(await run(['add', 'ana'], io)).toBe(1)
    expect(io.err()).toContain('PORT:')
  })
})

describe('netpraxis migrate', () => {
  it('brings the database to this version and then has nothing to do', async () => {
    const env = { DATA_DIR: tempFolder() }
    const lines: string[] = []
    for (let turn = 0; turn < 2; turn += 1) {
      const io = captureIo(env)
      expect(await migrate([], io)).toBe(0)
      lines.push(io.out())
    }
    expect(lines[0]).toMatch(/^[1-9]\d* migrations? (was|were) applied\.\n$/)
    expect(lines[1]).toBe('0 migrations were applied.\n')
  })

  it('is refused while a server uses the folder', async () => {
    const env = { DATA_DIR: tempFolder() }
    const lock = lockDataDir(env.DATA_DIR)
    const io = captureIo(env)
    expect(await migrate([], io)).toBe(1)
    lock.release()
    expect(io.err()).toContain(`process ${process.pid}`)
  })
})

describe('netpraxis serve', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['without a Proxmox', {}, /PROXMOX_URL is not set/],
    ['as a sandbox', { SANDBOX: 'true' }, /SANDBOX=true belongs to the demo/],
    ['with wrong settings, each named', { PORT: 'x', LOG_LEVEL: 'loud' }, /PORT: [\s\S]*LOG_LEVEL: /],
  ])('refuses to start %s', async (_what, env, message) => {
    const io = captureIo({ DATA_DIR: tempFolder(), ...env })
    expect(await serve([], io)).toBe(64)
    expect(io.err()).toMatch(message)
  })
})
