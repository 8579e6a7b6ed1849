import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { openConsole, openConsoleOver } from '../../../src/clients/console/index.ts'
import { consoleOptions, createFakeDevice, type FakeDevice } from './fake-transport.ts'

/** Recordings of real devices (VPCS 0.8.3, FRR 8.4.4 behind GNS3's proxy), cut into the answers they hold. */
interface Recording {
  readonly platform: string
  readonly prompt: string
  /** What came back for each command typed, echo included, up to and with the next prompt. */
  readonly answers: readonly { readonly command: string; readonly bytes: string }[]
}

function readRecording(platform: string, name: string, prompt: string): Recording {
  const file = new URL(`../../fixtures/console/${platform}/session/${name}.bin`, import.meta.url)
  const text = readFileSync(file).toString('latin1')
  const parts = text.slice(text.indexOf(prompt) + prompt.length).split(prompt)
  const answers = parts
    .slice(0, -1)
    .map((bytes) => ({ command: wrapRemoved(bytes.slice(0, bytes.indexOf('\r\n'))), bytes: bytes + prompt }))
  return { platform, prompt, answers: answers.filter(({ command }) => command !== '') }
}

const wrapRemoved = (echo: string) => echo.replace(/(.)\r\1/gu, '$1')

/** Plays a recording to whoever types its commands; a CR alone brings the prompt, keys are ignored. */
function play(recording: Recording, say: (text: string) => void) {
  let line = ''
  return (typed: string) => {
    for (const char of typed) {
      if (char === '\x03') line = ''
      else if (char >= ' ') line += char
      if (char !== '\r') continue
      const found = recording.answers.find(({ command }) => command === line.trim())
      say(found?.bytes ?? `${line}\r\n${line.trim() === '' ? '' : '% refused\r\n'}${recording.prompt}`)
      line = ''
    }
  }
}

const vpcs = (name: string) => readRecording('vpcs', name, '\r\n\rPC1> ')
const frr = (name: string) => readRecording('frr', name, '\r\nR1# ')

const recordings: readonly (readonly [string, Recording, readonly (readonly [string, RegExp])[]])[] = [
  [
    'vpcs ping',
    vpcs('ping_ok'),
    [
      [
        'ping 10.2.2.11',
        /^84 bytes from 10\.2\.2\.11 icmp_seq=1 ttl=62 time=1\.615 ms\n(84 bytes.*\n){3}84 bytes from 10\.2\.2\.11 icmp_seq=5 ttl=62 time=1\.202 ms\n$/u,
      ],
    ],
  ],
  [
    'vpcs errors',
    vpcs('bad_command'),
    [
      ['shwo ip', /^Bad command: "shwo ip"\. Use \? for help\.\n$/u],
      ['ping', /^ping HOST \[OPTION \.\.\.\]\n {2}Ping the network HOST\./u],
      ['show nothing', /^Invalid arguments\n$/u],
    ],
  ],
  [
    'vpcs help with bold and underline',
    vpcs('vpcs-14-help'),
    [['?', /^\? {24}Print help\narp {24}Shortcut for: show arp\. Show arp table\n/u]],
  ],
  [
    'frr table',
    frr('show_ip_route'),
    [['show ip route', /^Codes: K - kernel route[\s\S]*\nB>\* 172\.16\.2\.1\/32 \[20\/0\] via 10\.0\.12\.2, eth1, weight 1, 00:02:34\n$/u]],
  ],
  ['frr JSON', frr('show_ip_route_json'), [['show ip route json', /^\{\n[\s\S]*\n\}\n$/u]]],
  ['frr echo wrapped at 80 columns', frr('long_line'), [[frr('long_line').answers[0]?.command ?? '', /^% VRF x{80,} not found\n$/u]]],
  [
    'frr errors',
    frr('errors'),
    frr('errors')
      .answers.filter(({ command }) => command !== '')
      .slice(0, 1)
      .map(({ command }) => [command, /^% /u] as const),
  ],
]

function createPlayer(recording: Recording, sizes: readonly number[]): FakeDevice {
  const device: FakeDevice = createFakeDevice((text) => type(text), sizes)
  const type = play(recording, device.say)
  return device
}

describe.each(recordings)('a recorded session (%s)', (_name, recording, questions) => {
  it.each([
    ['whole', [65_536]],
    ['one byte at a time', [1]],
    ['in odd pieces', [3, 1, 7, 2, 64, 5]],
  ])('reads the same answers %s', async (_how, sizes) => {
    const session = await openConsoleOver(createPlayer(recording, sizes).transport, consoleOptions(recording.platform))
    expect(questions.length).toBeGreaterThan(0)
    for (const [command, expected] of questions) {
      const answer = await session.ask(command, { timeoutMs: 5_000 })
      expect(answer.ended).toBe('prompt')
      expect(answer.text).toMatch(expected)
    }
    await session.close()
  })
})

describe('a recorded session in any pieces', () => {
  it('gives the same text and the same raw bytes for 15 random ways to cut it', async () => {
    const recording = frr('show_ip_route')
    const whole = await askOnce(recording, [65_536])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(await askOnce(recording, sizes)).toEqual(whole)
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})

async function askOnce(recording: Recording, sizes: readonly number[]) {
  const session = await openConsoleOver(createPlayer(recording, sizes).transport, consoleOptions(recording.platform))
  const { ended, text, raw } = await session.ask('show ip route', { timeoutMs: 5_000 })
  await session.close()
  return { ended, text, raw: Buffer.from(raw).toString('latin1') }
}

describe('a console over a real socket', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  it('does not answer the proxy of GNS3 for ever, and reads through what it repeats', async () => {
    const recording = vpcs('ping_ok')
    let received = 0
    const server = createServer((socket) => {
      socket.write(Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0]))
      const type = play(recording, (text) => socket.write(Buffer.from(text, 'latin1')))
      socket.on('data', (chunk) => {
        received += chunk.length
        for (let index = 0; index + 2 < chunk.length; index += 1) {
          if (chunk[index] === 255 && chunk[index + 1] === 253 && chunk[index + 2] === 3) socket.write(Buffer.from([255, 251, 3]))
        }
        type(
          Buffer.from(chunk.filter((byte) => byte < 128))
            .toString('latin1')
            .replace(/[\x00-\x02]/gu, ''),
        )
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const session = await openConsole(consoleOptions('vpcs', { target: { kind: 'telnet', host: '127.0.0.1', port: address.port } }))
    const answer = await session.ask('ping 10.2.2.11')
    await session.close()
    expect(answer.text.split('\n')).toHaveLength(6)
    expect(received).toBeLessThan(60)
  })

  it('says unreachable when nobody listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    await new Promise((resolve) => server.close(resolve))
    const opening = openConsole(consoleOptions('vpcs', { target: { kind: 'telnet', host: '127.0.0.1', port: address.port } }))
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_UNREACHABLE' })
  })
})
