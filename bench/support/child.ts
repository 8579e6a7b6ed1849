import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child {
  readonly process: ChildProcess
  /** Its first line on stdout, which says that it is ready. */
  readonly firstLine: Promise<string>
  /** Ends it in order, and waits for it. */
  stop(): Promise<void>
}

/** As the launcher (netpraxis) starts Node, but for what is no server of ours. */
export const nodeArguments = ['--max-semi-space-size=2', '--import', 'tsx'] as const

/** A file of bench/ as a process of its own, loaded as in production. */
export const startChild = (entry: string, args: readonly string[] = []): Child =>
  startProcess(process.execPath, [...nodeArguments, entry, ...args])

/** A program that says in its first line that it is ready. */
export function startProcess(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code, signal) => reject(new Error(`${program} ended (${code ?? signal}) before it was ready`)))
  })
  return {
    process: child,
    firstLine,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 12_000)
      await ended
      clearTimeout(late)
    },
  }
}
