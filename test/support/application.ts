import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { SandboxAnnouncement } from '../../src/demo/sandbox-process.ts'
import { demoEnvironment } from '../../src/demo/settings.ts'
import { type ApiSession, createApi } from './api.ts'
import { compiled } from './compiled.ts'
import { type KillPlan, type KillPoint, killPointSchema } from './kill-plan.ts'

const readySchema = z.object({
  url: z.string(),
  accounts: z.array(z.object({ username: z.string(), password: z.string() })),
  jobs: z.array(z.object({ name: z.string(), steps: z.array(z.string()), compensates: z.boolean() })),
})
const killedSchema = z.object({ killed: killPointSchema })
type Ready = z.infer<typeof readySchema>
export type JobOutline = Ready['jobs'][number]

export interface ApplicationOptions {
  readonly dataDir: string
  readonly sandbox: SandboxAnnouncement
  /** Over the demo's settings. */
  readonly environment?: Readonly<Record<string, string>>
  readonly kill?: KillPlan
}

export interface Application {
  readonly url: string
  /** Every job with its steps, from the definitions of the running program. */
  readonly jobs: readonly JobOutline[]
  /** Signs in as one of the demo's people. */
  signIn(username: string): Promise<ApiSession>
  /** Signs in with a password of one's own. */
  signInWith(username: string, password: string): Promise<ApiSession>
  /** Resolves when it ended; with the point of its plan at which it ended itself, or null. */
  readonly ended: Promise<KillPoint | null>
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** A process that has loaded the program and waits to be told its settings. */
export interface WarmProcess {
  /** Its jobs go on at once, so its plan may end it before it listens. */
  start(options: ApplicationOptions): Promise<Application | { readonly killedAt: KillPoint }>
  readonly ended: Promise<KillPoint | null>
  kill(): Promise<void>
}

const variablesOf = ({ dataDir, sandbox, environment }: ApplicationOptions): Record<string, string> => {
  const all = { ...demoEnvironment({ environment: {}, dataDir, port: 0, sandbox }), PUBLIC_URL: 'http://127.0.0.1', ...environment }
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function followLines(child: ChildProcess) {
  const heard: { killedAt: KillPoint | null } = { killedAt: null }
  const ended = new Promise<KillPoint | null>((resolve) => {
    child.once('close', () => resolve(heard.killedAt))
  })
  const ready = new Promise<Ready | null>((resolve) => {
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said: unknown = JSON.parse(line)
        const death = killedSchema.safeParse(said)
        if (death.success) heard.killedAt = death.data.killed
        else resolve(readySchema.parse(said))
      })
    }
    void ended.then(() => resolve(null))
  })
  return { ended, ready }
}

export function warmUp(): WarmProcess {
  const child = spawn(process.execPath, [compiled('app-process')], { stdio: ['pipe', 'pipe', 'pipe'] })
  let problems = ''
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk.toString('utf8')
  })
  // writing to a process that was killed is no fault of the test
  child.stdin.on('error', () => undefined)
  const { ended, ready } = followLines(child)
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(late)
  }
  return {
    ended,
    kill: () => end('SIGKILL'),
    start: async (options) => {
      child.stdin.write(`${JSON.stringify({ environment: variablesOf(options), kill: options.kill })}\n`)
      const announced = await ready
      const killedAt = announced === null ? await ended : null
      if (killedAt) return { killedAt }
      if (announced === null)
        throw new Error(`the application ended by itself; log: ${join(options.dataDir, 'netpraxis.log')}\n${problems}`)
      return toApplication(announced, ended, end)
    },
  }
}

function toApplication(announced: Ready, ended: Application['ended'], end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>): Application {
  const api = createApi(announced.url)
  return {
    url: announced.url,
    jobs: announced.jobs,
    ended,
    signIn: (username) => {
      const account = announced.accounts.find((one) => one.username === username)
      if (!account) throw new Error(`the demo has no ${username}`)
      return api.signIn(account.username, account.password)
    },
    signInWith: api.signIn,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
