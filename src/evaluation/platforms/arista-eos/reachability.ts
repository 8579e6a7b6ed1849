import { isIPv6 } from 'node:net'
import { isInNetwork } from '../../addresses.ts'
import { type IcmpError, type PingParams, ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type DeviceAddress, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { ownOf, pingAnswer, readHops, readPing, traceFault } from '../linux/ping-text.ts'
import { holds, linesOf, type PingOne, pingReader, type TraceOne, traceFacts, traceReader } from '../readings/reading.ts'
import { askEos } from './answer.ts'

/** EOS hands ping and traceroute to the Linux programs; its `size` counts the headers. */
const timeoutSeconds = 1
const slackMs = 15_000

const pingCommand = ({ to, count, size, df, source }: PingParams): string =>
  [
    `ping ${isIPv6(to) ? 'ipv6 ' : ''}${to} repeat ${count} timeout ${timeoutSeconds}`,
    ...(size === undefined ? [] : [`size ${size}`]),
    ...(df ? ['df-bit'] : []),
    ...(source === undefined ? [] : [`source ${source}`]),
  ].join(' ')

const pingOne: PingOne = async (context, params) => {
  const timeoutMs = params.count * (timeoutSeconds + 1) * 1_000 + slackMs
  const answer = await askEos(context, pingCommand(params), { timeoutMs })
  if (isUnreadable(answer)) return answer
  const text = readPing(answer, params.to, params.count)
  if (isUnreadable(text)) return text
  const own = await ownOf(context, text, params)
  return pingAnswer(text, params.to, { own, gateway: undefined, silentNeighbour: silentNeighbour(text.errors, params.to, own) })
}

/** "Host unreachable" from an own address is the own ARP that failed: for the target, where that lies in a network of the device. */
function silentNeighbour(errors: readonly IcmpError[], to: string, own: readonly DeviceAddress[] | null): string | undefined {
  const isOwn = own !== null && errors.length > 0 && errors.every(({ from }) => from !== null && holds(own, from))
  const isLocal = own?.some(({ address, prefixLength }) => prefixLength !== null && isInNetwork(to, address, prefixLength))
  return isOwn && isLocal ? to : undefined
}

/** The program's own options shorten it; where the user may not use `bash`, the CLI's form is all there is. */
async function askTrace(context: ReadContext, to: string, maxHops: number): Promise<Observation | Unreadable> {
  const timeoutMs = maxHops * 3_000 + slackMs
  const quick = await askEos(context, `bash traceroute -n -q 1 -w 1 -m ${maxHops} ${to}`, { timeoutMs })
  if (!isUnreadable(quick) || quick.unreadable !== 'COMMAND_REFUSED') return quick
  return askEos(context, `traceroute ${isIPv6(to) ? 'ipv6 ' : ''}${to}`, {
    interruptAfterMs: maxHops * 5_000,
    timeoutMs: maxHops * 5_000 + slackMs,
  })
}

const traceOne: TraceOne = async (context, { to, maxHops }) => {
  const answer = await askTrace(context, to, maxHops)
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const { hops, reached } = readHops(lines, to)
  return traceFacts(context, answer, { to, hops, reached, fault: traceFault(lines) })
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne), 'transcript'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => hops * 5),
    'transcript',
  ),
]
