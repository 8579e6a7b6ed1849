import { isIPv6 } from 'node:net'
import { type PingParams, ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { ownOf, pingAnswer, readHops, traceFault } from '../linux/ping-text.ts'
import { headerBytes, readBsdPing } from '../readings/bsd-ping.ts'
import { linesOf, type PingOne, pingReader, type TraceOne, traceFacts, traceReader } from '../readings/reading.ts'
import { sourceAddress } from '../readings/source-address.ts'
import { askNxos } from './answer.ts'

const timeoutSeconds = 2
const slackMs = 15_000

const pingCommand = ({ to, count, size, df }: PingParams, source: string | undefined): string =>
  [
    `${isIPv6(to) ? 'ping6' : 'ping'} ${to} count ${count} timeout ${timeoutSeconds}`,
    ...(size === undefined ? [] : [`packet-size ${size - headerBytes}`]),
    ...(df ? ['df-bit'] : []),
    ...(source === undefined ? [] : [`source ${source}`]),
  ].join(' ')

const pingOne: PingOne = async (context, params) => {
  const source = await sourceAddress(context, params.source)
  if (typeof source === 'object') return source
  const timeoutMs = params.count * (timeoutSeconds + 1) * 1_000 + slackMs
  const answer = await askNxos(context, pingCommand(params, source), { timeoutMs })
  if (isUnreadable(answer)) return answer
  const text = readBsdPing(answer, params.to, params.count)
  if (isUnreadable(text)) return text
  return pingAnswer(text, params.to, { own: await ownOf(context, text, params), gateway: undefined, silentNeighbour: undefined })
}

/** Three probes of 5 s a hop, and no option for fewer: a hop that is silent costs 15 s. */
const hopMs = 15_000

const traceOne: TraceOne = async (context, { to, maxHops }) => {
  const command = `${isIPv6(to) ? 'traceroute6' : 'traceroute'} ${to}`
  const answer = await askNxos(context, command, { interruptAfterMs: maxHops * hopMs, timeoutMs: maxHops * hopMs + slackMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const wanted = lines.filter((line) => !(Number(/^\s*(\d+)\s/.exec(line)?.[1]) > maxHops))
  const { hops, reached } = readHops(wanted, to)
  return traceFacts(context, answer, { to, hops, reached, fault: traceFault(lines) })
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne), 'transcript'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => (hops * hopMs) / 1_000),
    'transcript',
  ),
]
