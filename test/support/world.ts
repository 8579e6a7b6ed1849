import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, type ApplicationOptions, type WarmProcess, warmUp } from './application.ts'
import { startTestSandbox, type TestSandbox } from './sandbox.ts'

type Change = Pick<ApplicationOptions, 'environment' | 'kill'>

/** A sandbox and a DATA_DIR, and whatever applications a test starts on them, one after the other. */
export interface World {
  readonly dataDir: string
  readonly sandbox: TestSandbox
  /** @throws Error when it ends before it listens */
  start(change?: Pick<ApplicationOptions, 'environment'>): Promise<Application>
  /** As `start`, with a kill plan, which may end it before it listens. */
  startDoomed(change: Change): ReturnType<WarmProcess['start']>
  /** Ends the applications that still run, as a power cut would. */
  killApplications(): Promise<void>
  /** Ends every process that was started here and removes the folders. */
  end(): Promise<void>
}

/** @param options.keepsSpare holds a process ready, for tests that start the application often */
export async function createWorld(options: { keepsSpare?: boolean } = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-journey-'))
  const dataDir = join(folder, 'data')
  const sandbox = await startTestSandbox(join(folder, 'sandbox'))
  const processes = new Set<WarmProcess>()
  const spares: WarmProcess[] = []
  const warm = (): WarmProcess => {
    const made = warmUp()
    processes.add(made)
    void made.ended.then(() => processes.delete(made))
    return made
  }
  const startDoomed: World['startDoomed'] = (change) => {
    const next = spares.pop() ?? warm()
    if (options.keepsSpare === true) spares.push(warm())
    return next.start({ dataDir, sandbox: sandbox.process.announcement, ...change })
  }
  return {
    dataDir,
    sandbox,
    startDoomed,
    start: async (change = {}) => {
      const application = await startDoomed(change)
      if ('killedAt' in application) throw new Error('the application ended before it listened')
      return application
    },
    killApplications: async () => {
      await Promise.all([...processes].filter((one) => !spares.includes(one)).map((one) => one.kill()))
    },
    end: async () => {
      await Promise.all([...processes].map((one) => one.kill()))
      await sandbox.stop()
      if (process.env.KEEP_JOURNEY_FOLDERS === undefined) await rm(folder, { recursive: true, force: true })
      else process.stderr.write(`kept ${folder}\n`)
    },
  }
}
