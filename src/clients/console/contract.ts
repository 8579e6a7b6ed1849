import type { Clock } from '../../lib/clock.ts'
import type { PlatformDefinition } from './platform-definition.ts'

/** How an answer ended: the prompt came back, the deadline passed, the console closed, or a cap on bytes or lines cut it. */
export type AnswerEnd = 'prompt' | 'timeout' | 'closed' | 'cut'

/** One command and what the device answered; an observation of the evaluator without its place in the run. */
export interface Answer {
  /** As it was asked, secrets replaced; never the wrapped form that was typed into a shell. */
  readonly command: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
  readonly ended: AnswerEnd
  readonly exitCode?: number
  /** The device's bytes after telnet's own commands were taken out, our secrets replaced. */
  readonly raw: Uint8Array
  /** Control sequences applied, echo, marker and prompt removed, lines ended by `\n`. */
  readonly text: string
}

/** What was found on the console, or had to be ended, before or between our commands. */
export interface SessionNote {
  readonly kind:
    | 'half-typed-line'
    | 'pager'
    | 'dialog'
    | 'running-command'
    | 'configuration-mode'
    | 'other-mode'
    | 'other-typist'
    | 'logged-in'
    | 'no-echo'
    | 'unclean-shell'
    | 'command-repeated'
    | 'restore-failed'
    | 'host-key-not-pinned'
  /** The text it was known by, shortened, secrets replaced. */
  readonly detail: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Where a console is reached. */
export type ConsoleTarget =
  | { readonly kind: 'telnet'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'ssh'
      readonly host: string
      readonly port: number
      /** Pinned key: `SHA256:…` as OpenSSH prints it. Without it, and without one in `hostKeys`, any key is taken and noted. */
      readonly hostKey?: string
      /** An SSH server that leads on to the device: the work VM. Signed in to with `credentials.jump`. */
      readonly jump?: { readonly host: string; readonly port: number }
    }

/** Where host keys are remembered, by `host:port` as the device is reached (a device behind the work VM: `work-vm/host:port`). */
export interface HostKeyPins {
  find(endpoint: string): string | undefined
  /** Called after the first sign-in with a key that was not known. */
  remember(endpoint: string, fingerprint: string): void
}

export interface ConsoleCredentials {
  readonly username?: string
  readonly password?: string
  readonly enablePassword?: string
  /** Of the work VM, where the device is reached through it. */
  readonly jump?: { readonly username: string; readonly password?: string }
}

/** A secret of ours that must not appear in evidence; it becomes `[secret NAME]`. */
export interface Redaction {
  readonly name: string
  readonly value: string
}

/** The part of a pino logger that the console uses. */
export interface ConsoleLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Caps of one answer. */
export interface ConsoleLimits {
  readonly answerBytes: number
  readonly answerLines: number
}

export const defaultLimits: ConsoleLimits = { answerBytes: 4 * 1024 * 1024, answerLines: 50_000 }

export interface OpenConsoleOptions {
  /** The device as the exercise names it; goes into errors and logs. */
  readonly device: string
  readonly target: ConsoleTarget
  readonly platform: PlatformDefinition
  readonly credentials: ConsoleCredentials
  readonly redact: readonly Redaction[]
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: ConsoleLog
  /** Deadline until the console is ready (booting devices included); the platform's `ready_ms` where absent. */
  readonly readyTimeoutMs?: number
  readonly limits?: Partial<ConsoleLimits>
  readonly hostKeys?: HostKeyPins
}

export interface AskConsoleOptions {
  /** Deadline of this answer; the platform's `command_ms` where absent. */
  readonly timeoutMs?: number
  /** Ends the command with the platform's interrupt after so long, and goes on reading. */
  readonly interruptAfterMs?: number
  /** Mode the command needs; the platform's default mode where absent. `current` asks in whatever mode the console is in. */
  readonly mode?: string
  /**
   * Typed one after the other into a program that talks to another host, each once its pattern stands on a line that came since the one
   * before. Once the first was typed the answer is not over before the others that are not optional were: the other host may show a prompt
   * like ours.
   */
  readonly leave?: readonly LeaveStep[]
  readonly signal?: AbortSignal
}

export interface LeaveStep {
  readonly when: RegExp
  /** With its CR where it needs one. */
  readonly send: string
  readonly optional?: boolean
}

export interface ConsoleSession {
  readonly device: string
  readonly platform: PlatformDefinition
  /**
   * Asks one command; calls are queued, never overlapped. A command that gets no end is an answer with `ended: 'timeout'`.
   * @throws AppError CONSOLE_* when the device could not be asked at all
   */
  ask(command: string, options?: AskConsoleOptions): Promise<Answer>
  /** Brings the console into a mode of the platform's file. */
  enter(mode: string): Promise<void>
  /** Brings back the mode found at the beginning (exec, enable, configuration, shell or vtysh, logged out). Never throws for the device's sake. */
  restore(): Promise<void>
  /** Restores nothing; ends the connection. */
  close(): Promise<void>
  readonly notes: readonly SessionNote[]
  /** The prompt learnt last, and the mode it means; undefined where commands are executed without a prompt (SSH exec). */
  readonly prompt: string | undefined
  readonly mode: string
}
