import { describe, expect, it } from 'vitest'
import { openConsoleOver } from '../../../src/clients/console/index.ts'
import { leaveIosTelnet, leaveTelnet } from '../../../src/evaluation/platforms/readings/telnet-probe.ts'
import { createFakeIos, type FakeIosOptions } from './fake-ios.ts'
import { consoleOptions, createFakeDevice } from './fake-transport.ts'

async function askIos(telnet: FakeIosOptions['telnet'], sizes?: readonly number[]) {
  const answers = {
    'show version': 'Cisco IOS Software\r\n',
    'telnet 10.5.2.20 81': 'Trying 10.5.2.20, 81 ... \r\n% Connection refused by remote host\r\n\r\n',
  }
  const ios = createFakeIos({ answers, ...(telnet === undefined ? {} : { telnet }), ...(sizes === undefined ? {} : { sizes }) })
  const session = await openConsoleOver(ios.device.transport, consoleOptions('cisco_ios'))
  const answer = await session.ask('telnet 10.5.2.20 81', { leave: leaveIosTelnet, timeoutMs: 60_000 })
  const after = await session.ask('show version')
  await session.close()
  return { ...ios, answer, after, session }
}

describe('a telnet from a router', () => {
  it.each([
    ['is silent', { says: '' }, undefined],
    ['asks for a password', { says: '\r\n\r\nUser Access Verification\r\n\r\nPassword: ' }, undefined],
    ['shows a prompt like ours', { says: '\r\nR1#' }, undefined],
    ['asks to go on', { says: '\r\n --More-- ' }, undefined],
    ['asks to confirm', { says: '\r\nproceed? [confirm]' }, undefined],
    ['is heard byte by byte', { says: '\r\nSSH-2.0-x\r\n' }, [1]],
  ])('is closed again where the other host %s, and the router is asked on', async (_what, telnet, sizes) => {
    const { answer, after, connection, executed, session } = await askIos(telnet, sizes)
    expect(answer).toMatchObject({ ended: 'prompt' })
    expect(answer.text.split('\n')[0]).toBe('Trying 10.5.2.20, 80 ... Open')
    expect(after).toMatchObject({ ended: 'prompt', text: 'Cisco IOS Software\n' })
    expect(connection()).toBe('none')
    expect(executed.filter((line) => line === 'disconnect')).toHaveLength(1)
    expect(session.notes).toEqual([])
  })

  it('needs no more than an empty line where the other host hung up', async () => {
    const { answer, after, connection } = await askIos({ says: '', hangsUp: true })
    expect(answer).toMatchObject({ ended: 'prompt' })
    expect(after.text).toBe('Cisco IOS Software\n')
    expect(connection()).toBe('none')
  })

  it('that is refused leaves nothing to close', async () => {
    const { answer, executed } = await askIos(undefined)
    expect(answer.text).toContain('% Connection refused by remote host')
    expect(executed).not.toContain('disconnect')
  })
})

describe('the telnet of a switch with a Linux below', () => {
  it('is left by its own prompt', async () => {
    let line = ''
    let state: 'prompt' | 'remote' | 'telnet' = 'prompt'
    const run = (typed: string): string => {
      if (state === 'telnet') {
        state = 'prompt'
        return 'Connection closed.\r\nsw1#'
      }
      if (typed !== 'telnet 10.5.2.20 80') return 'sw1#'
      state = 'remote'
      return "Trying 10.5.2.20...\r\nConnected to 10.5.2.20.\r\nEscape character is '^]'.\r\nsw1#"
    }
    const device = createFakeDevice((text, self) => {
      for (const char of text) {
        if (state === 'remote' && char !== '\x1d') continue
        if (char === '\x1d') {
          state = 'telnet'
          self.say('\r\ntelnet> ')
        } else if (char === '\r') {
          self.say(`\r\n${run(line)}`)
          line = ''
        } else if (char >= ' ') {
          line += char
          self.say(char)
        }
      }
    })
    const session = await openConsoleOver(device.transport, consoleOptions('arista_eos'))
    const answer = await session.ask('telnet 10.5.2.20 80', { leave: leaveTelnet })
    expect(answer).toMatchObject({ ended: 'prompt' })
    expect(answer.text).toContain('Connected to 10.5.2.20.\n')
    expect(state).toBe('prompt')
    await session.close()
  })
})
