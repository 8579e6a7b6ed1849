import { type Environment, loadConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { type RunningServer, startServer } from '../server.ts'
import { type DemoAccount, takeEarlierAccounts, writeDemoFile } from './demo-file.ts'
import { liveIn } from './lived-in.ts'
import { ensurePeople } from './people.ts'
import type { SandboxAnnouncement } from './sandbox-process.ts'
import { ensureCourse, ensureExercises, listSeeded, publishReady } from './seed.ts'
import { demoEnvironment, isLoopback } from './settings.ts'

const portsTried = 20

export interface DemoOptions {
  readonly environment: Environment
  readonly dataDir: string
  readonly host: string
  /** The first port to try. */
  readonly port: number
  readonly isSeeded: boolean
  readonly sandbox: SandboxAnnouncement
}

/** The application of a demo, listening. */
export interface DemoApplication {
  readonly url: string
  readonly accounts: readonly DemoAccount[]
  close(): Promise<void>
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/** Starts the server on the wanted port, or the next that is free. @throws Error EADDRINUSE when twenty in a row are taken */
async function listen(options: DemoOptions, demoAccounts: () => readonly DemoAccount[]): Promise<RunningServer> {
  for (let port = options.port; ; port += 1) {
    const config = loadConfig(demoEnvironment({ ...options, port }))
    try {
      return await startServer({ config, log: createLog(config, { write: () => true }), directory: null, demoAccounts })
    } catch (error) {
      if (!isTaken(error) || port + 1 >= options.port + portsTried || port >= 65_535) throw error
    }
  }
}

interface Course {
  readonly server: RunningServer
  readonly options: DemoOptions
  readonly accounts: readonly DemoAccount[]
  readonly courseId: string
}

async function tell({ server, options, accounts, courseId }: Course): Promise<void> {
  const { services } = server
  await writeDemoFile(options.dataDir, {
    url: services.config.PUBLIC_URL,
    labUrl: `http://lab-{id}.localhost:${server.port}`,
    proxmoxUrl: options.sandbox.proxmoxUrl,
    accounts,
    exercises: listSeeded(services, courseId).map(({ id, title, state }) => ({ id, title, state })),
  })
}

/** Publishes exercises as they get ready, keeps demo.json true, and brings the course to life once both are out. */
function follow(course: Course): () => Promise<void> {
  const { services } = course.server
  const ending = new AbortController()
  let life: Promise<void> | undefined
  const look = async () => {
    if (ending.signal.aborted) return
    const isPublished = course.options.isSeeded && (await publishReady(services, course.courseId))
    await tell(course)
    if (isPublished) life ??= liveIn(services, course.courseId, ending.signal)
  }
  // one change after the other
  let chain = Promise.resolve()
  const lookAgain = () => {
    chain = chain.then(look).catch((error: unknown) => services.log.error({ err: error }, 'the demo could not follow a change'))
  }
  lookAgain()
  const unsubscribe = services.events.subscribe(({ name }) => {
    if (name === 'exercise') lookAgain()
  })
  return async () => {
    unsubscribe()
    ending.abort()
    await chain
    await life
  }
}

/**
 * Starts the application on a running sandbox, with its people, its course and its exercises; demo.json is written when this resolves.
 * @throws AppError and errors of the system, as `serve`
 */
export async function startApplication(options: DemoOptions): Promise<DemoApplication> {
  let accounts = await takeEarlierAccounts(options.dataDir)
  const server = await listen(options, () => accounts)
  try {
    accounts = await ensurePeople(server.services, accounts, isLoopback(options.host))
    const course = { server, options, accounts, courseId: ensureCourse(server.services) }
    if (options.isSeeded) await ensureExercises(server.services, course.courseId)
    await tell(course)
    const unfollow = follow(course)
    return {
      url: server.services.config.PUBLIC_URL,
      accounts,
      close: async () => {
        await Promise.all([unfollow(), server.close()])
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}
