import { z } from 'zod'
import { type BandwidthFacts, type BandwidthMeasurement, type BandwidthParams, bandwidth } from '../../command-modules/bandwidth.ts'
import { CannotAsk, type Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { deviceOfTarget } from '../../target.ts'
import { readJson } from '../readings/json-answer.ts'
import { holds, knownOwnAddresses, resolveTarget, unfinished, unknownAnswer } from '../readings/reading.ts'
import { refused } from './answer.ts'
import { askProgram, notRunnable } from './programs.ts'

type Seen = Pick<BandwidthMeasurement, 'outcome' | 'bitsPerSecond'>

/** An error too comes as JSON; the exit status of 3.12 is then 0 all the same. Fixtures: linux/bandwidth. */
const resultSchema = z.looseObject({
  end: z.looseObject({ sum_received: z.looseObject({ bits_per_second: z.number().nonnegative() }).optional() }),
  error: z.string().optional(),
})

const outcomes: readonly (readonly [RegExp, Seen['outcome']])[] = [
  [/Connection refused$/, 'refused'],
  [/the server is busy running a test/, 'busy'],
  [
    /unable to connect to server.*: (?:Connection timed out|No route to host|Network is unreachable|Operation now in progress)$/,
    'unreached',
  ],
]

function readResult(answer: Observation): Seen | Unreadable {
  const shown = readJson(answer, resultSchema)
  if (isUnreadable(shown)) return shown
  const { error, end } = shown
  const bits = end.sum_received?.bits_per_second
  if (error === undefined) return bits === undefined ? unknownAnswer(answer) : { outcome: 'measured', bitsPerSecond: bits }
  const outcome = outcomes.find(([pattern]) => pattern.test(error))?.[1]
  return outcome === undefined ? unknownAnswer(answer) : { outcome, bitsPerSecond: null }
}

const connectMs = 3_000
const slackMs = 15_000

/** The server ends by itself after one measurement; one to which nobody came is ended by the number in its file. */
const pidFile = '/tmp/netpraxis-iperf3.pid'
const startServer = (port: number): string => `iperf3 -s -1 -D -p ${port} -I ${pidFile}`
const endServer = `if [ -s ${pidFile} ]; then kill "$(tr -cd 0-9 <${pidFile})" 2>/dev/null; rm -f ${pidFile}; fi`

/** @returns why the server could not be started, or null */
async function start({ askOn }: ReadContext, server: string, port: number): Promise<Unreadable | null> {
  const answer = await askOn(server, startServer(port))
  const problem = unfinished(answer)
  if (problem !== null) return problem
  if (notRunnable(answer)) return refused(answer)
  return answer.exitCode === 0 && answer.text.trim() === '' ? null : unknownAnswer(answer)
}

/** Never hides what the measurement came to; the server ends by itself in the end. */
async function end({ askOn }: ReadContext, server: string): Promise<void> {
  try {
    await askOn(server, endServer)
  } catch (error) {
    if (!(error instanceof CannotAsk)) throw error
  }
}

async function measureBetween(context: ReadContext, to: string, { port, seconds }: BandwidthParams): Promise<Seen | Unreadable> {
  const command = `iperf3 -J -c ${to} -p ${port} -t ${seconds} --connect-timeout ${connectMs}`
  const timeoutMs = seconds * 1_000 + connectMs + slackMs
  const answer = await askProgram(context, command, { timeoutMs })
  return isUnreadable(answer) ? answer : readResult(answer)
}

async function measure(context: ReadContext, target: string, params: BandwidthParams): Promise<BandwidthMeasurement | Unreadable> {
  const server = deviceOfTarget(target)?.device
  const to = await resolveTarget(context, target)
  const nothing = { outcome: 'unreached', bitsPerSecond: null } as const
  if (to === null || server === undefined) return { to: target, isAddressless: true, own: false, ...nothing }
  if (typeof to !== 'string') return to
  if (holds(await knownOwnAddresses(context, to), to)) return { to, isAddressless: false, own: true, ...nothing }
  try {
    const problem = await start(context, server, params.port)
    if (problem !== null) return problem
    const seen = await measureBetween(context, to, params)
    return isUnreadable(seen) ? seen : { to, isAddressless: false, own: false, ...seen }
  } finally {
    await end(context, server)
  }
}

async function observe(context: ReadContext, params: BandwidthParams): Promise<BandwidthFacts | Unreadable> {
  const target = await measure(context, params.to, params)
  if (isUnreadable(target)) return target
  if (params.comparedWith === undefined || target.bitsPerSecond === null) return { target, compared: null }
  const compared = await measure(context, params.comparedWith, params)
  return isUnreadable(compared) ? compared : { target, compared }
}

/** iperf3 between two Linux hosts, one measurement at a time. */
export const bandwidths: readonly BoundReader[] = [reads(bandwidth, { observe }, 'device')]
