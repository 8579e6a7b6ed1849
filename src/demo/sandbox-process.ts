import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { AppError } from '../errors.ts'

const announcement = z.object({
  proxmoxUrl: z.string(),
  caFile: z.string(),
  fingerprint: z.string(),
  tokenId: z.string(),
  tokenSecret: z.string(),
  templates: z.array(z.object({ vmid: z.number(), name: z.string(), node: z.string() })),
  controlUrl: z.string(),
  controlSecret: z.string(),
})
export type SandboxAnnouncement = z.infer<typeof announcement>

export interface SandboxProcess {
  readonly announcement: SandboxAnnouncement
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

function firstLine(child: ChildProcess, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('the sandbox has no output')
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new AppError('SANDBOX_NOT_STARTED', { details: { status: code ?? String(signal), folder } })),
    )
  })
}

/** How long the sandbox may take to end in order. */
const endMs = 3_000

export interface SandboxOptions {
  /** What Node is told to run NetPraxis: its options and the program. */
  readonly program: readonly string[]
  readonly stateDir: string
  readonly speed: number
  readonly faultsFile?: string
}

/**
 * Starts the sandbox as a process of its own, which ends when this one does, and reads where it is.
 * @throws AppError SANDBOX_NOT_STARTED
 */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const args = [
    'sandbox',
    '--state',
    options.stateDir,
    '--speed',
    String(options.speed),
    '--tied',
    ...(options.faultsFile ? ['--faults', options.faultsFile] : []),
  ]
  // its own process group: Ctrl-C in the shell reaches the supervisor alone, which then ends the sandbox in order
  const child = spawn(process.execPath, [...options.program, ...args], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
  })
  const killNow = () => void child.kill('SIGKILL')
  // it ends by itself with its input; where this process is cut short, it is not waited for
  process.once('exit', killNow)
  void ended.then(() => process.off('exit', killNow))
  const parsed = announcement.parse(JSON.parse(await firstLine(child, options.stateDir)))
  return {
    announcement: parsed,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(killNow, endMs)
      await ended
      clearTimeout(late)
    },
  }
}
