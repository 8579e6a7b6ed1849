import { describe, expect, it } from 'vitest'
import { openConsoleOver, runPreconfiguration, saveConfiguration } from '../../../src/clients/console/index.ts'
import { saying } from '../../support/said.ts'
import { createFakeIos, type FakeIosOptions } from './fake-ios.ts'
import { consoleOptions, createFakeDevice } from './fake-transport.ts'
import { createIdleClock } from './idle-clock.ts'

const version = 'Cisco IOS Software, 3700 Software\r\n'
const base: FakeIosOptions = { answers: { 'show version': version } }

async function open(options: FakeIosOptions, extra: Parameters<typeof consoleOptions>[1] = {}) {
  const ios = createFakeIos({ ...base, ...options })
  const session = await openConsoleOver(ios.device.transport, consoleOptions('cisco_ios', extra))
  return { ...ios, session }
}

describe('a router left in some state', () => {
  it.each<readonly [string, FakeIosOptions, Parameters<typeof consoleOptions>[1], readonly string[]]>([
    ['at its prompt', {}, {}, []],
    ['in user mode', { mode: 'user' }, {}, ['other-mode']],
    [
      'in user mode behind an enable secret',
      { mode: 'user', enableSecret: 'cisco' },
      { credentials: { enablePassword: 'cisco' } },
      ['other-mode'],
    ],
    ['with half a line typed', { halfTyped: 'show ip ro' }, {}, ['half-typed-line']],
    ['with a ping running', { running: true }, {}, ['running-command']],
    ['in a sub-mode of its configuration', { mode: 'configuration' }, {}, ['configuration-mode']],
    ['in the Tcl shell', { mode: 'tcl' }, {}, ['other-mode']],
    ['at the setup dialog', { mode: 'setup' }, {}, ['dialog', 'other-mode']],
    [
      'at a login',
      { mode: 'login', login: { username: 'ana', password: 'pw' } },
      { credentials: { username: 'ana', password: 'pw' } },
      ['logged-in', 'other-mode'],
    ],
  ])('is asked %s', async (_state, options, extra, notes) => {
    const { session } = await open(options, extra)
    expect(await session.ask('show version')).toMatchObject({ ended: 'prompt', text: 'Cisco IOS Software, 3700 Software\n' })
    expect(session.notes.map(({ kind }) => kind)).toEqual(notes)
    await session.close()
  })

  it('is asked past an alias that bears the name of the command', async () => {
    const { session } = await open({ aliases: { show: 'more flash:answers.txt', do: 'more flash:answers.txt' } })
    expect((await session.ask('show version')).text).toBe('Cisco IOS Software, 3700 Software\n')
    await session.close()
    const inside = await open({ mode: 'configuration', aliases: { do: 'more flash:answers.txt' } })
    expect((await inside.session.ask('show version')).text).toBe('Cisco IOS Software, 3700 Software\n')
    await inside.session.close()
  })

  it('never runs the half line that it found', async () => {
    const { session, executed } = await open({ halfTyped: 'reload' })
    await session.close()
    expect(executed.some((line) => line.includes('reload'))).toBe(false)
  })

  it('is asked inside the configuration sub-mode and left there', async () => {
    const { session, executed, mode } = await open({ mode: 'configuration' })
    await session.ask('show version')
    await session.restore()
    await session.close()
    expect(mode()).toBe('configuration')
    expect(executed.filter((line) => line !== '')).toEqual(['do terminal length 0', 'do terminal width 511', 'do show version'])
  })

  it('is asked outside the configuration where it does not know the prefix, and brought back into it', async () => {
    const { session, mode } = await open({ mode: 'configuration', knowsDo: false })
    expect((await session.ask('show version')).text).toContain('3700 Software')
    await session.restore()
    await session.close()
    expect(mode()).toBe('configuration')
  })

  it.each<readonly [string, FakeIosOptions]>([
    ['user', { mode: 'user' }],
    ['login', { mode: 'login', login: { username: 'ana', password: 'pw' } }],
  ])('is left in the mode it was found in: %s', async (found, options) => {
    const { session, mode } = await open(options, { credentials: { username: 'ana', password: 'pw' } })
    await session.ask('show version')
    await session.restore()
    await session.close()
    expect(mode()).toBe(found)
  })
})

