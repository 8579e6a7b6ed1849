import { describe, expect, it } from 'vitest'
import { openConsoleOver } from '../../../src/clients/console/index.ts'
import { saying } from '../../support/said.ts'
import { eos, junos, nxos } from './dialects.ts'
import { createFakeRouter, type Dialect, type FakeRouterOptions } from './fake-router.ts'
import { consoleOptions, createFakeDevice } from './fake-transport.ts'
import { createIdleClock } from './idle-clock.ts'

const version = 'Hostname: lab\r\nVersion 4.2\r\n'
const text = 'Hostname: lab\nVersion 4.2\n'
type Extra = Parameters<typeof consoleOptions>[1]

async function open(dialect: Dialect, options: Partial<FakeRouterOptions> = {}, extra: Extra = {}) {
  const router = createFakeRouter(dialect, { answers: { 'show version': version }, ...options })
  const session = await openConsoleOver(router.device.transport, consoleOptions(dialect.platform, extra))
  return { ...router, session }
}

const account = { username: 'ana', password: 'pw' }
const signedIn = { credentials: account }
const dialects = [nxos, eos, junos].map((dialect) => [dialect.platform, dialect] as const)

type State = readonly [dialect: Dialect, state: string, options: Partial<FakeRouterOptions>, notes: readonly string[], extra?: Extra]

const everywhere = dialects.flatMap(([, dialect]): State[] => [
  [dialect, 'at its prompt', {}, []],
  [dialect, 'with half a line typed', { halfTyped: 'show ip ro' }, ['half-typed-line']],
  [dialect, 'with a ping running', { left: 'running' }, ['running-command']],
  [dialect, 'in a sub-mode of its configuration', { mode: 'configuration' }, ['configuration-mode']],
])

const states: readonly State[] = [
  ...everywhere,
  [nxos, 'at a login', { mode: 'login', account }, ['logged-in'], signedIn],
  [nxos, 'at the question of POAP', { mode: 'poap' }, ['dialog']],
  [nxos, 'at the setup dialog', { mode: 'setup' }, ['dialog']],
  [eos, 'in user mode', { mode: 'user' }, ['other-mode']],
  [eos, 'in user mode behind a secret', { mode: 'user', enableSecret: 'e' }, ['other-mode'], { credentials: { enablePassword: 'e' } }],
  [eos, 'in a configuration session', { mode: 'session' }, ['configuration-mode']],
  [eos, 'in bash', { mode: 'shell' }, ['other-mode']],
  [eos, "in root's bash", { mode: 'rootShell' }, ['other-mode']],
  [eos, 'at a login', { mode: 'login', account }, ['logged-in', 'other-mode'], signedIn],
  [
    eos,
    'at the login of a new switch',
    { mode: 'login', account: { username: 'admin' } },
    ['logged-in', 'other-mode'],
    { credentials: { username: 'admin' } },
  ],
  [junos, 'in the shell of root', { mode: 'shell' }, ['other-mode']],
  [junos, 'in an old shell', { mode: 'oldShell' }, ['other-mode']],
  [junos, 'in the shell of Junos Evolved', { mode: 'evolvedShell' }, ['other-mode']],
  [junos, 'in the configuration of a new router', { mode: 'factory' }, ['configuration-mode']],
  [junos, 'at the question about uncommitted changes', { mode: 'uncommitted' }, ['dialog', 'configuration-mode']],
  [junos, 'at the question whether to discard changes', { mode: 'discard' }, ['dialog', 'configuration-mode']],
  [junos, 'at a login', { mode: 'login', account }, ['logged-in', 'other-mode'], signedIn],
]

