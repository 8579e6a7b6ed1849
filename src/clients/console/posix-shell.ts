import { randomBytes } from 'node:crypto'
import type { Marker } from './question.ts'
import { settleMs, type Work } from './work.ts'

/**
 * A clean shell of our own inside the student's: nothing of his environment, aliases or functions, a prompt that nobody else has, no line
 * editing, a wide terminal. His shell waits underneath unchanged and is there again after `exit`.
 */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr'
const environment = `PATH=${path} LC_ALL=C TERM=dumb PAGER=cat SYSTEMD_PAGER=cat HISTFILE=`
/**
 * In bash a function may be named after any command, `/usr/bin/env` and `command` too, and an alias after any word that is not quoted. But
 * nothing can be named after an assignment; this one makes bash look for `exec` before it looks for functions, and what `exec` runs is a
 * program. Other shells find `exec` first anyway. Where the variable cannot be set (`readonly`), bash runs nothing of the line.
 */
const program = 'POSIXLY_CORRECT=1; \\exec'
/** The same for one execution over SSH. */
export const cleanEnvironment = `${program} /usr/bin/env -i HOME="$HOME" ${environment}`
/** Systems with busybox only may have no /usr/bin/env. A name alone is not looked for on the student's path. */
const starters = [`${program} /usr/bin/env`, `${program} /bin/busybox env`, `PATH=${path}; ${program} env`]
const clearLine = '\x15'
/** A shell that has said nothing for so long does not start. */
const startSilenceMs = 3_000
/** Silence after which a prompt that a log line was printed over is asked for again. */
const redrawMs = 700
/**
 * The terminal's own settings are kept in variables of the clean shell and set back at the end. Without echo nothing that another person
 * types at the same console can stand in an answer.
 */
const prepareTerminal =
  'np_s=$(stty -g 2>/dev/null); np_z=$(stty size 2>/dev/null); stty -echo icanon isig icrnl opost onlcr intr ^C kill ^U cols 512 rows 50 2>/dev/null; set +o emacs 2>/dev/null; set +o vi 2>/dev/null'
const restoreTerminal = 'stty "$np_s" 2>/dev/null; set -- $np_z; stty rows "$1" cols "$2" 2>/dev/null; echo; exit'

/** Opens the clean shell at whatever prompt stands there. @returns false when nobody understood the line */
export async function openCleanShell(work: Work, timeoutMs: number): Promise<boolean> {
  const { clock, stream } = work
  const deadline = clock.now() + timeoutMs
  const outer = work.prompt
  // A slow console may show the prompt of an attempt that was given up.
  const prompts: string[] = []
  for (const starter of starters) {
    if (clock.now() >= deadline || stream.isClosed) break
    const prompt = `@np${randomBytes(4).toString('hex')}> `
    prompts.push(prompt)
    // In two quoted parts: the echo of this line can never look like the prompt.
    const line = ` (${starter} -i HOME="$HOME" ${environment} PS1='${prompt.slice(0, 3)}''${prompt.slice(3)}' /bin/sh)`
    const found = await typeUntil(work, { line, prompts, refusedAt: outer, timeoutMs: deadline - clock.now() })
    if (found === undefined) continue
    work.ownPrompt = found
    work.prompt = found
    await typeUntil(work, { line: prepareTerminal, prompts: [found], refusedAt: undefined, timeoutMs: Math.max(1, deadline - clock.now()) })
    return true
  }
  return false
}

interface Typed {
  readonly line: string
  /** Any of them, alone on the last line, ends the wait. */
  readonly prompts: readonly string[]
  /** So does this one, when the line was refused there. */
  readonly refusedAt: string | undefined
  readonly timeoutMs: number
}

/** @returns which of the prompts came; undefined when the line was refused, or nothing more came. However slow the console, it is not hurried. */
async function typeUntil(work: Work, { line, prompts, refusedAt, timeoutMs }: Typed): Promise<string | undefined> {
  const { stream, clock } = work
  const deadline = clock.now() + timeoutMs
  await stream.begin(work.prompt)
  const before = stream.receivedBytes
  const here = () => prompts.find((prompt) => stream.tail() === prompt)
  const hasMoved = () => stream.receivedBytes > before + 1
  const isRefused = () => refusedAt !== undefined && stream.tail() === refusedAt && stream.lines().length > 1
  const isOver = () => hasMoved() && (here() !== undefined || isRefused())
  stream.send(`${line}\r`)
  const sentAt = clock.now()
  for (let redraws = 0; ; redraws += 1) {
    const end = await stream.until(isOver, { timeoutMs: Math.max(1, Math.min(redrawMs, deadline - clock.now())), quietMs: settleMs / 2 })
    if (end !== 'timeout') break
    const silentMs = clock.now() - Math.max(sentAt, stream.lastDataAt)
    if (clock.now() >= deadline || silentMs >= startSilenceMs) break
    if (silentMs >= redrawMs && redraws < 3 && hasMoved()) stream.send('\r')
  }
  return hasMoved() ? here() : undefined
}

/** Leaves the clean shell; the terminal is as it was. */
export async function closeCleanShell(work: Work, outerPrompt: string, timeoutMs: number): Promise<void> {
  if (work.ownPrompt === undefined) return
  const ended = await typeUntil(work, { line: restoreTerminal, prompts: [outerPrompt], refusedAt: undefined, timeoutMs })
  work.ownPrompt = undefined
  work.prompt = outerPrompt
  work.isLost = ended === undefined
}

/**
 * The command between two markers whose echo cannot match: there the first stands in quotes and the second still holds `$?`. What
 * somebody typed before or meanwhile is run outside of them. Ctrl-U first: a line that he has begun is not ours to go on with.
 */
export function withMarker(command: string): { readonly typed: string; readonly marker: Marker } {
  const nonce = randomBytes(6).toString('hex')
  const trimmed = command.trim().replace(/;+$/u, '')
  const joint = trimmed.endsWith('&') ? ' ' : '; '
  return {
    typed: `${clearLine}echo "@@S@${nonce}"; ${trimmed}${joint}echo "@@$?@${nonce}"`,
    marker: { start: new RegExp(`@@S@${nonce}$`, 'u'), end: new RegExp(`^(.*)@@(\\d+)@${nonce}$`, 'u') },
  }
}
