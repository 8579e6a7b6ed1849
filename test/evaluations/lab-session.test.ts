import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Answer, type ConsoleSession, loadPlatforms, type OpenConsoleOptions } from '../../src/clients/console/index.ts'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import { CannotAsk, type Observation } from '../../src/evaluation/index.ts'
import { createLabAsker, type LabAskerOptions } from '../../src/evaluations/index.ts'
import { createVirtualClock } from '../evaluation/virtual-clock.ts'

const platforms = loadPlatforms(fileURLToPath(new URL('../../inventory/platforms', import.meta.url)))
const vpcs = platforms.get('vpcs')
const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }

const answerOf = (command: string, changes: Partial<Answer> = {}): Answer => ({
  command,
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  ended: 'prompt',
  raw: Buffer.from('ok'),
  text: 'ok',
  ...changes,
})

/** What the fake console was told to do, in order. */
function makeOpen(behaviour: { open?: (nth: number) => void; ask?: (command: string, nth: number) => Answer } = {}) {
  const log: string[] = []
  const opened: OpenConsoleOptions[] = []
  let asked = 0
  const open = async (options: OpenConsoleOptions): Promise<ConsoleSession> => {
    opened.push(options)
    log.push(`open ${options.device}`)
    behaviour.open?.(opened.length)
    return {
      device: options.device,
      platform: vpcs,
      notes: [{ kind: 'pager', detail: '--More--', at: '2026-01-01T00:00:00.000Z' }],
      prompt: 'PC1> ',
      mode: 'exec',
      enter: async () => undefined,
      ask: async (command) => {
        asked += 1
        log.push(`${options.device}: ${command}`)
        return behaviour.ask?.(command, asked) ?? answerOf(command)
      },
      restore: async () => void log.push(`restore ${options.device}`),
      close: async () => void log.push(`close ${options.device}`),
    }
  }
  return { open, log, opened }
}

function makeAsker(changes: Partial<LabAskerOptions> = {}) {
  const observations: Observation[] = []
  const asker = createLabAsker({
    devices: { PC1: { platform: 'vpcs', credentials: { password: 'x' } }, PC2: { platform: 'vpcs', credentials: {} } },
    access: { consoleOf: async (device) => ({ kind: 'telnet', host: '127.0.0.1', port: device === 'PC1' ? 5001 : 5002 }) },
    platforms,
    redact: [],
    clock: createVirtualClock(),
    signal: new AbortController().signal,
    log: silentLog,
    credentialsProven: false,
    onObservation: (observation) => observations.push(observation),
    ...changes,
  })
  return { asker, observations }
}

