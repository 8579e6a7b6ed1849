import type { CommandIo } from '../../src/cli/command-io.ts'

export interface CapturedIo extends CommandIo {
  out(): string
  err(): string
  readonly stop: AbortController
}

/** A command's world that keeps what is written. */
export function captureIo(env: Record<string, string> = {}): CapturedIo {
  const out: string[] = []
  const err: string[] = []
  const stop = new AbortController()
  return {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text), isTTY: true },
    env,
    signal: stop.signal,
    stop,
    out: () => out.join(''),
    err: () => err.join(''),
  }
}
