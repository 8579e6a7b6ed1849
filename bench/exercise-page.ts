import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Benchmark, Figure } from './benchmark.ts'
import { startGns3Stub } from './exercise-page/gns3-stub.ts'
import { startChild } from './support/child.ts'
import { type Load, measureLoad } from './support/load.ts'
import { median } from './support/numbers.ts'

const entry = fileURLToPath(new URL('exercise-page/server.ts', import.meta.url))
const connections = 50
const warmUpSeconds = 4
const rounds = 3
const seconds = 8

const announcement = z.object({ url: z.string(), exerciseId: z.string(), cookies: z.array(z.string()) })
type Announcement = z.infer<typeof announcement>
const cpuUsage = z.object({ user: z.number(), system: z.number() })

interface Measured extends Load {
  /** CPU of the server's process for one request. */
  readonly cpuMs: number
}

async function cpuMsOf(url: string): Promise<number> {
  const { user, system } = cpuUsage.parse(await (await fetch(`${url}/bench/cpu`)).json())
  return (user + system) / 1_000
}

async function measure({ url, exerciseId, cookies }: Announcement, prefix: string, duration: number): Promise<Measured> {
  const requests = cookies.map((cookie) => ({ method: 'GET', path: `${prefix}/exercises/${exerciseId}`, headers: { cookie } }))
  const before = await cpuMsOf(url)
  const load = await measureLoad({ url, connections, seconds: duration, requests })
  const spent = (await cpuMsOf(url)) - before
  return { ...load, cpuMs: spent / (load.perSecond * duration) }
}

/** CPU of the server for one page of which it has rendered no section before: everybody asks once in a language that nobody used. */
async function measureAnew({ url, exerciseId, cookies }: Announcement): Promise<number> {
  const before = await cpuMsOf(url)
  const ask = async (cookie: string) => {
    const answer = await fetch(`${url}/exercises/${exerciseId}`, { headers: { cookie, 'accept-language': 'pt' } })
    if (!(await answer.text()).includes('lang="pt"')) throw new Error(`${answer.status}: not the page in Portuguese`)
  }
  for (const cookie of cookies) await ask(cookie)
  return ((await cpuMsOf(url)) - before) / cookies.length
}

const middle = (list: readonly Measured[], of: keyof Measured): number => median(list.map((one) => one[of]))

function figuresOf(page: readonly Measured[], baseline: readonly Measured[], anewMs: number): Figure[] {
  return [
    {
      what: 'throughput of the page, as a share of the baseline',
      value: middle(page, 'perSecond') / middle(baseline, 'perSecond'),
      unit: 'x',
      aim: { atLeast: 0.3 },
      cause: 'rendering takes the rest; see the CPU per request below',
    },
    {
      what: `page, 95th percentile at ${connections} connections`,
      value: middle(page, 'p95Ms'),
      unit: 'ms',
      aim: { atMost: 50 },
      cause: `${connections} connections that never pause share one core: the page takes its CPU time (below) once for each of them, and other work on the machine comes on top`,
    },
    { what: 'page, median', value: middle(page, 'p50Ms'), unit: 'ms' },
    { what: 'page', value: middle(page, 'perSecond'), unit: 'requests/s' },
    { what: 'page, CPU of the server per request', value: middle(page, 'cpuMs'), unit: 'ms' },
    { what: 'page of which every section has changed, CPU of the server per request', value: anewMs, unit: 'ms' },
    { what: 'baseline, 95th percentile', value: middle(baseline, 'p95Ms'), unit: 'ms' },
    { what: 'baseline', value: middle(baseline, 'perSecond'), unit: 'requests/s' },
    { what: 'baseline, CPU of the server per request', value: middle(baseline, 'cpuMs'), unit: 'ms' },
  ]
}

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const gns3 = await startGns3Stub()
  const server = await startChild(entry, [String(gns3.port)])
  try {
    const announced = announcement.parse(JSON.parse(await server.firstLine))
    await measure(announced, '', warmUpSeconds)
    await measure(announced, '/bench', warmUpSeconds)
    const [page, baseline]: [Measured[], Measured[]] = [[], []]
    for (let round = 1; round <= rounds; round += 1) {
      page.push(await measure(announced, '', seconds))
      baseline.push(await measure(announced, '/bench', seconds))
      const [one, other] = [page.at(-1)?.perSecond ?? 0, baseline.at(-1)?.perSecond ?? 0]
      say(`round ${round} of ${rounds}: page ${one.toFixed(0)}, baseline ${other.toFixed(0)} requests/s`)
    }
    return figuresOf(page, baseline, await measureAnew(announced))
  } finally {
    await server.stop()
    gns3.close()
  }
}

export const exercisePage: Benchmark = {
  name: 'exercise-page',
  title: "The student's exercise page, 500 students signed in",
  how: `A class of 500 in the database (sessions, labs in every state, up to four submissions each with results), ${connections} connections that ask without a pause, each request another student's. A section that is as the student saw it last is not rendered again (decision 0040), as on a page that asks for itself after an event; what a page costs of which all sections have changed is printed beside it. Baseline: a route on the same server that does the same session check and the same reads and answers prepared bytes, as many as a page has. Medians of ${rounds} rounds of ${seconds} s each, page and baseline in turn, after a warm-up. Server and load are processes of their own.`,
  run,
}
