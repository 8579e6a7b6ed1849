import { ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import { type BoundReader, isUnreadable, reads, unreadable } from '../../platform.ts'
import { ownOf, pingAnswer, readHops, readPing } from '../linux/ping-text.ts'
import { holds, incomplete, knownOwnAddresses, linesOf, type PingOne, pingReader, type TraceOne, traceReader } from '../reading.ts'
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
  return pingAnswer(text, params.to, { own: await ownOf(context, text, params), gateway: undefined, silentNeighbour: undefined })
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
