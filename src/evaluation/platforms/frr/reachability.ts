import { ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import { type BoundReader, type DeviceAddress, isUnreadable, type ReadContext, reads, unreadable } from '../../platform.ts'
import { ownOf, type PingText, pingAnswer, readHops, readPing } from '../linux/ping-text.ts'
import {
  askToExplain,
  holds,
  incomplete,
  knownOwnAddresses,
  linesOf,
  nextHopIn,
  type PingOne,
  pingReader,
  type TraceOne,
  traceReader,
} from '../reading.ts'
import { refused } from './answer.ts'

const slackMs = 10_000

/** vtysh hands ping to the system without a count: it runs until it is interrupted, one probe a second. */
const pingOne: PingOne = async (context, params) => {
  const runMs = params.count * 1_000 - 500
  const answer = await context.ask(`ping ${params.to}`, { interruptAfterMs: runMs, timeoutMs: runMs + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
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

const traceOne: TraceOne = async (context, { to, maxHops }) => {
  const answer = await context.ask(`traceroute ${to}`, { interruptAfterMs: maxHops * 5_000, timeoutMs: maxHops * 5_000 + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const { hops, reached } = readHops(linesOf(answer), to)
  const local = linesOf(answer).some((line) => /Network is unreachable|No route to host/.test(line))
  if (hops.length === 0 && !local) return unreadable('TRACE_UNREADABLE', 'infrastructure', { command: answer.command })
  const own = reached && hops.length === 1 ? await knownOwnAddresses(context) : null
  return { to, own: own !== null && holds(own, to), hops, reached }
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
  reads(traceroute, traceReader(traceOne), 'device'),
]
