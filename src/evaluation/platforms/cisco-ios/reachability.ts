import { sameAddress } from '../../addresses.ts'
import { type IcmpError, type LocalFault, type PingParams, ping } from '../../command-modules/ping.ts'
import { type Hop, traceroute } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import {
  askToExplain,
  holds,
  incomplete,
  knownOwnAddresses,
  linesOf,
  nextHopIn,
  ownAddresses,
  type PingOne,
  pingReader,
  type TraceOne,
  traceFacts,
  traceReader,
} from '../readings/reading.ts'
import { refused } from './answer.ts'

const timeoutSeconds = 2
const slackMs = 15_000

/** `Success rate is 80 percent (4/5)`: the counts, never the words, since `100 percent` contains `0 percent`. Fixtures: cisco_ios/ping. */
const summaryLine = /^Success rate is \d+ percent \((\d+)\/(\d+)\)/
/** One symbol per probe, 70 a line. */
const symbolLine = /^[!.UQM?&NHPA]+$/

const symbolErrors: Record<string, IcmpError['kind']> = {
  U: 'unreachable',
  N: 'net-unreachable',
  H: 'host-unreachable',
  P: 'port-unreachable',
  A: 'filtered',
  M: 'fragmentation-needed',
  '&': 'ttl-exceeded',
}

interface PingText {
  readonly received: number
  readonly sent: number
  readonly errors: readonly IcmpError[]
  /** The router says itself that it has nowhere to send it. */
  readonly isUnsent?: boolean
}

/** IPv6: one look into the table instead of the probes, and `(0/1)` below it. Fixture: cisco_ios/ping/no-route-ipv6.txt. */
const unsentLine = /^% No valid (?:route|source address) for destination$/

function readPing(answer: Observation, count: number): PingText | Unreadable {
  const lines = linesOf(answer)
  const isUnsent = lines.some((line) => unsentLine.test(line)) && /^Success rate is 0 percent \(0\/\d+\)$/m.test(answer.text)
  if (isUnsent) return { received: 0, sent: count, errors: [], isUnsent }
  const summaries = lines.flatMap((line) => summaryLine.exec(line) ?? [])
  const received = Number(summaries[1])
  const sent = Number(summaries[2])
  const symbols = lines.filter((line) => symbolLine.test(line)).join('')
  // a log line may tear the symbols apart; where all of them are there, they must agree with the summary
  const replies = [...symbols].filter((symbol) => symbol === '!').length
  const agree = symbols.length !== sent || replies === received
  if (summaries.length !== 3 || sent !== count || received > sent || !agree || symbols.length > sent) {
    return unreadable('PING_UNREADABLE', 'infrastructure', { command: answer.command })
  }
  const errors = Object.entries(symbolErrors).flatMap(([symbol, kind]) => {
    const seen = [...symbols].filter((one) => one === symbol).length
    return seen === 0 ? [] : [{ from: null, kind, count: seen }]
  })
  return { received, sent, errors }
}

function pingCommand({ to, count, size, df, source }: PingParams): string {
  const parts = [`ping ${to} repeat ${count} timeout ${timeoutSeconds}`]
  if (size !== undefined) parts.push(`size ${size}`)
  if (df) parts.push('df-bit')
  if (source !== undefined) parts.push(`source ${source}`)
  return parts.join(' ')
}

