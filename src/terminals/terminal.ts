import type { Logger } from 'pino'
import { createTerminalScreen, type PlatformDefinition, type TerminalLine, type TerminalSize } from '../clients/console/index.ts'
import { isAppError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Translate } from '../strings/index.ts'
import { createBell } from './bell.ts'
import { type ClientMessage, closeCodes, sizeLimits } from './messages.ts'
import { createPasting } from './pasting.ts'
import { readLine } from './read-line.ts'
import { createState } from './terminal-state.ts'
import { createViewers, type Viewer } from './viewers.ts'

export interface TerminalOptions {
  readonly device: string
  readonly platform: PlatformDefinition | null
  /** Connects to the device's console, wherever GNS3 has it now. */
  readonly connect: (size: TerminalSize, signal: AbortSignal) => Promise<TerminalLine>
  /** Since when the lab is being checked (milliseconds since the epoch); null when it is not. Asked before every key. */
  readonly checkedSince: () => number | null
  readonly clock: Clock
  readonly log: Logger
  readonly translate: Translate
}

const firstSize: TerminalSize = { columns: 80, rows: 24 }
/** pages.md, section 5; some 40 bytes a line, and never more than this in all. */
const scrollback = { lines: 5_000, characters: 400_000 }
const retryMs = { soon: 2_000, later: 15_000, soonTries: 20 }
/** A device that takes nothing gets no more keys. */
const unsentBytes = 64 * 1024
const repliesPerSecond = 20

const clampTo = (value: number, { least, most }: { least: number; most: number }) => Math.min(most, Math.max(least, value))

