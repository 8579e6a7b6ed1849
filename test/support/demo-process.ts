import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { compiled } from './compiled.ts'
import { waitFor } from './wait.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const demoFileSchema = z.object({
  url: z.string(),
  labUrl: z.string(),
  proxmoxUrl: z.string(),
  accounts: z.array(z.object({ username: z.string(), password: z.string(), role: z.string() })),
  exercises: z.array(z.object({ id: z.string(), title: z.string(), state: z.string() })),
})
export type DemoFile = z.infer<typeof demoFileSchema>

export interface DemoProcess {
  readonly pid: number
  readonly startedAt: number
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** Lines on stdout so far. */
  lines(): string[]
  errors(): string[]
  /** The address of the ready line. @throws Error when it ends before */
  ready(): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Ids of the processes that it started and that still run. */
  children(): Promise<number[]>
}

export const readDemoFile = async (dataDir: string): Promise<DemoFile> =>
  demoFileSchema.parse(JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')))

export const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777

export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // the only other answer is that it belongs to somebody else
  }
}

/** Seconds of processor time that a process has used so far, its ended children not counted. Linux only. */
export async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  // utime and stime, in ticks of 10 ms (proc(5); USER_HZ is 100 on every Linux that Node runs on)
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

const readyLine = /^NetPraxis is ready: (http:\S+)$/

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string[] {
  let text = ''
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text.split('\n').filter((line) => line !== '')
}

/** `netpraxis demo` as a user starts it: a process of its own. */
export function startDemo(options: { dataDir: string; arguments?: readonly string[]; environment?: Record<string, string> }): DemoProcess {
  const startedAt = Date.now()
  const child = spawn(process.execPath, [compiled('main'), 'demo', ...(options.arguments ?? [])], {
    cwd: root,
    env: { ...process.env, ...options.environment, DATA_DIR: options.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended: DemoProcess['ended'] = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const lines = collect(child, 'stdout')
  const errors = collect(child, 'stderr')
  const { pid } = child
  if (pid === undefined) throw new Error('the demo could not be started')
  return {
    pid,
    startedAt,
    ended,
    lines,
    errors,
    ready: () =>
      waitFor(
        'the ready line',
        () => {
          if (child.exitCode !== null) throw new Error(`the demo ended with status ${child.exitCode}:\n${errors().join('\n')}`)
          return readyLine.exec(lines().at(-1) ?? '')?.[1]
        },
        { deadlineMs: 120_000, everyMs: 20 },
      ),
    kill: (signal) => void child.kill(signal),
    children: () => childrenOf(pid),
  }
}
