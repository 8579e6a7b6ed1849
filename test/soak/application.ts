import { parentPort } from 'node:worker_threads'
import { z } from 'zod'
import { loadConfig } from '../../src/config.ts'
import { ensurePeople } from '../../src/demo/people.ts'
import type { RunnerHooks } from '../../src/jobs/index.ts'
import { createLog } from '../../src/log.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { createFollowingClock } from './quick-clock.ts'

/**
 * The whole application, as a worker thread that is terminated or as a process that is killed. It is told what to do by messages, and at
 * the point of a job that it was told it dies: a process by SIGKILL, a thread by standing still until it is terminated.
 */
export const pointSchema = z.object({ job: z.string(), step: z.string(), phase: z.enum(['before', 'after-save', 'after']) })
/** Where in a job an application dies. */
export type Point = z.infer<typeof pointSchema>

const verbSchema = z.enum(['empty-bin', 'mend', 'retry-deletions'])
export type Verb = z.infer<typeof verbSchema>

const paceSchema = z.object({ epochMs: z.number(), speed: z.number(), skippedMs: z.number(), passedMs: z.number() })
const orderSchema = z.union([
  z.object({ start: z.object({ environment: z.record(z.string(), z.string()), pace: paceSchema }) }),
  z.object({ dieAt: pointSchema.nullable() }),
  z.object({ do: verbSchema }),
  z.object({ skipTo: z.number() }),
  z.object({ hear: z.number() }),
])
export type Order = z.infer<typeof orderSchema>
export const newsSchema = z.union([
  z.object({ ready: z.object({ url: z.string(), password: z.string(), points: z.array(pointSchema) }) }),
  z.object({ saves: pointSchema }),
  z.object({ died: pointSchema }),
  z.object({ did: verbSchema }),
])
export type News = z.infer<typeof newsSchema>

const tell = (news: News): void => {
  if (parentPort) parentPort.postMessage(news)
  else process.send?.(news)
}

const state: {
  server?: RunningServer
  skipTo?: (skippedMs: number) => void
  hear?: (passedMs: number) => void
  dieAt: Point | null
  saving: Set<string>
} = {
  dieAt: null,
  saving: new Set(),
}

function die(point: Point): void {
  if (!parentPort) process.kill(process.pid, 'SIGKILL')
  tell({ died: point })
  const nothing = new Int32Array(new SharedArrayBuffer(4))
  for (;;) Atomics.wait(nothing, 0, 0, 20)
}

const at =
  (phase: Point['phase']) =>
  (job: string, step: string): void => {
    const key = `${job}/${step}`
    if (phase === 'after-save' && !state.saving.has(key)) {
      state.saving.add(key)
      tell({ saves: { job, step, phase } })
    }
    const wanted = state.dieAt
    if (wanted !== null && wanted.job === job && wanted.step === step && wanted.phase === phase) die(wanted)
  }
const hooks: RunnerHooks = { beforeStep: at('before'), afterSave: at('after-save'), afterStep: at('after') }

async function start(order: Extract<Order, { start: object }>['start']): Promise<void> {
  const config = loadConfig(order.environment)
  const log = createLog(config, { write: () => true })
  const { clock, skipTo, hear } = createFollowingClock(order.pace)
  Object.assign(state, { skipTo, hear })
  const server = await startServer({ config, log, directory: null, hooks, clock })
  state.server = server
  const accounts = await ensurePeople(server.services, [], true)
  const points = server.services.jobs.definitions.flatMap(({ name, steps }) =>
    steps.flatMap((step) => (['before', 'after'] as const).map((phase) => ({ job: name, step: step.name, phase }))),
  )
  const password = accounts.find(({ username }) => username === 'teacher')?.password ?? ''
  tell({ ready: { url: `http://127.0.0.1:${server.port}`, password, points } })
}

/** As an administrator does on the page of jobs; everything else is asked for again by its teacher. */
function retryDeletions({ jobs, jobsRepository }: RunningServer['services']): void {
  for (const job of jobsRepository.list({ state: 'failed', limit: 100 })) if (job.name === 'delete-work-vm') jobs.retry(job.id)
}

async function act(verb: Verb): Promise<void> {
  const { services } = state.server ?? {}
  if (services && verb === 'empty-bin') services.workVms.emptyBin()
  if (services && verb === 'mend') await services.reconciler.inBackground('mend')
  if (services && verb === 'retry-deletions') retryDeletions(services)
  tell({ did: verb })
}

function obey(message: unknown): void {
  const order = orderSchema.parse(message)
  if ('start' in order) void start(order.start)
  else if ('dieAt' in order) state.dieAt = order.dieAt
  else if ('skipTo' in order) state.skipTo?.(order.skipTo)
  else if ('hear' in order) state.hear?.(order.hear)
  else void act(order.do)
}

if (parentPort) parentPort.on('message', obey)
else process.on('message', obey)
