import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type ApiSession, createApi } from '../test/support/api.ts'
import { createCourse, createExercise, labState, power } from '../test/support/steps.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { startChild } from './support/child.ts'
import { type Demo, startDemo } from './support/demo.ts'
import { median } from './support/numbers.ts'
import { childrenOf, rssMb } from './support/processes.ts'
import { answers, waitUntil } from './support/wait-until.ts'

const bare = fileURLToPath(new URL('support/bare-server.ts', import.meta.url))
const example = fileURLToPath(new URL('../docs/examples/exercises/two-pcs/', import.meta.url))
const labs = 30
/** So that thirty fit into the sandbox's nodes. */
const labMemoryMb = 256
const settlePages = 200
const quietSeconds = 20
const readings = 10
const deadlineMs = 300_000

/** Pages are made until what the start left behind is collected, then nobody asks anything for a while. */
async function settledMb(pid: number, url: string): Promise<number> {
  for (let page = 0; page < settlePages; page += 1) await answers(`${url}/sign-in`)
  await pause(quietSeconds * 1_000)
  const seen: number[] = []
  for (let reading = 0; reading < readings; reading += 1) {
    seen.push(await rssMb(pid))
    await pause(500)
  }
  return median(seen)
}

async function measureBare(): Promise<number> {
  const child = await startChild(bare)
  try {
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(await child.firstLine))
    return await settledMb(child.process.pid ?? 0, url)
  } finally {
    await child.stop()
  }
}

async function signIn(demo: Demo): Promise<ApiSession> {
  const file = await waitUntil('demo.json', () => demo.readFile(), deadlineMs)
  const teacher = file.accounts.find(({ role }) => role === 'teacher')
  if (!teacher) throw new Error('the demo has no teacher')
  return createApi(demo.url).signIn(teacher.username, teacher.password)
}

async function publishExercise(teacher: ApiSession): Promise<string> {
  const courseId = await createCourse(teacher, 'Thirty labs')
  const text = await readFile(join(example, 'exercise.yaml'), 'utf8')
  const { id } = await createExercise(teacher, {
    courseId,
    exercise: `${text}\nvm: { memory: ${labMemoryMb} }\n`,
    project: await readFile(join(example, 'lab.gns3project')),
  })
  const state = async () => {
    const exercise = await teacher.get(`/exercises/${id}`, z.object({ state: z.string() }))
    if (exercise.state === 'failed') throw new Error('the exercise could not be built')
    return exercise.state === 'ready' || undefined
  }
  await waitUntil('the exercise to be built', state, deadlineMs)
  await teacher.post(`/exercises/${id}/publish`, { unproven: true }, z.unknown())
  return id
}

/** Enrolls the class, starts every lab, and returns when all are ready. */
async function startLabs(teacher: ApiSession, exerciseId: string, say: (progress: string) => void): Promise<void> {
  const usernames = Array.from({ length: labs }, (_, index) => `memory${index}`)
  await teacher.post(`/exercises/${exerciseId}/enrollments`, { usernames }, z.unknown())
  const list = z.object({ items: z.array(z.object({ id: z.string(), state: z.string() })), next: z.string().nullable() })
  const read = () => teacher.get(`/exercises/${exerciseId}/work-vms?limit=100`, list)
  const made = async () => ((await read()).items.filter(({ state }) => state === 'stopped').length === labs ? true : undefined)
  await waitUntil('thirty work VMs', made, deadlineMs)
  const { items } = await read()
  say(`${items.length} work VMs are made, now they start`)
  for (const { id } of items) await power(teacher, id, 'start')
  await Promise.all(items.map(({ id }) => labState(teacher, id, 'ready', deadlineMs)))
}

interface Measured {
  readonly idle: number
  readonly busy: number
  readonly sandboxIdle: number
  readonly sandboxBusy: number
}

async function measureDemo(dataDir: string, say: (progress: string) => void): Promise<Measured> {
  const demo = await startDemo(dataDir, ['--no-seed'])
  try {
    await demo.firstLine
    const pid = demo.process.pid ?? 0
    const sandbox = (await childrenOf(pid)).find(({ command }) => command.includes('sandbox'))?.pid ?? 0
    const teacher = await signIn(demo)
    const idle = await settledMb(pid, demo.url)
    const sandboxIdle = await rssMb(sandbox)
    say(`idle: ${idle.toFixed(0)} MB`)
    await startLabs(teacher, await publishExercise(teacher), say)
    const busy = await settledMb(pid, demo.url)
    return { idle, busy, sandboxIdle, sandboxBusy: await rssMb(sandbox) }
  } finally {
    await demo.stop()
  }
}

const larger =
  'what the start and the first jobs needed is not given back by the collector as long as nothing presses, and differs from start to start'

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const bareMb = await measureBare()
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-bench-'))
  try {
    const seen = await measureDemo(join(folder, 'data'), say)
    return [
      { what: 'application, idle', value: seen.idle, unit: 'MB', aim: { atMost: 160 }, cause: larger },
      { what: `application, ${labs} labs ready`, value: seen.busy, unit: 'MB', aim: { atMost: 220 }, cause: larger },
      { what: 'baseline: bare server', value: bareMb, unit: 'MB' },
      { what: 'application idle, as a multiple of the baseline', value: seen.idle / bareMb, unit: 'x' },
      { what: 'sandbox, idle (a process of its own)', value: seen.sandboxIdle, unit: 'MB' },
      { what: `sandbox, ${labs} labs running`, value: seen.sandboxBusy, unit: 'MB' },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const memory: Benchmark = {
  name: 'memory',
  title: 'Memory of the application',
  how: `Resident memory of the process of \`./netpraxis demo --no-seed\` after its first start, and again when ${labs} students' labs are ready (two VPCS each; built, cloned and started by the application itself). Before each reading ${settlePages} pages are asked for, then nothing for ${quietSeconds} s; the figure is the median of ${readings} readings. The collector is never called. MB are 10^6 bytes. Baseline: a bare Fastify server, compiled and started likewise. The sandbox is not part of the product in production, and is printed apart.`,
  run,
}