describe('a lab asker', () => {
  it('opens one session per device at its first question, keeps it, and restores all at the end', async () => {
    const { open, log, opened } = makeOpen()
    const { asker, observations } = makeAsker({ open })
    await Promise.all([asker.ask('PC1', 'a'), asker.ask('PC2', 'b')])
    await asker.ask('PC1', 'c')
    await asker.close()
    expect(log.filter((line) => line.startsWith('open'))).toEqual(['open PC1', 'open PC2'])
    expect(log.slice(-4).sort()).toEqual(['close PC1', 'close PC2', 'restore PC1', 'restore PC2'])
    expect(opened.map(({ target }) => target)).toEqual([
      { kind: 'telnet', host: '127.0.0.1', port: 5001 },
      { kind: 'telnet', host: '127.0.0.1', port: 5002 },
    ])
    expect(observations.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(asker.notes().map(({ device, kind }) => [device, kind])).toContainEqual(['PC1', 'pager'])
  })

  it.each<[ErrorCode, boolean, string]>([
    ['CONSOLE_UNREACHABLE', false, 'infrastructure'],
    ['CONSOLE_SILENT', false, 'infrastructure'],
    ['CONSOLE_LOGIN_REFUSED', false, 'exercise'],
    ['CONSOLE_LOGIN_REFUSED', true, 'lab'],
    ['CONSOLE_CREDENTIALS_MISSING', true, 'lab'],
    ['CONSOLE_FLOODED', false, 'lab'],
    ['CONSOLE_BLOCKED', true, 'lab'],
  ])('turns %s into a reason (credentials proven: %s) whose cause is %s', async (code, credentialsProven, blame) => {
    const { open } = makeOpen({
      open: () => {
        throw new AppError(code, { details: { device: 'PC1' } })
      },
    })
    const { asker } = makeAsker({ open, credentialsProven })
    const error = await asker.ask('PC1', 'a').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CannotAsk)
    expect(error).toMatchObject({ reason: code, blame, data: { device: 'PC1' } })
  })

  it.each<[boolean, string]>([
    [false, 'exercise'],
    [true, 'lab'],
  ])(
    'takes a login that is refused after the console closed (it had opened before: %s) for the doing of the %s',
    async (hadOpened, blame) => {
      const { open } = makeOpen({
        open: (nth) => {
          if (nth > 1 || !hadOpened) throw new AppError('CONSOLE_LOGIN_REFUSED', { details: { device: 'PC1' } })
        },
        ask: (command) => answerOf(command, { ended: 'closed' }),
      })
      const { asker } = makeAsker({ open, credentialsProven: false })
      await asker.ask('PC1', 'a').catch(() => undefined)
      await expect(asker.ask('PC1', 'b')).rejects.toMatchObject({ reason: 'CONSOLE_LOGIN_REFUSED', blame })
    },
  )

  it('tries a console that does not open once more, not for every question anew', async () => {
    const { open, opened } = makeOpen({
      open: () => {
        throw new AppError('CONSOLE_UNREACHABLE', { details: { device: 'PC1' } })
      },
    })
    const { asker } = makeAsker({ open })
    for (let n = 0; n < 5; n += 1) await expect(asker.ask('PC1', 'a')).rejects.toMatchObject({ reason: 'CONSOLE_UNREACHABLE' })
    expect(opened).toHaveLength(2)
  })

  it('opens a console that closed anew at the next question', async () => {
    const { open, opened } = makeOpen({ ask: (command, nth) => answerOf(command, nth === 1 ? { ended: 'closed' } : {}) })
    const { asker } = makeAsker({ open })
    expect((await asker.ask('PC1', 'a')).ended).toBe('closed')
    expect((await asker.ask('PC1', 'b')).ended).toBe('prompt')
    expect(opened).toHaveLength(2)
  })

  it('keeps a secret out of the observation when the console replaced it', async () => {
    const { open } = makeOpen({ ask: () => answerOf('login [secret PW]') })
    const { asker, observations } = makeAsker({ open })
    await asker.ask('PC1', 'login hunter2')
    expect(JSON.stringify(observations)).not.toContain('hunter2')
  })

  describe('with fewer places than devices', () => {
    const names = ['R1', 'R2', 'R3', 'R4', 'R5']
    const devices = Object.fromEntries(names.map((name) => [name, { platform: 'vpcs', credentials: {} }]))

    /** How many consoles were open at most, and whether one was opened anew before it was closed. */
    function walk(log: readonly string[]) {
      const open = new Set<string>()
      let most = 0
      let isTwice = false
      for (const line of log) {
        const [verb = '', device = ''] = line.split(' ')
        if (verb === 'open') {
          isTwice ||= open.has(device)
          open.add(device)
        }
        if (verb === 'close') open.delete(device)
        most = Math.max(most, open.size)
      }
      return { most, isTwice }
    }

    it('never has more consoles open, and answers every question of every device', async () => {
      const { open, log } = makeOpen()
      const { asker } = makeAsker({ open, devices, maxConsoles: 2 })
      const asked = [1, 2, 3].flatMap((nth) => names.map((name) => ({ name, command: `show ${nth}` })))
      const answers = await Promise.all(asked.map(({ name, command }) => asker.ask(name, command)))
      await asker.close()
      expect(answers.map(({ device, command }) => ({ name: device, command }))).toEqual(asked)
      expect(walk(log)).toEqual({ most: 2, isTwice: false })
    })

    it('closes the console that nobody has asked for longest, as it was found, and opens it anew when it is asked', async () => {
      const { open, log } = makeOpen()
      const { asker } = makeAsker({ open, devices, maxConsoles: 2 })
      for (const name of ['R1', 'R2', 'R1', 'R3', 'R1', 'R2']) await asker.ask(name, 'a')
      expect(log).toEqual([
        ...['open R1', 'R1: a', 'open R2', 'R2: a', 'R1: a'],
        ...['restore R2', 'close R2', 'open R3', 'R3: a', 'R1: a'],
        ...['restore R3', 'close R3', 'open R2', 'R2: a'],
      ])
      // what was found on a console that made room is still said
      expect(asker.notes().map(({ device }) => device)).toEqual(['R1', 'R2', 'R2', 'R3'])
      await asker.close()
    })

    it('stops waiting for a place when the run is cancelled', async () => {
      const stop = new AbortController()
      const { asker } = makeAsker({ open: () => new Promise(() => undefined), devices, maxConsoles: 1, signal: stop.signal })
      const asking = Promise.allSettled([asker.ask('R1', 'a'), asker.ask('R2', 'a')])
      stop.abort(new Error('cancelled'))
      expect((await asking).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      await asker.close()
    })
  })

  it('stops waiting for a console that opens for ever when the run is cancelled', async () => {
    const stop = new AbortController()
    const { asker } = makeAsker({ open: () => new Promise(() => undefined), signal: stop.signal })
    const asking = asker.ask('PC1', 'a')
    stop.abort(new Error('cancelled'))
    await expect(asking).rejects.toThrow('cancelled')
    await asker.close()
  })
})
