import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { loadPlatforms, type PlatformDefinition } from '../../src/clients/console/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { createTerminal, type Terminal } from '../../src/terminals/terminal.ts'
import { waitFor } from '../support/wait.ts'
import { createFakeLine, createFakeViewer, type FakeLine, type FakeViewer } from './fake-line.ts'

const cisco = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)), { commandMs: 20_000 }).get('cisco_ios')

const open: Terminal[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((terminal) => terminal.close(() => 'over')))
})

function start(answer?: (typed: string, line: FakeLine) => void, platform: PlatformDefinition | null = null) {
  const lines: FakeLine[] = []
  const check: { since: number | null } = { since: null }
  const terminal = createTerminal({
    device: 'R1',
    platform,
    connect: async () => {
      const line = createFakeLine(answer)
      lines.push(line)
      return line
    },
    checkedSince: () => check.since,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    translate: createTranslator(),
  })
  open.push(terminal)
  return { terminal, lines, check }
}

const connected = (viewer: FakeViewer) => waitFor('the line', () => viewer.state()?.line === 'open', { everyMs: 5 })
const lineOf = (lines: FakeLine[]): FakeLine => {
  const line = lines.at(-1)
  if (!line) throw new Error('no line')
  return line
}

describe('a terminal', () => {
  it('connects when somebody looks, and shows everybody the same over one line', async () => {
    const { terminal, lines } = start()
    const [first, second] = [createFakeViewer('Ana'), createFakeViewer('Ana')]
    expect(lines).toHaveLength(0)
    terminal.attach(first)
    await connected(first)
    lineOf(lines).print('R1#\x1b]52;c;AAAA\x07')
    await waitFor('the output', () => first.output.includes('R1#'))
    terminal.attach(second)
    expect(second.output).toContain('R1#')
    lineOf(lines).print('show version\r\n')
    await waitFor('the output', () => second.output.includes('show version'))
    expect(lines).toHaveLength(1)
    expect(first.output).not.toContain('52;c')
  })

  it('hands a break on to the device as one, not as a key', async () => {
    const { terminal, lines } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'break' })
    expect(lineOf(lines)).toMatchObject({ typed: [], breaks: [1] })
  })

  it('lets one window type, and hands over in sight of both', async () => {
    const { terminal, lines } = start()
    const [first, second] = [createFakeViewer('Ana'), createFakeViewer('Ana')]
    terminal.attach(first)
    terminal.attach(second)
    await connected(first)
    terminal.handle(second, { type: 'keys', data: 'x' })
    expect(second.notices()).toEqual(['You type in another window, so this was not sent. Press “Type here” first.'])
    terminal.handle(second, { type: 'take' })
    expect(first.state()?.typing).toBe('other')
    expect(first.notices()).toHaveLength(1)
    terminal.handle(second, { type: 'keys', data: 'y' })
    expect(lineOf(lines).typed).toEqual(['y'])
    terminal.detach(second)
    expect(first.state()?.typing).toBe('you')
  })

  it('gives whoever looks on no way to the device, and says so to the owner', async () => {
    const { terminal, lines } = start()
    const [owner, teacher] = [createFakeViewer('Ana'), createFakeViewer('Tess', false)]
    terminal.attach(teacher)
    terminal.attach(owner)
    await connected(owner)
    for (const message of [
      { type: 'keys', data: 'reload\r' },
      { type: 'take' },
      { type: 'break' },
      { type: 'paste', text: 'a\nb\n' },
      { type: 'resize', columns: 100, rows: 30 },
      { type: 'paste-next' },
      { type: 'paste-cancel' },
    ] as const)
      terminal.handle(teacher, message)
    expect(lineOf(lines)).toMatchObject({ typed: [], breaks: [], sizes: [] })
    expect(teacher.state()?.typing).toBe('watch')
    expect(owner.state()?.watchersText).toContain('Tess')
    terminal.detach(owner)
    expect(teacher.state()?.typing).toBe('watch')
  })

  it('keeps everything from the device while the lab is checked, and loses nothing silently', async () => {
    const { terminal, lines, check } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    check.since = Date.now() - 12_000
    // before anybody was told: the row decides
    terminal.handle(viewer, { type: 'keys', data: 'x' })
    terminal.checkChanged()
    terminal.handle(viewer, { type: 'break' })
    terminal.handle(viewer, { type: 'resize', columns: 120, rows: 40 })
    lineOf(lines).print('\x1b[6n# ')
    await waitFor('the output', () => viewer.output.includes('# '))
    expect(lineOf(lines)).toMatchObject({ typed: [], breaks: [], sizes: [] })
    expect(viewer.notices()[0]).toContain('what you typed was not sent')
    expect(viewer.state()?.checkedForMs).toBeGreaterThanOrEqual(12_000)
    check.since = null
    terminal.checkChanged()
    terminal.handle(viewer, { type: 'keys', data: 'y' })
    expect(lineOf(lines).typed).toEqual(['y'])
    // the evaluator's connection had told the device another size
    expect(lineOf(lines).sizes).toEqual([{ columns: 80, rows: 24 }])
  })

  it('does not connect to a lab that is being checked, and does afterwards', async () => {
    const { terminal, lines, check } = start()
    check.since = Date.now()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    terminal.checkChanged()
    expect(lines).toHaveLength(0)
    check.since = null
    terminal.checkChanged()
    await connected(viewer)
  })

  it("answers the device's questions to its terminal once, however many look", async () => {
    const { terminal, lines } = start()
    const viewers = [createFakeViewer('Ana'), createFakeViewer('Ana')]
    for (const viewer of viewers) terminal.attach(viewer)
    await connected(viewers[0] ?? createFakeViewer(''))
    lineOf(lines).print('ab\x1b[6n')
    await waitFor('the answer', () => lineOf(lines).typed.length > 0)
    expect(lineOf(lines).typed).toEqual(['\x1b[1;3R'])
    lineOf(lines).print('\x1b[6n'.repeat(1_000))
    lineOf(lines).print('done')
    await waitFor('the output', () => viewers[0]?.output.includes('done'))
    expect(lineOf(lines).typed.length).toBeLessThan(60)
  })

  it('finds the console again when the device was restarted', async () => {
    const { terminal, lines } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    lineOf(lines).hangUp()
    await waitFor('the end of the line', () => viewer.state()?.line === 'closed', { everyMs: 5 })
    terminal.handle(viewer, { type: 'keys', data: 'x' })
    expect(viewer.notices().at(-1)).toContain('was not sent')
    await connected(viewer)
    expect(lines).toHaveLength(2)
  })

  it('waits for a browser that is behind, and gives it a whole picture when it took nothing at all', async () => {
    const { terminal, lines } = start()
    const [stuck, quick] = [createFakeViewer('Ana'), createFakeViewer('Ana')]
    terminal.attach(stuck)
    terminal.attach(quick)
    await connected(stuck)
    stuck.unsentBytes = 10_000_000
    lineOf(lines).print('first\r\n')
    await waitFor('the quick one', () => quick.output.includes('first'))
    lineOf(lines).print('second\r\n')
    await waitFor('the quick one', () => quick.output.includes('second'), { everyMs: 20 })
    expect(stuck.output).not.toContain('second')
    stuck.unsentBytes = 0
    await waitFor('a new picture', () => stuck.output.includes('second'))
  })

  it('tells the device its size, within limits, and shows everybody the new picture', async () => {
    const { terminal, lines } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'resize', columns: 20, rows: 100_000 })
    await waitFor('the size', () => lineOf(lines).sizes.length > 0)
    expect(lineOf(lines).sizes).toEqual([{ columns: 80, rows: 100 }])
    expect(viewer.told.findLast((message) => message.type === 'screen')).toMatchObject({ columns: 80, rows: 100 })
  })

  it('closes its viewers and its line with the lab', async () => {
    const { terminal, lines } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    await terminal.close(() => 'The lab was switched off.')
    expect(viewer.closedWith).toBe('The lab was switched off.')
    expect(lineOf(lines).isClosed).toBe(true)
  })
})

