/** What a command needs of the world around it; `main.ts` hands it the process's own, a test its own. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/** Exit statuses, as in sysexits and by shell custom. */
export const exitCodes = { ok: 0, failed: 1, undecided: 2, usage: 64, interrupted: 130 } as const

/** Wrong use, or a file that cannot be used: each line is one problem. */
export class UsageError extends Error {
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'UsageError'
    this.lines = lines
  }
}
