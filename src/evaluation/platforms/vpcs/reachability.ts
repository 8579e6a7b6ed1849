import { isIPv6 } from 'node:net'
import { isInNetwork, sameAddress } from '../../addresses.ts'
import { type IcmpError, type LocalFault, type PingAnswer, type PingParams, type PingSource, ping } from '../../command-modules/ping.ts'
import { type Hop, traceroute } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { countError, icmpErrorKind } from '../readings/icmp-text.ts'
import { doubtGateway } from '../readings/neighbour-reading.ts'
import { ifAsked, incomplete, linesOf, type PingOne, pingReader, type TraceOne, traceReader } from '../readings/reading.ts'
import { addressesIn, hasAddress, type IpSettings, readIp, refused, showIp } from './answer.ts'
import { meeting } from './neighbours.ts'

/** 28 bytes of IP and ICMP header, as VPCS counts `-l` without them. */
const headerBytes = 28
const intervalMs = 100
const waitMs = 1_000
/** ARP for target or gateway is given up after 3 s (reference captures); the rest is slack for a busy host. */
const slackMs = 10_000

/**
 * Whether replies count: they do not by themselves. Within about 3 s of its start a VPCS answers to 0.0.0.0 (its duplicate-address
 * check; seen on a genuine 0.8.3), so a PC without an address gets replies that it will never get again. Asked once per device and run:
 * that it has an address is settled, which one is not.
 */
async function hasSettledAddress({ recall }: Pick<ReadContext, 'recall'>): Promise<boolean | Unreadable> {
  const answer = await recall('show ip', showsAddress)
  const settings = readIp(answer)
  return isUnreadable(settings) ? settings : hasAddress(settings)
}

function showsAddress(answer: Observation): boolean {
  const settings = readIp(answer)
  return !isUnreadable(settings) && hasAddress(settings)
}

interface Seen {
  readonly replies: Set<number>
  /** Replies in the short form: of the own address in 0.8, of any address in 0.5. */
  readonly shortForm: boolean
  readonly timeouts: Set<number>
  readonly errors: IcmpError[]
  readonly errorSeqs: Set<number>
  readonly notReachable: string | null
  readonly noGateway: boolean
}

