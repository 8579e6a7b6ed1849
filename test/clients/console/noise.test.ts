import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openConsoleOver, runPreconfiguration } from '../../../src/clients/console/index.ts'
import { createFakeIos } from './fake-ios.ts'
import { consoleOptions } from './fake-transport.ts'

const log = '*Mar  1 00:03:22.075: %LINK-3-UPDOWN: Interface Ethernet0/0, changed state to up'
const answer = [
  'Type escape sequence to abort.',
  'Sending 5, 100-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:',
  '!!!!!',
  'Success rate is 100 percent (5/5)',
]

describe('log lines of the device', () => {
  it('may stand between any two lines of an answer and behind its prompt, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(answer.length), { maxLength: 3 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        async (places, isBehindPrompt, sizes) => {
          const lines = answer.flatMap((line, index) => [...places.filter((place) => place === index).map(() => log), line])
          const ios = createFakeIos({
            sizes,
            answers: {
              'ping 10.0.0.2': (device, prompt) => {
                device.say(lines.map((line) => `${line}\r\n`).join(''))
                prompt()
                if (isBehindPrompt) device.say(`\r\n${log}\r\n`)
              },
              'show clock': '*00:04:01.000 UTC Fri Mar 1 2002\r\n',
            },
          })
          const session = await openConsoleOver(ios.device.transport, consoleOptions('cisco_ios'))
          const observed = await session.ask('ping 10.0.0.2', { timeoutMs: 5_000 })
          const next = await session.ask('show clock', { timeoutMs: 5_000 })
          await session.close()
          expect(observed.ended).toBe('prompt')
          expect(observed.text.split('\n').filter((line) => line !== '' && line !== log)).toEqual(answer)
          expect(next.text.split('\n').filter((line) => line !== '' && line !== log)).toEqual(['*00:04:01.000 UTC Fri Mar 1 2002'])
        },
      ),
      { numRuns: 20 },
    )
  }, 60_000)

  it.each(['\r\n', ''])('may stand behind the new prompt of a command that leads to another mode (%j between)', async (between) => {
    const line = '*Mar  1 00:03:22.075: %SYS-5-CONFIG_I: Configured from console by console'
    const ios = createFakeIos({ logsBehindEnd: `${between}${line}\r\n` })
    const session = await openConsoleOver(ios.device.transport, consoleOptions('cisco_ios'))
    const answers = await runPreconfiguration(session, ['configure terminal', 'end'], 'R1#')
    await session.close()
    expect(answers.at(-1)).toMatchObject({ ended: 'prompt' })
    expect(answers.at(-1)?.tookMs).toBeLessThan(3_000)
  })
})
