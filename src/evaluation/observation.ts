/** How an answer ended: the prompt came back, the deadline passed, the console closed, or a cap on bytes cut it. */
export type Ended = 'prompt' | 'timeout' | 'closed' | 'cut'

/** One question put to one device, and its answer. Regrading answers from stored observations. */
export interface Observation {
  /** Order within the evaluation run, from 1. */
  readonly seq: number
  /** The device as the exercise names it. */
  readonly device: string
  readonly command: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
  readonly ended: Ended
  /** Exit status, where the platform has one. */
  readonly exitCode?: number
  /** The bytes as they came, our own secrets replaced. */
  readonly raw: Uint8Array
  /** What a person would have read: control sequences applied, echo and prompt removed, lines ended by `\n`. */
  readonly text: string
}

export interface AskOptions {
  /** Deadline of this answer; the platform's default where absent. */
  readonly timeoutMs?: number
  /** Ends the command with the platform's interrupt after so long (a ping that has no count), and goes on reading. */
  readonly interruptAfterMs?: number
  /** Mode the command needs, as named in the platform's inventory file; the platform's default mode where absent. */
  readonly mode?: string
  /** How a program that talks to another host (telnet) is left, step by step, before the answer may be over. */
  readonly leave?: readonly LeaveStep[]
}

/** What is typed into a program once a line, or the last line so far, shows that it can be. */
export interface LeaveStep {
  readonly when: RegExp
  /** With its CR where it needs one. */
  readonly send: string
  /** The program may be left without it: the other host can have closed first. */
  readonly optional?: boolean
}

/**
 * Asks one device one command, in the order called per device.
 * @throws CannotAsk when the device could not be asked at all
 */
export type Ask = (device: string, command: string, options?: AskOptions) => Promise<Observation>

/** Whose doing it is that a criterion could not be decided. `lab` (what the student left) is the only one that uses the attempt. */
export type Cause = 'infrastructure' | 'exercise' | 'lab'

/** The device could not be asked: no console, no login, a mode that cannot be reached. Becomes `inconclusive`, never `fail`. */
export class CannotAsk extends Error {
  readonly reason: string
  readonly blame: Cause
  readonly data: Readonly<Record<string, string | number | boolean>>

  /** @param reason a reason code of the string catalogue, such as CONSOLE_SILENT */
  constructor(reason: string, blame: Cause, data: Readonly<Record<string, string | number | boolean>> = {}, options?: ErrorOptions) {
    super(`${reason} ${JSON.stringify(data)}`, options)
    this.name = 'CannotAsk'
    this.reason = reason
    this.blame = blame
    this.data = data
  }
}