const replyLine = /^(\d+ bytes from )?(\d+\.\d+\.\d+\.\d+) icmp_seq=(\d+) ttl=\d+ time=[\d.]+ ms$/
const timeoutLine = /^(\d+\.\d+\.\d+\.\d+) icmp_seq=(\d+) timeout$/
/** An error message of R, not a reply, though it shows `icmp_seq` and `time`: fixture vpcs/ping/router-without-route.txt. */
const errorLine = /^\*(\d+\.\d+\.\d+\.\d+) icmp_seq=(\d+) ttl=\d+ time=[\d.]+ ms \(ICMP type:(\d+), code:(\d+),/
const notReachableLine = /^host \((\d+\.\d+\.\d+\.\d+)\) not reachable$/

/** Accounts for every line; each icmp_seq once. */
function readLines(lines: readonly string[], to: string): Seen {
  const seen = { replies: new Set<number>(), timeouts: new Set<number>(), errorSeqs: new Set<number>(), errors: [] as IcmpError[] }
  let shortForm = false
  let notReachable: string | null = null
  for (const line of lines) {
    const reply = replyLine.exec(line)
    if (reply?.[2] !== undefined && sameAddress(reply[2], to)) {
      seen.replies.add(Number(reply[3]))
      shortForm ||= reply[1] === undefined
    }
    const timeout = timeoutLine.exec(line)
    if (timeout?.[1] === to) seen.timeouts.add(Number(timeout[2]))
    const error = errorLine.exec(line)
    if (error?.[1] !== undefined) {
      seen.errorSeqs.add(Number(error[2]))
      countError(seen.errors, error[1], icmpErrorKind(Number(error[3]), Number(error[4])))
    }
    notReachable = notReachableLine.exec(line)?.[1] ?? notReachable
  }
  return { ...seen, shortForm, notReachable, noGateway: lines.includes('No gateway found') }
}

/**
 * Sent = `-c` when nothing could be sent, and then there is no probe; else every number from 1 must be there, and none twice in two
 * meanings. What contradicts itself was not said by the device alone: VPCS shows what others type while it works.
 */
function accountFor(seen: Seen, count: number): number | undefined {
  const all = new Set([...seen.replies, ...seen.timeouts, ...seen.errorSeqs])
  if (seen.notReachable !== null || seen.noGateway) return all.size === 0 ? count : undefined
  const overlap = [...seen.replies].some((seq) => seen.timeouts.has(seq) || seen.errorSeqs.has(seq))
  const complete = Array.from({ length: count }, (_, index) => index + 1).every((seq) => all.has(seq))
  return complete && all.size === count && !overlap ? count : undefined
}

function pingCommand({ to, count, size, df }: PingParams): string {
  return [`ping ${to} -c ${count} -i ${intervalMs} -w ${waitMs}`, size === undefined ? [] : `-l ${size - headerBytes}`, df ? '-D' : []]
    .flat()
    .join(' ')
}

const pingOne: PingOne = async (context, params) => {
  const { to, count } = params
  const answer = await context.ask(pingCommand(params), { timeoutMs: count * (waitMs + intervalMs) + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const seen = readLines(linesOf(answer), to)
  const sent = accountFor(seen, count)
  if (sent === undefined) return unreadable('PING_UNREADABLE', 'infrastructure', { command: answer.command })
  const about = { to, sent, errors: seen.errors, fault: faultOf(seen) }
  return seen.replies.size > 0 ? readReplied(context, params, { ...about, seen }) : readSilent(context, params, about)
}

/** What was reached by way of the gateway, with the doubt where the gateway does not answer. */
async function byGateway<Reached extends object>(
  context: ReadContext,
  to: string,
  { reached, settings }: { readonly reached: Reached; readonly settings: IpSettings | null },
): Promise<Reached | Unreadable> {
  const doubt = await ifAsked(async () => {
    const known = settings ?? readIp(await context.recall('show ip', showsAddress))
    if (isUnreadable(known)) return known
    if (known.gateway === null || isInNetwork(to, known.address, known.prefixLength)) return {}
    return doubtGateway(meeting, context, known.gateway)
  })
  return doubt !== null && isUnreadable(doubt) ? doubt : { ...reached, ...doubt }
}

type Told = Pick<PingAnswer, 'to' | 'sent' | 'errors' | 'fault'>

/** Why nothing came back, as `show ip` tells it, where that is asked for. */
async function readSilent(context: ReadContext, { expect }: PingParams, told: Told): Promise<PingAnswer> {
  const settings = expect === 'success' ? await showIp(context) : null
  const source = settings === null || isUnreadable(settings) ? null : sourceOf(settings)
  return { ...told, received: 0, own: false, source }
}

/** Replies, if they count: see hasSettledAddress. Those in the short form may come from the own address. */
async function readReplied(
  context: ReadContext,
  { expect }: PingParams,
  { seen, ...told }: Told & { readonly seen: Seen },
): Promise<PingAnswer | Unreadable> {
  const settings = seen.shortForm ? await showIp(context) : null
  if (settings !== null && isUnreadable(settings)) return settings
  const settled = settings === null ? await hasSettledAddress(context) : hasAddress(settings)
  if (typeof settled !== 'boolean') return settled
  if (settled) {
    const own = settings !== null && sameAddress(settings.address, told.to)
    const reached = { ...told, received: seen.replies.size, own, source: settings === null ? null : sourceOf(settings) }
    return own || expect === 'failure' ? reached : byGateway(context, told.to, { reached, settings })
  }
  if (expect === 'failure') return unreadable('SOURCE_UNSETTLED', 'infrastructure')
  return { ...told, received: 0, own: false, source: { addresses: [], gateway: null } }
}

const sourceOf = (settings: IpSettings): PingSource => ({
  addresses: addressesIn(settings).map(({ address, prefixLength, up }) => ({ address, prefixLength, up })),
  gateway: settings.gateway,
})

function faultOf(seen: Seen): PingAnswer['fault'] {
  if (seen.noGateway) return { kind: 'no-gateway' }
  return seen.notReachable === null ? null : { kind: 'arp-failed', address: seen.notReachable }
}

/** 0.8 puts a star before an address whose answer is an error message; type 3 code 3 from the target is the arrival of a UDP trace. */
const hopLine = /^\s*(\d+)\s+(\*?)(\d+\.\d+\.\d+\.\d+)\s+[\d.]+ ms(?:.*\(ICMP type:(\d+), code:(\d+),)?/
const silentHopLine = /^\s*(\d+)\s+\*\s+\*\s+\*$/

function readHops(lines: readonly string[], to: string): { hops: Hop[]; reached: boolean } {
  const hops: Hop[] = []
  let reached = false
  for (const line of lines) {
    const silent = silentHopLine.exec(line)
    if (silent) hops.push({ ttl: Number(silent[1]), addresses: [] })
    const hop = hopLine.exec(line)
    if (hop?.[3] === undefined) continue
    hops.push({ ttl: Number(hop[1]), addresses: [hop[3]] })
    const isError = hop[2] === '*' && !(hop[4] === '3' && hop[5] === '3')
    reached ||= sameAddress(hop[3], to) && !isError
  }
  return { hops, reached }
}

type NowhereToSend = Extract<LocalFault, { kind: 'no-gateway' | 'arp-failed' }>

function traceFault(lines: readonly string[]): NowhereToSend | null {
  if (lines.includes('No gateway found')) return { kind: 'no-gateway' }
  const address = lines.flatMap((line) => notReachableLine.exec(line)?.[1] ?? [])[0]
  return address === undefined ? null : { kind: 'arp-failed', address }
}

/** One head, hops in order, or the reason why none was sent: VPCS shows what others type while it works, and that is not its trace. */
function isOneTrace(lines: readonly string[], hops: readonly Hop[], isLocal: boolean): boolean {
  const heads = lines.filter((line) => line.startsWith('trace to ')).length
  return heads <= 1 && hops.length > 0 !== isLocal && hops.every(({ ttl }, index) => ttl === index + 1)
}

const traceOne: TraceOne = async (context, { to, maxHops, reach }) => {
  const answer = await context.ask(`trace ${to} -m ${maxHops} -P 1`, { timeoutMs: maxHops * 3 * waitMs + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const lines = linesOf(answer)
  const fault = traceFault(lines)
  const { hops, reached } = readHops(lines, to)
  if (!isOneTrace(lines, hops, fault !== null)) return unreadable('TRACE_UNREADABLE', 'infrastructure', { command: answer.command })
  if (fault !== null && reach) return explainLocal(context, to, fault)
  if (!reached) return { to, own: false, hops, reached }
  const seen = { to, own: false, hops, reached }
  if (hops.length > 1) return reach ? byGateway(context, to, { reached: seen, settings: null }) : seen
  const settings = await showIp(context)
  if (isUnreadable(settings)) return settings
  // a target that has just started answers to 0.0.0.0: see hasSettledAddress
  if (!hasAddress(settings))
    return reach ? { to, own: false, isUnnumbered: true, hops: [], reached: false } : unreadable('SOURCE_UNSETTLED')
  return { to, own: sameAddress(settings.address, to), hops, reached }
}

/** Nothing was sent at all: without an address of its own, that is why. */
async function explainLocal(context: ReadContext, to: string, fault: NowhereToSend): ReturnType<TraceOne> {
  const settings = await showIp(context)
  const isUnnumbered = !isUnreadable(settings) && !hasAddress(settings)
  return { to, own: false, ...(isUnnumbered ? { isUnnumbered } : { fault }), hops: [], reached: false }
}

/** VPCS has one address, so no choice of source; its IPv6 answers are not read yet. */
const unsupported = ({ source, to, control }: PingParams): string | null => {
  if (source !== undefined) return 'source'
  return isIPv6(to) || isIPv6(control ?? '') ? 'IPv6' : null
}

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne, unsupported), 'device'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => hops * 3),
    'device',
  ),
]