const pingOne: PingOne = async (context, params) => {
  const { to, count, expect } = params
  const answer = await context.ask(pingCommand(params), { timeoutMs: count * timeoutSeconds * 1_000 + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const read = readPing(answer, count)
  if (isUnreadable(read)) return read
  const { isUnsent = false, ...text } = read
  const silentOwn = expect === 'success' ? ownAddresses : async () => null
  const own = await (text.received > 0 ? knownOwnAddresses(context, to) : silentOwn(context))
  const fault = text.received === 0 && expect === 'success' ? await whyLost(context, to, isUnsent) : null
  const isOwn = text.received > 0 && own !== null && holds(own, to)
  return { to, ...text, own: isOwn, fault, source: own === null ? null : { addresses: own } }
}

const whyLost = async (context: ReadContext, to: string, isUnsent: boolean): Promise<NowhereToSend | null> =>
  isUnsent ? { kind: 'no-route' } : localFault(context, to)

type NowhereToSend = Extract<LocalFault, { kind: 'no-route' | 'arp-failed' }>

/**
 * What the router itself shows of a ping that nobody answered: nowhere to send it (`% Network not in table` for the target and for the
 * default route), or a next hop that does not answer ARP. Fixtures: cisco_ios/ping/no-route.txt, gateway-silent.txt, neighbour-silent.txt.
 */
async function localFault(context: ReadContext, to: string): Promise<NowhereToSend | null> {
  for (const command of [`show ip route ${to}`, 'show ip route 0.0.0.0']) {
    const answer = await askToExplain(context, command)
    if (answer === null) return null
    if (!/^% ?(?:Network|Subnet) not in table/m.test(answer.text)) return silentNeighbour(context, nextHopIn(answer, to))
  }
  return { kind: 'no-route' }
}

/** `Internet  10.0.12.2   0   Incomplete   ARPA`: asked for, and nobody answered. A serial line has no ARP, so shows no line. */
async function silentNeighbour(context: ReadContext, next: string | undefined): Promise<NowhereToSend | null> {
  const answer = next === undefined ? null : await askToExplain(context, `show ip arp ${next}`)
  if (next === undefined || answer === null) return null
  const isSilent = linesOf(answer).some((line) => {
    const [protocol, address, , hardware] = line.trim().split(/\s+/)
    return protocol === 'Internet' && address === next && hardware === 'Incomplete'
  })
  return isSilent ? { kind: 'arp-failed', address: next } : null
}

/** `  1 10.0.0.1 4 msec 0 msec *`; further addresses of a hop stand on lines of their own. Fixtures: cisco_ios/traceroute. */
function readHops(lines: readonly string[], to: string): { hops: Hop[]; reached: boolean } {
  const hops: Hop[] = []
  let reached = false
  for (const line of lines) {
    const match = /^\s{1,3}(\d{1,2})?\s+((?:\d+\.\d+\.\d+\.\d+|\*|!).*)$/.exec(line)
    if (match?.[2] === undefined) continue
    const rest = match[2]
    const addresses = [...rest.matchAll(/(?:^|\s)(\d+\.\d+\.\d+\.\d+)(?=\s|$)/g)].flatMap((one) => one[1] ?? [])
    const last = hops.at(-1)
    if (match[1] !== undefined) hops.push({ ttl: Number(match[1]), addresses: [...new Set(addresses)] })
    else if (last !== undefined) hops[hops.length - 1] = { ttl: last.ttl, addresses: [...new Set([...last.addresses, ...addresses])] }
    reached ||= addresses.some((address) => sameAddress(address, to)) && !/\s![A-Z]/.test(rest)
  }
  return { hops, reached }
}

/**
 * Each router of a cold way throws the packet away that makes it ask for its neighbour's MAC address. With one probe per hop that hop is
 * silent, and a VPCS behind it never shows: it answers "port unreachable" to a probe that arrives with TTL 1 alone, and echoes the later
 * ones (VPCS 0.5b2 and 0.8.3, asked frame by frame).
 */
const probesPerHop = 2

const traceOne: TraceOne = async (context, { to, maxHops, reach }) => {
  const command = `traceroute ${to} numeric probe ${probesPerHop} timeout 1 ttl 1 ${maxHops}`
  const answer = await context.ask(command, { timeoutMs: maxHops * probesPerHop * 1_500 + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const { hops, reached } = readHops(linesOf(answer), to)
  const isSilent = hops.length > 0 && hops.every(({ addresses }) => addresses.length === 0)
  return traceFacts(context, answer, { to, hops, reached, fault: isSilent && reach ? await localFault(context, to) : null })
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne), 'transcript'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => hops * probesPerHop),
    'transcript',
  ),
]
