import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { loadConfig } from '../../src/config.ts'
import type { RunnerHooks } from '../../src/jobs/index.ts'
import { createLog } from '../../src/log.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { ensurePeopleOnce } from './ensure-people.ts'
import { type KillPoint, killHooks, killPlanSchema } from './kill-plan.ts'

/**
 * The application as a process of its own, for journeys. It loads the program, then waits for one line of JSON with the settings (so that
 * a process can be made ready before it is needed), and answers one line when it listens. With a kill plan it ends itself by SIGKILL at a
 * step of a job, after saying where in one more line. It ends in order when its input does: with the test that started it.
 */
const orderSchema = z.object({ environment: z.record(z.string(), z.string()), kill: killPlanSchema.optional() })
type Order = z.infer<typeof orderSchema>

const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)

const running: { server?: RunningServer } = {}

function cancelJob(name: string): void {
  const { services } = running.server ?? {}
  const job = services?.jobsRepository.listRunning().find((one) => one.name === name)
  if (services && job?.cancelRequestedAt === null) services.jobs.cancel(job.id)
}

function hooksFor({ kill: plan }: Order): { hooks?: RunnerHooks } {
  if (!plan) return {}
  const kill = (point: KillPoint) => {
    say({ killed: point })
    process.kill(process.pid, 'SIGKILL')
  }
  return { hooks: killHooks(plan, { kill, cancel: () => cancelJob(plan.job) }) }
}

async function start(order: Order): Promise<RunningServer> {
  const config = loadConfig(order.environment)
  const server = await startServer({ config, log: createLog(config, { write: () => true }), directory: null, ...hooksFor(order) })
  running.server = server
  const accounts = await ensurePeopleOnce(server.services, config.DATA_DIR)
  say({
    url: `http://127.0.0.1:${server.port}`,
    accounts: accounts.map(({ username, password }) => ({ username, password })),
    jobs: server.services.jobs.definitions.map(({ name, steps, compensate }) => ({
      name,
      steps: steps.map((step) => step.name),
      compensates: compensate !== undefined,
    })),
  })
  return server
}

let starting: Promise<RunningServer> | undefined
async function end(): Promise<void> {
  await (await starting)?.close()
  process.exit(0)
}

const input = createInterface({ input: process.stdin })
input.once('line', (line) => {
  starting = start(orderSchema.parse(JSON.parse(line)))
})
input.once('close', () => void end())
process.once('SIGTERM', () => void end())
