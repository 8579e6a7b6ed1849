import { type PingParams, ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { ownOf, pingAnswer, readHops, traceFault } from '../linux/ping-text.ts'
import { headerBytes, readBsdPing } from '../readings/bsd-ping.ts'
import { linesOf, type PingOne, pingReader, type TraceOne, traceFacts, traceReader } from '../readings/reading.ts'
import { sourceAddress } from '../readings/source-address.ts'
import { askJunos } from './answer.ts'

const slackMs = 15_000

/** Not `rapid`: that form shows neither who answered nor who says that it cannot deliver. One probe a second. */
const pingCommand = ({ to, count, size, df }: PingParams, source: string | undefined): string =>
  [
    `ping ${to} no-resolve count ${count} wait 1`,
    ...(size === undefined ? [] : [`size ${size - headerBytes}`]),
    ...(df ? ['do-not-fragment'] : []),
    ...(source === undefined ? [] : [`source ${source}`]),
  ].join(' ')

const pingOne: PingOne = async (context, params) => {
  const source = await sourceAddress(context, params.source)
  if (typeof source === 'object') return source
  const answer = await askJunos(context, pingCommand(params, source), { timeoutMs: params.count * 2_000 + slackMs })
  if (isUnreadable(answer)) return answer
  const text = readBsdPing(answer, params.to, params.count)
  if (isUnreadable(text)) return text
  return pingAnswer(text, params.to, { own: await ownOf(context, text, params), gateway: undefined, silentNeighbour: undefined })
}

/** `traceroute: sendto: No route to host` and its echo stand in the middle of the hops. Fixture: juniper_junos/traceroute/no-route.txt. */
const complaint = /traceroute: (?:sendto: |wrote ).*$/

/** Hops without complaints: a line that does not begin with its number goes on with the one before. */
function hopLines(lines: readonly string[]): string[] {
  const hops: string[] = []
  for (const line of lines.map((one) => one.replace(complaint, ''))) {
    const last = hops.at(-1)
    if (/^\s*\d+(?:\s|$)/.test(line)) hops.push(line)
    else if (last !== undefined) hops[hops.length - 1] = `${last} ${line.trim()}`
  }
  return hops
}

const traceOne: TraceOne = async (context, { to, maxHops }) => {
  const command = `traceroute ${to} no-resolve ttl ${maxHops} wait 1`
  const answer = await askJunos(context, command, { timeoutMs: maxHops * 4_000 + slackMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const { hops, reached } = readHops(hopLines(lines.filter((line) => !line.startsWith('traceroute to '))), to)
  return traceFacts(context, answer, { to, hops, reached, fault: traceFault(lines) })
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne), 'transcript'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => hops * 3),
    'transcript',
  ),
]
