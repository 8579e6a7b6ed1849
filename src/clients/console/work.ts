import { AppError, type ErrorCode, type ErrorDetails } from '../../errors.ts'
import { type Clock, isoNow } from '../../lib/clock.ts'
import type { ConsoleCredentials, ConsoleLog, SessionNote } from './contract.ts'
import type { PlatformDefinition } from './platform-definition.ts'
import type { Redactor } from './redact.ts'
import { readSituation, type Situation } from './situation.ts'
import type { ConsoleStream } from './stream.ts'

/** What the parts of one session share. */
export interface Work {
  readonly device: string
  readonly platform: PlatformDefinition
  readonly stream: ConsoleStream
  readonly credentials: ConsoleCredentials
  readonly redactor: Redactor
  readonly clock: Clock
  readonly log: ConsoleLog
  readonly notes: SessionNote[]
  /** Secrets that were typed; each at most once. */
  readonly typedSecrets: Set<string>
  /** The prompt learnt last and the mode it means. */
  prompt: string
  mode: string
  /** Prompt of the clean shell of our own, while one is open. */
  ownPrompt: string | undefined
  /** The console is not known to stand at `prompt`; synchronise before the next command. */
  isLost: boolean
  /** True when this session logged in (and so must log out). */
  hasLoggedIn: boolean
}

const detailLength = 120

export function addNote(work: Work, kind: SessionNote['kind'], detail: string): void {
  const shortened = work.redactor.text(detail.trim()).slice(0, detailLength)
  work.notes.push({ kind, detail: shortened, at: isoNow(work.clock) })
  work.log.info({ device: work.device, kind, detail: shortened }, 'console note')
}

export function consoleError(work: { readonly device: string }, code: ErrorCode, details: ErrorDetails = {}): AppError {
  return new AppError(code, { details: { device: work.device, ...details } })
}

/** What stands on the last line now. */
export function situationOf(work: Work): Situation {
  const tail = work.stream.tail()
  if (tail === work.ownPrompt) return { kind: 'prompt', mode: work.platform.defaultMode, prompt: tail }
  return readSituation(work.platform, tail)
}

/** Silence after which a prompt that was not learnt before is believed. */
export const settleMs = 120

/**
 * Sends one line and waits until a situation other than `unknown` stands on the last line and settles.
 * @returns undefined when the deadline passed
 */
export async function sendLine(work: Work, line: string, timeoutMs: number): Promise<Situation | undefined> {
  const { stream } = work
  await stream.begin(stream.tail())
  const before = stream.receivedBytes
  stream.send(`${line}\r`)
  const isThere = () => stream.receivedBytes > before + Math.min(1, line.length) && situationOf(work).kind !== 'unknown'
  const end = await stream.until(isThere, { timeoutMs, quietMs: settleMs })
  if (end === 'closed') throw consoleError(work, 'CONSOLE_CLOSED')
  if (end === 'cut') throw consoleError(work, 'CONSOLE_FLOODED')
  return end === 'met' ? situationOf(work) : undefined
}

/** Remembers the prompt that the console stands at. */
export function learn(work: Work, situation: Extract<Situation, { kind: 'prompt' }>): void {
  work.prompt = situation.prompt
  work.mode = situation.mode
  work.isLost = false
}