describe('secrets', () => {
  it('are typed once: a wrong enable secret is a refusal and the console is not left at the question', async () => {
    const ios = createFakeIos({ ...base, mode: 'user', enableSecret: 'right' })
    const opening = openConsoleOver(ios.device.transport, consoleOptions('cisco_ios', { credentials: { enablePassword: 'wrong' } }))
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
    expect(ios.device.received().split('wrong')).toHaveLength(2)
  })

  it('that are missing are named', async () => {
    const ios = createFakeIos({ ...base, mode: 'user', enableSecret: 'right' })
    await expect(openConsoleOver(ios.device.transport, consoleOptions('cisco_ios'))).rejects.toMatchObject({
      code: 'CONSOLE_CREDENTIALS_MISSING',
      details: { device: 'R1', what: saying('enable password') },
    })
  })

  it('of a wrong login are typed once', async () => {
    const ios = createFakeIos({ mode: 'login', login: { username: 'ana', password: 'right' } })
    const opening = openConsoleOver(
      ios.device.transport,
      consoleOptions('cisco_ios', { credentials: { username: 'ana', password: 'wrong' } }),
    )
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
    expect(ios.device.received().split('wrong')).toHaveLength(2)
  })

  it('are replaced in command, raw bytes and text', async () => {
    const { session } = await open(
      { answers: { 'show key hunter2': 'key hunter2 is set\r\n' } },
      { redact: [{ name: 'KEY', value: 'hunter2' }] },
    )
    const answer = await session.ask('show key hunter2')
    await session.close()
    expect(answer).toMatchObject({ command: 'show key [secret KEY]', text: 'key [secret KEY] is set\n' })
    expect(Buffer.from(answer.raw).includes('hunter2')).toBe(false)
  })
})

describe('an answer', () => {
  const log = '*Mar  1 00:03:22.075: %LINK-3-UPDOWN: Interface Ethernet0/0, changed state to up'

  it('ends although a log line came behind its prompt', async () => {
    const { session } = await open({
      answers: {
        'show version': (device, prompt) => {
          device.say(version)
          prompt()
          device.say(`\r\n${log}\r\n`)
        },
      },
    })
    expect(await session.ask('show version', { timeoutMs: 5_000 })).toMatchObject({ ended: 'prompt' })
    expect((await session.ask('show version', { timeoutMs: 5_000 })).text).toMatch(/^Cisco IOS Software/u)
    await session.close()
  })

  it('goes through a pager that could not be switched off', async () => {
    const ios = createFakeIos({
      answers: {
        'show run': (device) => {
          device.say('one\r\n --More-- ')
          paging = true
          held = () => device.say(`${'\b'.repeat(10)}${' '.repeat(10)}${'\b'.repeat(10)}two\r\nR1#`)
        },
      },
    })
    let paging = false
    let held = () => undefined as unknown
    const device = createFakeDevice((text) => {
      if (paging && text === ' ') {
        paging = false
        held()
      } else ios.device.transport.write(text)
    })
    ios.device.transport.attach({ data: (chunk) => device.say(chunk), closed: () => undefined })
    const session = await openConsoleOver(device.transport, consoleOptions('cisco_ios'))
    expect(await session.ask('show run', { timeoutMs: 5_000 })).toMatchObject({ ended: 'prompt', text: 'one\ntwo\n' })
    await session.close()
  })

  it('that comes after its time-out is never credited to the next command', async () => {
    let late = () => undefined as unknown
    const { session } = await open({
      answers: {
        'show slow': (device, prompt) => {
          late = () => {
            device.say('late answer\r\n')
            prompt()
          }
        },
        'show version': version,
      },
    })
    expect(await session.ask('show slow', { timeoutMs: 300 })).toMatchObject({ ended: 'timeout', text: '' })
    late()
    expect(await session.ask('show version', { timeoutMs: 8_000 })).toMatchObject({
      ended: 'prompt',
      text: 'Cisco IOS Software, 3700 Software\n',
    })
    await session.close()
  }, 30_000)

  it('is cut at the cap on bytes, and the session goes on', async () => {
    const flood = 'x'.repeat(70).concat('\r\n').repeat(3_000)
    const { session } = await open({ answers: { 'show flood': flood, 'show version': version } }, { limits: { answerBytes: 20_000 } })
    const answer = await session.ask('show flood')
    expect(answer.ended).toBe('cut')
    expect(answer.raw.length).toBeLessThanOrEqual(20_000)
    expect((await session.ask('show version')).text).toContain('3700 Software')
    await session.close()
  })

  it('of a console that closes in its middle keeps what came, and the next question says closed', async () => {
    const clock = createIdleClock()
    const answers: FakeIosOptions['answers'] = {
      'show version': (device) => {
        device.say('Cisco IOS')
        void clock.sleep(50).then(() => device.hangUp())
      },
    }
    const { session } = await open({ answers }, { clock })
    expect(await session.ask('show version')).toMatchObject({ ended: 'closed', text: 'Cisco IOS\n' })
    await expect(session.ask('show version')).rejects.toMatchObject({ code: 'CONSOLE_CLOSED' })
  })

  it('is read on a console without an echo, which is noted', async () => {
    const { session } = await open({ echo: false })
    expect(await session.ask('show version', { timeoutMs: 8_000 })).toMatchObject({ ended: 'prompt' })
    expect(session.notes.some(({ kind }) => kind === 'no-echo' || kind === 'command-repeated')).toBe(true)
    await session.close()
  }, 30_000)

  it('is not mixed with what another person types at the prompt', async () => {
    const { session, device } = await open({})
    device.say('foreign')
    await device.said()
    expect((await session.ask('show version', { timeoutMs: 8_000 })).text).toBe('Cisco IOS Software, 3700 Software\n')
    expect(session.notes.map(({ kind }) => kind)).toContain('other-typist')
    await session.close()
  })

  it('keeps the order of questions asked at once', async () => {
    const { session } = await open({ answers: { 'show one': 'one\r\n', 'show two': 'two\r\n' } })
    const answers = await Promise.all([session.ask('show one'), session.ask('show two'), session.ask('show one')])
    await session.close()
    expect(answers.map(({ text }) => text)).toEqual(['one\n', 'two\n', 'one\n'])
  })

  it('is given up when the caller gives up', async () => {
    const clock = createIdleClock()
    const { session } = await open({ answers: { 'show slow': () => undefined } }, { clock })
    const caller = new AbortController()
    const asking = session.ask('show slow', { signal: caller.signal })
    void clock.sleep(100).then(() => caller.abort(new Error('enough')))
    await expect(asking).rejects.toThrow('enough')
    await session.close()
  })
})