describe('a router left in some state', () => {
  it.each(states.map((state) => [state[0].platform, state[1], state] as const))('is asked: %s %s', async (_platform, _state, state) => {
    const [dialect, , options, notes, extra] = state
    const { session } = await open(dialect, options, extra)
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    expect(session.notes.map(({ kind }) => kind)).toEqual(notes)
    await session.close()
  })

  const restored: readonly State[] = states.filter(([, , { mode }]) => mode !== undefined && !['poap', 'setup'].includes(mode))
  /** A question is not asked again; a shell is left as the one that `exit` or `bash` leads to. */
  const leftAt: Readonly<Record<string, string>> = {
    uncommitted: 'configuration',
    discard: 'configuration',
    rootShell: 'shell',
    oldShell: 'shell',
    evolvedShell: 'shell',
  }
  it.each(restored.map((state) => [state[0].platform, state[1], state] as const))(
    'is left as it was found: %s %s',
    async (_platform, _state, [dialect, , options, , extra]) => {
      const { session, mode } = await open(dialect, options, extra)
      await session.ask('show version')
      await session.restore()
      await session.close()
      const found = options.mode ?? ''
      expect(mode()).toBe(leftAt[found] ?? found)
    },
  )

  it.each(dialects)('is asked through its pager: %s', async (_platform, dialect) => {
    const { session, device } = await open(dialect, { left: 'pager' })
    device.say(dialect.pager)
    expect((await session.ask('show version')).text).toBe(text)
    await session.close()
  })

  it.each(dialects)('shows a pager before the session comes, which is ended and said: %s', async (_platform, dialect) => {
    const router = createFakeRouter(dialect, { answers: { 'show version': version }, left: 'pager' })
    router.device.say(`interface 1\r\n${dialect.pager}`)
    const session = await openConsoleOver(router.device.transport, consoleOptions(dialect.platform))
    expect((await session.ask('show version')).text).toBe(text)
    expect(session.notes.map(({ kind }) => kind)).toEqual(['pager'])
    await session.close()
  })

  it.each(dialects)('never runs the half line that was found: %s', async (_platform, dialect) => {
    const { session, executed } = await open(dialect, { halfTyped: 'reload' })
    await session.close()
    expect(executed.filter((line) => line.includes('reload'))).toEqual([])
  })

  it.each(dialects)('is not led out of its configuration, where pending changes may wait: %s', async (_platform, dialect) => {
    const { session, executed } = await open(dialect, { mode: 'configuration' })
    await session.ask('show version')
    await session.restore()
    await session.close()
    const prefix = dialect.prefixes.configuration ?? ''
    expect(executed.filter((line) => !line.startsWith(prefix))).toEqual([])
  })
})

describe('uncommitted changes on Junos', () => {
  it.each(['uncommitted', 'discard'])('are neither left, discarded nor committed for the student (%s)', async (mode) => {
    const { session, answered, executed } = await open(junos, { mode })
    await session.ask('show version')
    await session.restore()
    await session.close()
    expect(answered).toEqual(['no'])
    expect(executed.filter((line) => /commit|rollback|exit/u.test(line))).toEqual([])
    expect(session.notes[0]?.detail).toMatch(/uncommitted changes\? \[yes,no\]/u)
  })

  it('keep us in the configuration when the only way out is that question: inconclusive, and said', async () => {
    const opening = open(junos, { mode: 'configuration', knowsPrefix: false })
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_BLOCKED', details: { mode: 'configuration' } })
  })
})

describe('a router that cannot be asked', () => {
  it.each([
    ['NX-OS', nxos, 'loader', 'loader'],
    ['NX-OS, kickstart', nxos, 'boot', 'loader'],
    ['EOS, Aboot', eos, 'boot', 'loader'],
    ['Junos', junos, 'boot', 'loader'],
  ] as const)('says that it stands in its loader (%s)', async (_platform, dialect, mode, known) => {
    await expect(open(dialect, { mode })).rejects.toMatchObject({ code: 'CONSOLE_BLOCKED', details: { mode: known } })
  })

  it('is not given a password of our own by a setup dialog', async () => {
    const router = createFakeRouter(nxos, { answers: {}, mode: 'adminPassword' })
    await expect(openConsoleOver(router.device.transport, consoleOptions('cisco_nxos'))).rejects.toMatchObject({ code: 'CONSOLE_BLOCKED' })
    expect(router.answered.filter((line) => line !== '' && line !== 'q')).toEqual([])
  })

  it.each(dialects)('refuses a wrong password, which is typed once: %s', async (_platform, dialect) => {
    const router = createFakeRouter(dialect, { answers: {}, mode: 'login', account })
    const opening = openConsoleOver(
      router.device.transport,
      consoleOptions(dialect.platform, { credentials: { username: 'ana', password: 'wrong' } }),
    )
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
    expect(router.device.received().split('wrong')).toHaveLength(2)
  })

  it.each(dialects)('names what it lacks to log in: %s', async (_platform, dialect) => {
    await expect(open(dialect, { mode: 'login', account })).rejects.toMatchObject({
      code: 'CONSOLE_CREDENTIALS_MISSING',
      details: { what: saying('user name') },
    })
    await expect(open(dialect, { mode: 'login', account }, { credentials: { username: 'ana' } })).rejects.toMatchObject({
      code: 'CONSOLE_CREDENTIALS_MISSING',
      details: { what: saying('password') },
    })
  })

  it.each(dialects)('never speaks: %s', async (_platform, dialect) => {
    const device = createFakeDevice(() => undefined)
    await expect(openConsoleOver(device.transport, consoleOptions(dialect.platform, { readyTimeoutMs: 1_500 }))).rejects.toMatchObject({
      code: 'CONSOLE_SILENT',
    })
  })
})

