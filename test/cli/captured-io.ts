import type { CommandIo } from '../../src/cli/command-io.ts'

export interface CapturedIo extends CommandIo {
  out(): string
  err(): string
  readonly stop: AbortController
}

/** A command's world that keeps what is written. */
export function captureIo(env: Record<string, string> = {}): CapturedIo {
  const written = { out: '', err: '' }
  const stop = new AbortController()
  return {
    stdout: { write: (text) => void (written.out += text) },
    stderr: { write: (text) => void (written.err += text), isTTY: true },
    env,
    signal: stop.signal,
    stop,
    out: () => written.out,
    err: () => written.err,
  }
}