describe('a console that', () => {
  it('never speaks is silent', async () => {
    const device = createFakeDevice(() => undefined)
    await expect(openConsoleOver(device.transport, consoleOptions('cisco_ios', { readyTimeoutMs: 1_500 }))).rejects.toMatchObject({
      code: 'CONSOLE_SILENT',
    })
  })

  it('speaks but shows no prompt is blocked', async () => {
    const device = createFakeDevice((_text, self) => self.say('working...\r\n'))
    await expect(openConsoleOver(device.transport, consoleOptions('cisco_ios', { readyTimeoutMs: 1_500 }))).rejects.toMatchObject({
      code: 'CONSOLE_BLOCKED',
    })
  })

  it('closes at once says so', async () => {
    const device = createFakeDevice(() => undefined)
    device.hangUp()
    await expect(openConsoleOver(device.transport, consoleOptions('cisco_ios'))).rejects.toMatchObject({ code: 'CONSOLE_CLOSED' })
  })

  it('is still booting is waited for', async () => {
    const ios = createFakeIos(base)
    let isUp = false
    const device = createFakeDevice((text, self) => {
      if (isUp) ios.device.transport.write(text)
      else self.say('Loading image ....\r\n')
    })
    ios.device.transport.attach({ data: (chunk) => device.say(chunk), closed: () => undefined })
    const clock = createIdleClock()
    void clock.sleep(1_200).then(() => {
      isUp = true
    })
    const session = await openConsoleOver(device.transport, consoleOptions('cisco_ios', { clock }))
    expect((await session.ask('show version')).text).toContain('3700')
    await session.close()
  }, 30_000)
})

describe('pre-configuration', () => {
  it('follows the prompt through modes and finds what is expected', async () => {
    const { session } = await open({})
    const answers = await runPreconfiguration(session, ['configure terminal', 'end', 'show version'], '3700 Software')
    expect(answers.map(({ ended }) => ended)).toEqual(['prompt', 'prompt', 'prompt'])
    await session.close()
  })

  it('says which command the device refused, in its words', async () => {
    const { session } = await open({})
    await expect(runPreconfiguration(session, ['show version', 'shwo'])).rejects.toMatchObject({
      code: 'PRECONFIGURE_FAILED',
      details: { device: 'R1', index: 2, reason: saying("% Invalid input detected at '^' marker.") },
    })
    await session.close()
  })

  it('fails when the expected text did not appear', async () => {
    const { session } = await open({})
    await expect(runPreconfiguration(session, ['show version'], 'R9#')).rejects.toMatchObject({ code: 'PRECONFIGURE_FAILED' })
    await session.close()
  })

  it('is saved when the device confirms it, and not otherwise', async () => {
    const good = await open({ answers: { 'write memory': 'Building configuration...\r\n[OK]\r\n' } })
    expect(await saveConfiguration(good.session)).toMatchObject({ ended: 'prompt' })
    await good.session.close()
    const bad = await open({ answers: { 'write memory': 'startup-config file open failed (Not enough space)\r\n' } })
    await expect(saveConfiguration(bad.session)).rejects.toMatchObject({ code: 'PRECONFIGURE_FAILED' })
    await bad.session.close()
  })
})
