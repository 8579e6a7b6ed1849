import { parentPort } from 'node:worker_threads'
import { loadConfig } from '../../src/config.ts'
import type { RunnerHooks } from '../../src/jobs/index.ts'
import { createLog } from '../../src/log.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { ensurePeopleOnce } from '../support/ensure-people.ts'
import { type News, type Order, orderSchema, type Point, type Verb } from './orders.ts'
import { createFollowingClock } from './quick-clock.ts'

/**
 * The whole application, as a worker thread that is terminated or as a process that is killed. It is told what to do by messages, and at
 * the point of a job that it was told it dies: a process by SIGKILL, a thread by standing still until it is terminated.
 */
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
  const accounts = await ensurePeopleOnce(server.services, config.DATA_DIR)
  const points = server.services.jobs.definitions.flatMap(({ name, steps, compensate }) =>
    [...steps.map((step) => step.name), ...(compensate ? ['compensate'] : [])].flatMap((step) =>
      (['before', 'after'] as const).map((phase) => ({ job: name, step, phase })),
    ),
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
