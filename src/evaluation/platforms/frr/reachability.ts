import { ping } from '../../command-modules/ping.ts'
import { type TracerouteParams, traceroute } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type DeviceAddress, isUnreadable, type ReadContext, reads } from '../../platform.ts'
import { notPermitted, ownOf, type PingText, pingAnswer, readHops, readPing, traceFault } from '../linux/ping-text.ts'
import {
  askToExplain,
  holds,
  incomplete,
  linesOf,
  nextHopIn,
  type PingOne,
  pingReader,
  type TraceOne,
  traceFacts,
  traceReader,
} from '../readings/reading.ts'
import { refused } from './answer.ts'

const slackMs = 10_000

/** vtysh hands ping to the system without a count: it runs until it is interrupted, one probe a second. */
const pingOne: PingOne = async (context, params) => {
  const runMs = params.count * 1_000 - 500
  const answer = await context.ask(`ping ${params.to}`, { interruptAfterMs: runMs, timeoutMs: runMs + slackMs })
  const problem = incomplete(answer) ?? refused(answer) ?? notPermitted(answer)
  if (problem !== null) return problem
  const text = readPing(answer, params.to, null)
  if (isUnreadable(text)) return text
  const own = await ownOf(context, text, params)
  return pingAnswer(text, params.to, {
    own,
    gateway: undefined,
    silentNeighbour: await silentNeighbour(context, text, { own, to: params.to }),
  })
}

/** "Destination Host Unreachable" from an own address: the next hop did not answer ARP. Which one that is, the routing table says. */
async function silentNeighbour(
  context: ReadContext,
  { errors }: PingText,
  { own, to }: { readonly own: readonly DeviceAddress[] | null; readonly to: string },
): Promise<string | undefined> {
  const isOwnComplaint = errors.some(({ from, kind }) => kind === 'host-unreachable' && from !== null && own !== null && holds(own, from))
  const answer = isOwnComplaint ? await askToExplain(context, `show ip route ${to}`) : null
  return answer === null ? undefined : nextHopIn(answer, to)
}

/** What the programs do that cannot be given an option here: traceroute sends sixteen probes at a time, busybox one after the other. */
const probesPerHop = 3
const probesAtOnce = 16
const probeMs = 5_000

/** All probes up to the last hop that counts, nobody answering; a second for what goes on around them. */
const quickTraceMs = (maxHops: number): number => Math.ceil((maxHops * probesPerHop) / probesAtOnce) * probeMs + 1_000
const slowTraceMs = (maxHops: number): number => maxHops * probesPerHop * probeMs

/** The hops that count: without a number of hops, the program goes on to its own end. */
function tracedHops(answer: Observation, { to, maxHops }: TracerouteParams) {
  const counted = linesOf(answer).filter((line) => !(Number(/^\s*(\d+)\s/.exec(line)?.[1]) > maxHops))
  return readHops(counted, to)
}

/**
 * vtysh hands traceroute to the system with nothing but the target. It is interrupted when the hops that count can be through; what was
 * interrupted earlier than that, because a slower program does the work, is asked again with the time that one needs.
 */
async function askTrace(context: ReadContext, params: TracerouteParams): Promise<Observation> {
  const ask = (runMs: number) => context.ask(`traceroute ${params.to}`, { interruptAfterMs: runMs, timeoutMs: runMs + slackMs })
  const quickMs = quickTraceMs(params.maxHops)
  const answer = await ask(quickMs)
  const { hops, reached } = tracedHops(answer, params)
  const isThrough = answer.tookMs < quickMs || reached || hops.length >= params.maxHops
  return isThrough || answer.ended !== 'prompt' ? answer : ask(slowTraceMs(params.maxHops))
}

const traceOne: TraceOne = async (context, params) => {
  const answer = await askTrace(context, params)
  const problem = incomplete(answer) ?? refused(answer) ?? notPermitted(answer)
  if (problem !== null) return problem
  return traceFacts(context, answer, { to: params.to, ...tracedHops(answer, params), fault: traceFault(linesOf(answer)) })
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(
    ping,
    pingReader(pingOne, ({ size, df, source }) => {
      if (size !== undefined) return 'size'
      if (df) return 'df'
      return source === undefined ? null : 'source'
    }),
    'device',
  ),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => (quickTraceMs(hops) + slowTraceMs(hops)) / 1_000),
    'device',
  ),
]
