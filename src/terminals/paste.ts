import { type PlatformDefinition, readForPerson } from '../clients/console/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Bell } from './bell.ts'
import { pasteLimits } from './messages.ts'

/** What was pasted, as lines to be entered one by one; what stands behind the last line break is typed and left open. */
export interface PastedText {
  readonly lines: readonly string[]
  readonly open: string
}

/** Control characters are no text: a page that was copied from may have hidden some. The tabulator is. */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu

/** @returns null when it is longer than one paste may be */
export function splitPaste(text: string): PastedText | null {
  if (text.length > pasteLimits.characters) return null
  const lines = text.replace(/\r\n?/gu, '\n').replace(controls, '').split('\n')
  if (lines.length > pasteLimits.lines) return null
  const open = lines.pop() ?? ''
  return { lines, open }
}

/** The console that lines are entered at. */
export interface PasteConsole {
  write(text: string): void
  tail(): string
  /** Line feeds seen so far. */
  readonly lineFeeds: number
  readonly lastOutputAt: number
  /** When somebody last pressed a key (clock's milliseconds). */
  readonly lastKeyAt: number
  /** Hands every output on from now; call the result to end that. */
  listen(hear: (text: string) => void): () => void
  /** The program at the other end knows bracketed paste. */
  readonly takesBrackets: boolean
  /** An editor or the like has the whole screen. */
  readonly isFullScreen: boolean
  /** Rings with every output. */
  readonly bell: Bell
}

export interface PasteRun {
  readonly console: PasteConsole
  readonly platform: PlatformDefinition | null
  readonly clock: Clock
  /** Ends the paste before its next line. */
  readonly signal: AbortSignal
  /** Counts the lines that were sent, and says when the device takes its time. */
  readonly onSent: (sent: number) => void
  /** True once for each time that somebody wants the next line sent without waiting. */
  readonly isPushed: () => boolean
}

/** Silence after which the next line is sent, by what the console shows (milliseconds). Prompts were measured: devices.md, synchronising. */
const quietMs = {
  ready: 120,
  readyNoEcho: 700,
  perhaps: 400,
  perhapsNoEcho: 900,
  typeAhead: 1_500,
  program: 5_000,
  fullScreen: 200,
  pager: 150,
}
const lookEveryMs = 250
const settleMs = { still: 300, most: 3_000 }
/** A pager that was told to go on is not told again before. */
const pagerPatienceMs = 1_000
const keptEcho = 16_384

const sequences = /\x1b(?:\[[^@-~]*[@-~]|[()*+#]?.)/gu
const letters = (text: string): string => text.replace(sequences, '').replace(/\s/gu, '')

/** Whether a device keeps what is typed while it is busy. One that loses it is known by the pause that it needs behind its prompt. */
const keepsTypeAhead = (platform: PlatformDefinition | null): boolean => platform !== null && platform.timing.beforeCommandMs === 0

function asTyped(line: string, { takesBrackets }: PasteConsole): string {
  // a tabulator completes words, unless the program is told that this is pasted
  if (!line.includes('\t')) return line
  return takesBrackets ? `\x1b[200~${line}\x1b[201~` : line.replaceAll('\t', ' ')
}

/** How long the console must have been silent for the next line; null while it is busy. */
function wantedQuiet(run: PasteRun, printed: string, hasEcho: boolean): number | null {
  if (run.console.isFullScreen) return quietMs.fullScreen
  const tail = run.console.tail()
  const situation = readForPerson(run.platform, tail, printed)
  if (situation === 'ready') return hasEcho ? quietMs.ready : quietMs.readyNoEcho
  if (situation === 'perhaps') return hasEcho ? quietMs.perhaps : quietMs.perhapsNoEcho
  if (tail.trim() !== '' || !hasEcho || !keepsTypeAhead(run.platform)) return null
  // a program that reads lines shows no prompt, but neither does one that is busy and would swallow them
  return run.platform?.shell === 'posix' ? quietMs.program : quietMs.typeAhead
}

const isAtPager = ({ platform, console }: PasteRun): boolean => readForPerson(platform, console.tail()) === 'pager'

async function enterLine(line: string, run: PasteRun): Promise<void> {
  const { console, clock } = run
  const wanted = letters(line)
  const feedsBefore = console.lineFeeds
  let seen = ''
  const stopListening = console.listen((text) => {
    seen = (seen + text).slice(-keptEcho)
  })
  try {
    // one write: what follows a CR by itself is lost on some devices
    console.write(`${asTyped(line, console)}\r`)
    let waitMs = lookEveryMs
    let pagedAt = Number.NEGATIVE_INFINITY
    for (;;) {
      await console.bell.wait(waitMs)
      waitMs = lookEveryMs
      run.signal.throwIfAborted()
      if (run.isPushed()) return
      const silentMs = clock.now() - console.lastOutputAt
      if (isAtPager(run) && silentMs >= quietMs.pager && clock.now() - pagedAt >= pagerPatienceMs) {
        pagedAt = clock.now()
        console.write(' ')
      }
      const quiet =
        console.lineFeeds === feedsBefore && !console.isFullScreen ? null : wantedQuiet(run, seen, letters(seen).includes(wanted))
      if (quiet !== null && silentMs >= quiet) return
      if (quiet !== null) waitMs = quiet - silentMs
    }
  } finally {
    stopListening()
  }
}

/** A key that was pressed just before is answered first: on a VPCS what follows it at once is lost. */
async function settle({ console, clock, signal }: PasteRun): Promise<void> {
  const until = clock.now() + settleMs.most
  for (;;) {
    const stillMs = settleMs.still - (clock.now() - Math.max(console.lastOutputAt, console.lastKeyAt))
    if (stillMs <= 0 || clock.now() >= until) return
    await console.bell.wait(stillMs)
    signal.throwIfAborted()
  }
}

/**
 * Enters lines one by one, each once the device has shown the one before and stands at a prompt again: most consoles lose what comes
 * while they are busy. Rejects with the signal's reason when it is ended.
 */
export async function enterLines({ lines, open }: PastedText, run: PasteRun): Promise<void> {
  run.onSent(0)
  await settle(run)
  for (const [index, line] of lines.entries()) {
    run.signal.throwIfAborted()
    run.onSent(index)
    await enterLine(line, run)
  }
  run.onSent(lines.length)
  if (open !== '') run.console.write(asTyped(open, run.console))
}