describe('lines that are pasted', () => {
  /** A router that echoes, takes its time, and loses what comes meanwhile. */
  const busyRouter = (kept: string[]) => {
    let isBusy = false
    return (typed: string, line: FakeLine) => {
      if (isBusy || !typed.endsWith('\r')) return
      isBusy = true
      kept.push(typed.slice(0, -1))
      line.print(`${typed.slice(0, -1)}\r\n`)
      setTimeout(() => {
        isBusy = false
        line.print('R1(config)#')
      }, 5)
    }
  }

  it('are entered one by one, each when the device is ready, with their progress', async () => {
    const kept: string[] = []
    const { terminal, lines } = start(busyRouter(kept))
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'paste', text: 'interface lo1\r\n description x\n\x1b[31mend\nopen' })
    await waitFor('the end', () => viewer.notices().some((text) => text.includes('All 3 lines')))
    expect(kept).toEqual(['interface lo1', ' description x', '[31mend'])
    expect(lineOf(lines).typed.at(-1)).toBe('open')
    expect(viewer.told.flatMap((message) => (message.type === 'state' && message.paste ? [message.paste.sent] : []))).toEqual([
      0, 0, 1, 2, 3,
    ])
    expect(viewer.state()?.paste).toBeNull()
  })

  it.each([
    ['a Cisco router, on lines of their own', cisco, (line: FakeLine) => line.print('R1(config-if)#\r\n'), ''],
    ['a Cisco router, right behind the prompt', cisco, (line: FakeLine) => line.print('R1(config-if)#'), ''],
    ['a Cisco router, with a line feed at the end', cisco, (line: FakeLine) => line.print('R1(config-if)#\r\n'), '\r\n'],
    ['a device that nobody named', null, (line: FakeLine) => line.print('R1(config-if)#\r\n'), ''],
  ])('go on when log lines bury the prompt of %s', async (_what, platform, prompt, ending) => {
    const logLine = '*Mar  1 00:08:15.424: %LINK-3-UPDOWN: Interface FastEthernet0/0, changed state to up'
    const { terminal, lines } = start((typed, line) => {
      line.print(typed.replace('\r', '\r\n'))
      prompt(line)
      line.print(`${logLine}\r\n${logLine}${ending}`)
    }, platform)
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'paste', text: 'no shutdown\nend\n' })
    await waitFor('the end', () => viewer.notices().some((text) => text.includes('All 2 lines')))
    expect(lineOf(lines).typed).toEqual(['no shutdown\r', 'end\r'])
  })

  it('stop at Ctrl+C, and when the lab is checked; keys meanwhile are refused with a sentence', async () => {
    const { terminal, lines, check } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'paste', text: 'a\nb\nc\n' })
    await waitFor('the first line', () => lineOf(lines).typed.length === 1)
    terminal.handle(viewer, { type: 'keys', data: 'x' })
    expect(viewer.notices().at(-1)).toContain('Press Ctrl+C')
    terminal.handle(viewer, { type: 'keys', data: '\x03' })
    await waitFor('the end', () => viewer.notices().at(-1) === 'Stopped: 1 of 3 lines were entered.')
    terminal.handle(viewer, { type: 'paste', text: 'a\nb\nc\n' })
    await waitFor('the first line', () => lineOf(lines).typed.length === 2)
    check.since = Date.now()
    terminal.checkChanged()
    await waitFor('the end', () => viewer.notices().at(-1)?.startsWith('Your lab is being checked'))
    expect(lineOf(lines).typed).toEqual(['a\r', 'a\r'])
  })

  it('go on at once when that is wanted, and are refused when they are too many', async () => {
    const { terminal, lines } = start()
    const viewer = createFakeViewer('Ana')
    terminal.attach(viewer)
    await connected(viewer)
    terminal.handle(viewer, { type: 'paste', text: 'a\nb\n' })
    await waitFor('the first line', () => lineOf(lines).typed.length === 1)
    terminal.handle(viewer, { type: 'paste-next' })
    await waitFor('the next line', () => lineOf(lines).typed.length === 2)
    terminal.handle(viewer, { type: 'paste-cancel' })
    await waitFor('the end', () => viewer.state()?.paste === null)
    terminal.handle(viewer, { type: 'paste', text: 'a\n'.repeat(3_000) })
    expect(viewer.notices().at(-1)).toContain('at most 2000 lines')
  })
})
