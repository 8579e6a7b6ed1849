import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { compileProgram } from '../../src/cli/compile-program.ts'

export interface Child {
  readonly process: ChildProcess
  /** Its first line on stdout, which says that it is ready. */
  readonly firstLine: Promise<string>
  /** Ends it in order, and waits for it. */
  stop(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'netpraxis-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

/** A file of bench/ as a process of its own, compiled and started as the launcher does it. */
export async function startChild(entry: string, args: readonly string[] = []): Promise<Child> {
  const compiled = join(folder, basename(dirname(entry)), basename(entry, '.ts'))
  if (!existsSync(compiled)) await compileProgram({ program: entry }, compiled)
  return startProcess(process.execPath, ['--max-semi-space-size=2', join(compiled, 'program.mjs'), ...args])
}

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
