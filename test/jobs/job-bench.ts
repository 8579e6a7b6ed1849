import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { type Db, openDatabase } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import {
  createJobRunner,
  createJobsRepository,
  defineJob,
  type JobDefinition,
  type JobRunner,
  type JobStep,
  type RunnerHooks,
} from '../../src/jobs/index.ts'
import type { NewEvent } from '../../src/lib/events.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const payload = z.object({ key: z.string().default('k') })
const data = z.record(z.string(), z.unknown())
export type Data = z.infer<typeof data>
export type Definition = JobDefinition<{ key: string }, Data>
export type Step = JobStep<{ key: string }, Data>['run']

/** A job of the given steps, in order. */
export const jobOf = (name: string, steps: Readonly<Record<string, Step>>, more: Partial<Definition> = {}): Definition =>
  defineJob<{ key: string }, Data>({
    name,
    payload,
    data,
    key: ({ key }) => key,
    maxAttempts: 3,
    steps: Object.entries(steps).map(([step, run]) => ({ name: step, deadlineMs: 60_000, run })),
    ...more,
  })

/** A promise that a test resolves, and a step that waits for it or for its signal. */
export function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const wait: Step = ({ signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      void opened.then(() => resolve(undefined))
    })
  return { open: () => open(), opened, wait }
}

export interface JobBench {
  readonly db: Db
  readonly repository: ReturnType<typeof createJobsRepository>
  readonly time: ReturnType<typeof createVirtualClock>
  readonly events: NewEvent[]
  readonly logged: string[]
  /** A runner on the same database: the next start of the server. */
  start(definitions: readonly Definition[], hooks?: RunnerHooks): JobRunner
  stateOf(id: string): string | undefined
  /** Name and state of every step that was begun. */
  stepsOf(id: string): string[]
}

export function openJobBench(): JobBench {
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  const time = createVirtualClock(Date.UTC(2026, 8, 1))
  const repository = createJobsRepository(db)
  const events: NewEvent[] = []
  const logged: string[] = []
  const write = (_details: object, message: string) => void logged.push(message)
  const log = { info: write, warn: write, error: write }
  const runners: JobRunner[] = []
  onTestFinished(async () => {
    for (const runner of runners) void runner.stop()
    await time.settle()
    db.close()
  })
  return {
    db,
    repository,
    time,
    events,
    logged,
    start: (definitions, hooks) => {
      const runner = createJobRunner({
        repository,
        definitions,
        clock: time.clock,
        log: { ...log, child: () => log },
        publish: (event) => events.push(event),
        ...(hooks ? { hooks } : {}),
      })
      runners.push(runner)
      runner.start()
      return runner
    },
    stateOf: (id) => repository.find(id)?.state,
    stepsOf: (id) => repository.listSteps(id).map((step) => `${step.name} ${step.state}`),
  }
}

export const batch = { priority: 'batch' } as const