/** One device's console as people share it: one connection, one screen, one who types, any number who look on. */
export function createTerminal(options: TerminalOptions) {
  const { clock, translate: t, checkedSince } = options
  const end = new AbortController()
  const changed = createBell(clock)
  const output = createBell(clock)
  const hearers = new Set<(text: string) => void>()
  let line: TerminalLine | null = null
  let lineFeeds = 0
  let lastOutputAt = clock.now()
  let lastKeyAt = clock.now()
  let replies = { second: 0, sent: 0 }

  const reply = (text: string): void => {
    const second = Math.floor(clock.now() / 1_000)
    replies = { second, sent: replies.second === second ? replies.sent + 1 : 1 }
    // while the lab is checked nothing of ours may stand between question and answer
    if (replies.sent <= repliesPerSecond && checkedSince() === null) line?.write(text)
  }
  const screen = createTerminalScreen({ size: firstSize, limits: scrollback, onReply: reply })
  const viewers = createViewers(screen, clock)
  const state = createState({ viewers, clock, translate: t, checkedSince, device: options.device })
  const pasting = createPasting({
    ...{ clock, state, platform: options.platform, log: options.log },
    console: {
      write: (text) => line?.write(text),
      tail: screen.tail,
      get lineFeeds() {
        return lineFeeds
      },
      get lastOutputAt() {
        return lastOutputAt
      },
      get lastKeyAt() {
        return lastKeyAt
      },
      listen: (hear) => {
        hearers.add(hear)
        return () => hearers.delete(hear)
      },
      get takesBrackets() {
        return screen.takesBrackets
      },
      get isFullScreen() {
        return screen.isFullScreen
      },
      bell: output,
    },
  })

  let turn: Promise<unknown> = Promise.resolve()
  /** The screen is written to or made anew, never both at once. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const take = async (bytes: Buffer): Promise<void> => {
    const text = await inTurn(() => screen.write(bytes))
    viewers.show(text)
    lastOutputAt = clock.now()
    lineFeeds += text.split('\n').length - 1
    for (const hear of hearers) hear(text)
    output.ring()
    await viewers.drained()
  }

  /** Connected as long as somebody is there to see it; a device that was restarted is found again. */
  async function keepConnected(): Promise<void> {
    let tries = 0
    while (!end.signal.aborted) {
      if (viewers.count === 0 || checkedSince() !== null) {
        state.setLine('waiting')
        await changed.wait()
        continue
      }
      state.setLine('connecting')
      try {
        line = await options.connect(screen.size, end.signal)
        tries = 0
        state.setLine('open')
        await readLine(line, clock, take)
      } catch (error) {
        if (end.signal.aborted) return
        if (!isAppError(error)) options.log.error({ err: error, device: options.device }, 'a terminal failed')
      }
      line?.close()
      line = null
      pasting.stop('lost')
      if (end.signal.aborted) return
      state.setLine('closed')
      tries += 1
      await changed.wait(tries > retryMs.soonTries ? retryMs.later : retryMs.soon)
    }
  }

  /** Why nothing may be sent to the device now; null when it may. */
  const objection = (viewer: Viewer): string | null => {
    if (!viewer.mayType) return 'watching'
    if (checkedSince() !== null) return 'checked'
    if (!state.isWriter(viewer)) return 'otherWriter'
    if (!line) return 'notConnected'
    if (pasting.isRunning) return 'pasting'
    return line.unsentBytes > unsentBytes ? 'deviceSlow' : null
  }
  const send = (viewer: Viewer, action: (open: TerminalLine) => void): void => {
    const reason = objection(viewer)
    if (reason !== null) state.refuse(viewer, reason)
    else if (line) action(line)
  }
  const resize = async ({ columns, rows }: TerminalSize): Promise<void> => {
    const next = { columns: clampTo(columns, sizeLimits.columns), rows: clampTo(rows, sizeLimits.rows) }
    if (next.columns === screen.size.columns && next.rows === screen.size.rows) return
    await inTurn(() => screen.resize(next))
    line?.resize(next)
    viewers.repaint()
  }

  const pressKeys = (open: TerminalLine, keys: string): void => {
    lastKeyAt = clock.now()
    open.write(keys)
  }
  /** What only the one who types may do, also while lines are being entered. */
  const asWriter = (viewer: Viewer, action: () => void): void => {
    if (state.isWriter(viewer)) action()
  }
  /** What interrupts a program interrupts a paste too. */
  const isInterrupt = (viewer: Viewer, message: ClientMessage): boolean =>
    message.type === 'keys' && message.data === '\x03' && pasting.isRunning && state.isWriter(viewer)

  const handle = (viewer: Viewer, message: ClientMessage): void => {
    if (isInterrupt(viewer, message)) pasting.stop('cancelled')
    else if (message.type === 'keys') send(viewer, (open) => pressKeys(open, message.data))
    else if (message.type === 'break') send(viewer, (open) => open.sendBreak())
    else if (message.type === 'paste') send(viewer, () => pasting.start(message.text, viewer))
    else if (message.type === 'paste-next') asWriter(viewer, pasting.push)
    else if (message.type === 'paste-cancel') asWriter(viewer, () => pasting.stop('cancelled'))
    else if (message.type === 'take') state.take(viewer)
    // the device would hear of a new size in the middle of an answer
    else if (checkedSince() === null) asWriter(viewer, () => void resize(message))
  }

  const ended = keepConnected()
  return {
    attach: (viewer: Viewer) => {
      viewers.add(viewer)
      state.join(viewer)
      changed.ring()
    },
    detach: (viewer: Viewer) => {
      viewers.remove(viewer)
      state.leave(viewer)
    },
    handle,
    /** The lab is being checked, or is not any more. */
    checkChanged: () => {
      if (checkedSince() !== null) pasting.stop('checked')
      // the evaluator's own connection told the device another size
      else line?.resize(screen.size)
      state.tell()
      changed.ring()
    },
    viewers: viewers.all,
    close: async (reason: () => string): Promise<void> => {
      end.abort()
      for (const viewer of viewers.all()) viewer.close(closeCodes.labGone, reason)
      pasting.stop('lost')
      line?.close()
      changed.ring()
      await ended
      screen.dispose()
    },
  }
}

export type Terminal = ReturnType<typeof createTerminal>