describe.each(dialects)('an answer of %s', (platform, dialect) => {
  it('comes from a router that was still booting', async () => {
    const router = createFakeRouter(dialect, { answers: { 'show version': version } })
    let isUp = false
    const device = createFakeDevice((typed, self) => {
      if (isUp) router.device.transport.write(typed)
      else self.say(`${dialect.bootLine}\r\n`)
    })
    router.device.transport.attach({ data: (chunk) => device.say(chunk), closed: () => undefined })
    const clock = createIdleClock()
    void clock.sleep(1_200).then(() => {
      isUp = true
    })
    const session = await openConsoleOver(device.transport, consoleOptions(platform, { clock }))
    expect((await session.ask('show version')).text).toBe(text)
    await session.close()
  })

  it('is read without the log lines that stand in it and behind its prompt', async () => {
    const { session } = await open(dialect, {
      answers: {
        'show version': (device, prompt) => {
          device.say(version.replace('\r\n', `\r\n${dialect.logLine}\r\n`))
          prompt()
          device.say(`\r\n${dialect.logLine}\r\n`)
        },
      },
    })
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    await session.close()
  })

  it('is not mixed with what another person has typed', async () => {
    const { session, type, device, executed } = await open(dialect)
    type('reload')
    await device.said()
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    expect(session.notes.map(({ kind }) => kind)).toContain('other-typist')
    expect(executed.filter((line) => line.includes('reload'))).toEqual([])
    await session.close()
  })

  it('is asked again when another person typed into it', async () => {
    let times = 0
    const router = createFakeRouter(dialect, {
      answers: {
        'show version': (device, prompt) => {
          device.say(version)
          prompt()
          times += 1
          if (times === 1) router.type('show clock\r')
        },
        'show clock': 'Version 9.9\r\n',
      },
    })
    const session = await openConsoleOver(router.device.transport, consoleOptions(platform))
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    expect(session.notes.map(({ kind }) => kind)).toContain('other-typist')
    await session.close()
  })

  it('is read without an echo, which is said', async () => {
    const { session } = await open(dialect, { echo: false })
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text })
    expect(session.notes.some(({ kind }) => kind === 'no-echo' || kind === 'command-repeated')).toBe(true)
    await session.close()
  })

  it('that never ends is a time-out within its deadline, and the next question is answered', async () => {
    const { session } = await open(dialect, { answers: { 'show slow': (device) => device.say('working\r\n'), 'show version': version } })
    expect(await session.ask('show slow', { timeoutMs: 2_000 })).toMatchObject({ ended: 'timeout', text: 'working\n', tookMs: 2_000 })
    expect((await session.ask('show version')).text).toBe(text)
    await session.close()
  })

  it('keeps what came before the console closed, and the next question says closed', async () => {
    const clock = createIdleClock()
    const { session } = await open(
      dialect,
      {
        answers: {
          'show version': (device) => {
            device.say('Hostname: lab')
            void clock.sleep(50).then(() => device.hangUp())
          },
        },
      },
      { clock },
    )
    expect(await session.ask('show version')).toMatchObject({ ended: 'closed', text: 'Hostname: lab\n' })
    await expect(session.ask('show version')).rejects.toMatchObject({ code: 'CONSOLE_CLOSED' })
  })

  it('may hold bytes that are no UTF-8, which stay as they came and are seen to be something', async () => {
    const { session } = await open(dialect, { answers: { 'show version': 'name \xff\xfe\xe9\x80R1\r\nVersion 4.2\r\n' } })
    const answer = await session.ask('show version')
    await session.close()
    expect(answer).toMatchObject({ ended: 'prompt', text: expect.stringMatching(/^name \ufffd{3,4}R1\nVersion 4\.2\n$/u) })
    expect(Buffer.from(answer.raw).includes(Buffer.from([0xff, 0xfe, 0xe9, 0x80]))).toBe(true)
  })

  it('may be a megabyte, and is cut at the cap', async () => {
    const flood = `${'x'.repeat(70)}\r\n`.repeat(14_600)
    const { session } = await open(dialect, { answers: { 'show flood': flood, 'show version': version } })
    const answer = await session.ask('show flood')
    expect([answer.ended, answer.text.length]).toEqual(['prompt', 71 * 14_600])
    await session.close()
    const capped = await open(dialect, { answers: { 'show flood': flood, 'show version': version } }, { limits: { answerBytes: 20_000 } })
    expect((await capped.session.ask('show flood')).ended).toBe('cut')
    expect((await capped.session.ask('show version')).text).toBe(text)
    await capped.session.close()
  })
})
