import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Benchmark, Figure } from './benchmark.ts'
import { startChild } from './support/child.ts'
import { type Demo, startDemo } from './support/demo.ts'
import { median } from './support/numbers.ts'
import { answers, waitUntil } from './support/wait-until.ts'

const bare = fileURLToPath(new URL('support/bare-server.ts', import.meta.url))
const runs = 3
const giveUpMs = 120_000

const secondsSince = (start: number): number => (performance.now() - start) / 1_000

async function timeBareServer(): Promise<number> {
  const start = performance.now()
  const child = await startChild(bare)
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await child.firstLine))
  await waitUntil('the bare server', () => answers(`${url}/sign-in`), giveUpMs)
  const took = secondsSince(start)
  await child.stop()
  return took
}

async function untilPublished(demo: Demo): Promise<void> {
  const look = async () => {
    const exercises = (await demo.readFile())?.exercises ?? []
    return (exercises.length >= 2 && exercises.every(({ state }) => state === 'published')) || undefined
  }
  await waitUntil('both exercises to be published', look, giveUpMs)
}

interface Start {
  readonly page: number
  readonly published: number
}

async function timeStart(dataDir: string): Promise<Start> {
  const start = performance.now()
  const demo = await startDemo(dataDir)
  demo.firstLine.catch(() => undefined) // the page is what is waited for
  try {
    await waitUntil('/sign-in', () => answers(`${demo.url}/sign-in`), giveUpMs)
    const page = secondsSince(start)
    await untilPublished(demo)
    return { page, published: secondsSince(start) }
  } finally {
    await demo.stop()
  }
}

const slow = 'starting is work for the processor (two processes load the program, keys are made), and other work took it'

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const [first, later, idle]: [Start[], Start[], number[]] = [[], [], []]
  await timeBareServer() // fills the loader's cache, as an earlier start has
  for (let round = 1; round <= runs; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'netpraxis-bench-'))
    idle.push(await timeBareServer())
    first.push(await timeStart(join(folder, 'data')))
    later.push(await timeStart(join(folder, 'data')))
    await rm(folder, { recursive: true, force: true })
    say(
      `round ${round} of ${runs}: first ${first.at(-1)?.page.toFixed(2)} s, later ${later.at(-1)?.page.toFixed(2)} s, bare ${idle.at(-1)?.toFixed(2)} s`,
    )
  }
  const [firstPage, laterPage, bareSeconds] = [median(first.map(({ page }) => page)), median(later.map(({ page }) => page)), median(idle)]
  return [
    { what: 'first start to the sign-in page', value: firstPage, unit: 's', aim: { atMost: 5 }, cause: slow },
    { what: 'later start to the sign-in page', value: laterPage, unit: 's', aim: { atMost: 5 }, cause: slow },
    {
      what: 'first start to both exercises published',
      value: median(first.map(({ published }) => published)),
      unit: 's',
      aim: { atMost: 60 },
      cause: slow,
    },
    { what: 'later start to both exercises published', value: median(later.map(({ published }) => published)), unit: 's' },
    { what: 'baseline: bare server to its page', value: bareSeconds, unit: 's' },
    { what: 'first start, as a multiple of the baseline', value: firstPage / bareSeconds, unit: 'x' },
    { what: 'later start, as a multiple of the baseline', value: laterPage / bareSeconds, unit: 'x' },
  ]
}

export const demoStart: Benchmark = {
  name: 'demo-start',
  title: 'Demo to the first page',
  how: `\`netpraxis demo\` from installed packages, timed from the start of the process to the first 200 of /sign-in and to both exercises in demo.json being published; on an empty DATA_DIR, then again on the same one. Baseline: a bare Fastify server started by the same loader. Medians of ${runs} runs.`,
  run,
}
