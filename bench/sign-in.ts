import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startSlapd, suffix } from '../test/real/slapd.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { ldifOf, nameOf, signInPassword, students } from './sign-in/people.ts'
import { type Child, startChild } from './support/child.ts'
import { type Load, measureLoad } from './support/load.ts'
import { median } from './support/numbers.ts'

const entry = fileURLToPath(new URL('sign-in/server.ts', import.meta.url))
const [rounds, seconds, connections] = [3, 6, 30]
const announcement = z.object({ url: z.string() })
const delayAnswer = z.object({ p50: z.number(), p99: z.number() })
type Delay = z.infer<typeof delayAnswer>

interface Measured extends Load {
  readonly delay: Delay
}

const readDelay = async (url: string): Promise<Delay> => delayAnswer.parse(await (await fetch(`${url}/bench/delay`)).json())

const requestsTo = (path: string) =>
  Array.from({ length: students }, (_, index) => ({
    ...{ method: 'POST' as const, path, headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ username: nameOf(index), password: signInPassword }),
  }))

async function measure(url: string, path: string): Promise<Measured> {
  await readDelay(url)
  const load = await measureLoad({ url, connections, seconds, requests: requestsTo(path) })
  return { ...load, delay: await readDelay(url) }
}

const medianOf = (list: readonly Measured[], value: (one: Measured) => number): number => median(list.map(value))

async function compare(server: Child, name: string, say: (progress: string) => void): Promise<readonly Figure[]> {
  const { url } = announcement.parse(JSON.parse(await server.firstLine))
  await measure(url, '/api/v1/session')
  await readDelay(url)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const idle = await readDelay(url)
  const [ours, raw]: [Measured[], Measured[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await measure(url, '/api/v1/session'))
    raw.push(await measure(url, '/bench/raw'))
    say(`${name}, round ${round + 1}: ${ours.at(-1)?.perSecond.toFixed(0)} and raw ${raw.at(-1)?.perSecond.toFixed(0)} a second`)
  }
  const perSecond = medianOf(ours, (one) => one.perSecond)
  const rawPerSecond = medianOf(raw, (one) => one.perSecond)
  return [
    { what: `${name}: sign-ins`, value: perSecond, unit: 'requests/s' },
    { what: `${name}: baseline`, value: rawPerSecond, unit: 'requests/s' },
    { what: `${name}: sign-ins, as a share of the baseline`, value: perSecond / rawPerSecond, unit: 'x' },
    { what: `${name}: a sign-in, median`, value: medianOf(ours, (one) => one.p50Ms), unit: 'ms' },
    { what: `${name}: a sign-in, 95th percentile`, value: medianOf(ours, (one) => one.p95Ms), unit: 'ms' },
    { what: `${name}: delay of the event loop meanwhile, median`, value: medianOf(ours, ({ delay }) => delay.p50), unit: 'ms' },
    { what: `${name}: delay of the event loop meanwhile, 99th percentile`, value: medianOf(ours, ({ delay }) => delay.p99), unit: 'ms' },
    { what: `${name}: the same under the baseline, 99th percentile`, value: medianOf(raw, ({ delay }) => delay.p99), unit: 'ms' },
    { what: `${name}: the same when idle, 99th percentile`, value: idle.p99, unit: 'ms' },
  ]
}

async function withServer(args: readonly string[], name: string, say: (progress: string) => void): Promise<readonly Figure[]> {
  const server = await startChild(entry, args)
  try {
    return await compare(server, name, say)
  } finally {
    await server.stop()
  }
}

async function run(say: (progress: string) => void): Promise<readonly Figure[]> {
  const local = await withServer([], 'local', say)
  const slapd = await startSlapd()
  try {
    slapd.add(ldifOf(suffix))
    return [...local, ...(await withServer([slapd.url, suffix], 'slapd', say))]
  } finally {
    await slapd.stop()
  }
}

export const signIn: Benchmark = {
  name: 'sign-in',
  title: 'Sign-ins',
  how: `A class of ${students} signs in (\`POST /api/v1/session\`), ${connections} at any moment without a pause: with local accounts (argon2id, two at a time, on threads) and against a real slapd on the same machine. Baseline: a route of the same server that does only what cannot be left out, \`verify\` of the hash without a limit, or ldapts' search and bind over two connections; no account, session, audit log or token. Medians of ${rounds} rounds of ${seconds} s, in turn, after a warm-up. The delay of the event loop is Node's own histogram at 1 ms (which is in it: an idle loop shows a little over 1 ms). Server, directory and load are processes of their own.`,
  run,
}
