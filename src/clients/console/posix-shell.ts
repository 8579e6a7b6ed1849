import { randomBytes } from 'node:crypto'
import type { Marker } from './question.ts'
import { settleMs, type Work } from './work.ts'

/**
 * A clean shell of our own inside the student's: nothing of his environment, aliases or functions, a prompt that nobody else has, no line
 * editing, a wide terminal. His shell waits underneath unchanged and is there again after `exit`.
 */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr'
const environment = `PATH=${path} LC_ALL=C TERM=dumb PAGER=cat SYSTEMD_PAGER=cat HISTFILE=`
/** The same for one execution over SSH. */
export const cleanEnvironment = `/usr/bin/env -i HOME="$HOME" ${environment}`
/** A function or alias named `env` does not stand in the way of a path; busybox-only systems may have no /usr/bin/env. */
const starters = ['/usr/bin/env', '/bin/busybox env', 'env']
const startTimeoutMs = 3_000
const clearLine = '\x15'
/**
 * The terminal's own settings are kept in variables of the clean shell and set back at the end. Without echo nothing that another person
 * types at the same console can stand in an answer.
 */
const prepareTerminal =
  'np_s=$(stty -g 2>/dev/null); np_z=$(stty size 2>/dev/null); stty -echo icanon isig icrnl opost onlcr intr ^C kill ^U cols 512 rows 50 2>/dev/null; set +o emacs 2>/dev/null; set +o vi 2>/dev/null'
const restoreTerminal = 'stty "$np_s" 2>/dev/null; set -- $np_z; stty rows "$1" cols "$2" 2>/dev/null; echo; exit'

/** Opens the clean shell at whatever prompt stands there. @returns false when nobody understood the line */
export async function openCleanShell(work: Work, timeoutMs: number): Promise<boolean> {
  const deadline = work.clock.now() + timeoutMs
  for (const starter of starters) {
    const left = deadline - work.clock.now()
    if (left <= 0 || work.stream.isClosed) break
    if (await tryStart(work, starter, Math.min(startTimeoutMs, left))) return true
  }
  return false
}

async function tryStart(work: Work, starter: string, timeoutMs: number): Promise<boolean> {
  const nonce = randomBytes(4).toString('hex')
  const prompt = `@np${nonce}> `
  // In two quoted parts: the echo of this line can never look like the prompt.
  const line = ` ${starter} -i HOME="$HOME" ${environment} PS1='@np''${nonce}> ' /bin/sh`
  if (!(await typeUntil(work, line, prompt, timeoutMs))) return false
  work.ownPrompt = prompt
  work.prompt = prompt
  await typeUntil(work, prepareTerminal, prompt, timeoutMs)
  return true
}

/** Waits for the prompt to stand alone on the last line, or for an old prompt to come back (the command was refused). */
async function typeUntil(work: Work, line: string, prompt: string, timeoutMs: number): Promise<boolean> {
  const { stream } = work
  const refusedAt = work.prompt
  await stream.begin(refusedAt)
  const before = stream.receivedBytes
  stream.send(`${line}\r`)
  const hasMoved = () => stream.receivedBytes > before + 1
  await stream.until(() => hasMoved() && (stream.tail() === prompt || (stream.tail() === refusedAt && stream.lines().length > 1)), {
    timeoutMs,
    quietMs: settleMs / 2,
  })
  return stream.tail() === prompt
}

/** Leaves the clean shell; the terminal is as it was. */
export async function closeCleanShell(work: Work, outerPrompt: string, timeoutMs: number): Promise<void> {
  if (work.ownPrompt === undefined) return
  const ended = await typeUntil(work, restoreTerminal, outerPrompt, timeoutMs)
  work.ownPrompt = undefined
  work.prompt = outerPrompt
  work.isLost = !ended
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
