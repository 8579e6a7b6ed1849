import { sameAddress } from '../../addresses.ts'
import type { IcmpError, PingAnswer, PingParams, PingSource } from '../../command-modules/ping.ts'
import type { Hop } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type ReadContext, type Unreadable, unreadable } from '../../platform.ts'
import { countError, holds, knownOwnAddresses, linesOf, ownAddresses } from '../reading.ts'

/** What iputils, busybox and inetutils print; vtysh hands ping and traceroute to the same programs. */

/** `N packets transmitted, M received` (iputils) or `M packets received` (busybox): fixtures linux/ping/replied.txt, busybox-replied.txt. */
const summaryLine = /^(\d+) packets transmitted, (\d+) (?:packets )?received\b/
/**
 * `64 bytes from A: icmp_seq=1` (iputils), `icmp_req=1` (iputils of 2011, thus EOS), `seq=0` (busybox); a duplicate is marked and not
 * counted, an answer that was cut short is one. Fixtures: arista_eos/ping/replied-early-release.txt, truncated.txt.
 */
const replyLine =
  /^\d+ bytes from (?:\S+ \()?([\w.:]+?)\)?: (?:icmp_)?(?:seq|req)=(\d+) ttl=\d+ (?:time=[\d.]+ ms|\(truncated\))(?<duplicate> \(DUP!\))?$/
/** Address, sequence number and milliseconds of a reply. */
export const linuxReplyTime = /^\d+ bytes from (?:\S+ \()?([\w.:]+?)\)?: (?:icmp_)?(?:seq|req)=(\d+) ttl=\d+ time=([\d.]+) ms$/
const errorLine = /^From (?:\S+ \()?([\w.:]+?)\)? icmp_(?:seq|req)=(\d+) (.+)$/
const notFound = /(?:command not found|: not found|No such file or directory|applet not found)$/
const usage =
  /(?:invalid option|unrecognized option|illegal option|bad number|invalid argument|option requires|bad linger time|^Usage:|^BusyBox )/i
const unreachableNetwork = /(?:Network is unreachable|Network unreachable|No route to host)$/

export const isNotFound = (observation: Observation): boolean =>
  observation.exitCode === 127 || linesOf(observation).some((line) => notFound.test(line))

export const isUsage = (observation: Observation): boolean => linesOf(observation).some((line) => usage.test(line))

const errorKinds: readonly (readonly [RegExp, IcmpError['kind']])[] = [
  [/^Destination Net Unreachable/i, 'net-unreachable'],
  [/^Destination Host Unreachable/i, 'host-unreachable'],
  [/^Destination Port Unreachable/i, 'port-unreachable'],
  [/^Packet filtered|^Destination (?:Net|Host) Prohibited|^Communication (?:administratively )?prohibited/i, 'filtered'],
  [/^Frag(?:mentation)? needed/i, 'fragmentation-needed'],
  [/^Time to live exceeded/i, 'ttl-exceeded'],
]

const errorKind = (words: string): IcmpError['kind'] => errorKinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'unreachable'

export interface PingText {
  readonly sent: number
  readonly received: number
  readonly errors: readonly IcmpError[]
  readonly noRoute: boolean
}

/**
 * Reads one ping. The summary and the lines must tell the same: a text in which they differ is not read.
 * @param count probes asked for; null where ping was interrupted
 */
export function readPing(observation: Observation, to: string, count: number | null): PingText | Unreadable {
  const lines = linesOf(observation)
  if (lines.some((line) => unreachableNetwork.test(line)) && !lines.some((line) => summaryLine.test(line))) {
    return { sent: count ?? 0, received: 0, errors: [], noRoute: true }
  }
  const summaries = lines.flatMap((line) => summaryLine.exec(line) ?? [])
  const [, sentText, receivedText] = summaries
  const sent = Number(sentText)
  const received = Number(receivedText)
  const replies = repliesFrom(lines, to)
  const agree = summaries.length === 3 && received === replies && received <= sent && sent > 0 && (count === null || sent === count)
  if (!agree) return unreadable('PING_UNREADABLE', 'infrastructure', { command: observation.command })
  return { sent, received, errors: errorsIn(lines), noRoute: false }
}

function repliesFrom(lines: readonly string[], to: string): number {
  const seen = new Set<number>()
  for (const line of lines) {
    const reply = replyLine.exec(line)
    if (reply?.[1] !== undefined && sameAddress(reply[1], to) && reply.groups?.duplicate === undefined) seen.add(Number(reply[2]))
  }
  return seen.size
}

function errorsIn(lines: readonly string[]): IcmpError[] {
  const errors: IcmpError[] = []
  for (const line of lines) {
    const error = errorLine.exec(line)
    if (error?.[1] !== undefined && error[3] !== undefined) countError(errors, error[1], errorKind(error[3]))
  }
  return errors
}

export interface Explainer {
  readonly own: readonly DeviceAddress[] | null
  readonly gateway: string | null | undefined
  /** The neighbour that does not answer ARP on the way to the target. */
  readonly silentNeighbour: string | undefined
}

/** Facts from the text and from what else the device shows. */
export function pingAnswer(text: PingText, to: string, { own, gateway, silentNeighbour }: Explainer): PingAnswer {
  const source: PingSource | null = own === null ? null : { addresses: own, ...(gateway === undefined ? {} : { gateway }) }
  // "Destination Host Unreachable" from an own address is the device's own ARP that failed
  const errors = text.errors.filter(({ from }) => from === null || own === null || !holds(own, from))
  const fault = faultOf(text, silentNeighbour)
  return { to, sent: text.sent, received: text.received, own: text.received > 0 && own !== null && holds(own, to), errors, fault, source }
}

function faultOf(text: PingText, silentNeighbour: string | undefined): PingAnswer['fault'] {
  if (text.noRoute) return { kind: 'no-route' }
  return silentNeighbour !== undefined && text.received === 0 ? { kind: 'arp-failed', address: silentNeighbour } : null
}

/** `default via A dev X` of `ip route`; null = no such line. */
export const gatewayIn = (observation: Observation): string | null => /^default via (\S+)/m.exec(observation.text)?.[1] ?? null

/** `inet A/L` lines of `ip addr`, without those that no other device can reach; iproute2 and busybox alike. Fixture: linux/ping/no-address.txt. */
export function readIpAddr(observation: Observation): DeviceAddress[] {
  const addresses: DeviceAddress[] = []
  let port: string | null = null
  let up: boolean | null = null
  for (const line of linesOf(observation)) {
    const header = /^\d+: ([^:@\s]+)[^:]*: <([^>]*)>/.exec(line)
    if (header?.[1] !== undefined && header[2] !== undefined) {
      port = header[1]
      up = header[2].split(',').includes('UP')
    }
    const inet = /^\s+inet6? ([\da-fA-F.:]+)\/(\d+)/.exec(line)
    if (inet?.[1] !== undefined && !/scope (?:link|host)/.test(line)) {
      addresses.push({ port, address: inet[1], prefixLength: Number(inet[2]), up })
    }
  }
  return addresses
}

/** Hops of traceroute and tracepath: ` 1  10.1.1.1  0.059 ms`, ` 3  * * *`, ` 2:  10.0.12.2  0.3ms`. Fixtures: linux/traceroute. */
export function readHops(lines: readonly string[], to: string): { hops: Hop[]; reached: boolean } {
  const hops: Hop[] = []
  let reached = false
  for (const line of lines) {
    const match = /^\s*(\d+)(?::|\?:)?\s+(.*)$/.exec(line)
    if (match?.[2] === undefined || /^\d+ (?:bytes|hops)/.test(line.trim())) continue
    const rest = match[2]
    const addresses = [
      ...new Set([...rest.matchAll(/(?:^|\s)\(?(\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f:.]+)\)?(?=\s|$)/gi)].flatMap((one) => one[1] ?? [])),
    ]
    if (addresses.length === 0 && !/^(?:\*|no reply|\[LOCALHOST\])/.test(rest)) continue
    if (/\[LOCALHOST\]/.test(rest)) continue
    addHop(hops, { ttl: Number(match[1]), addresses })
    reached ||= addresses.some((address) => sameAddress(address, to)) && !/\s!(?:N|H|X|F|P|S|\d+)?/.test(rest)
  }
  return { hops, reached }
}

/** tracepath prints a hop twice when it learns the path's MTU. */
function addHop(hops: Hop[], hop: Hop): void {
  const at = hops.findIndex(({ ttl }) => ttl === hop.ttl)
  if (at === -1) hops.push(hop)
  else hops[at] = { ttl: hop.ttl, addresses: [...new Set([...(hops[at]?.addresses ?? []), ...hop.addresses])] }
}

/** The own addresses, asked for where they decide something: after a reply (known or no verdict), and to explain why none came. */
export async function ownOf(context: ReadContext, text: PingText, { expect }: PingParams): Promise<readonly DeviceAddress[] | null> {
  if (text.received > 0) return knownOwnAddresses(context)
  return expect === 'success' ? ownAddresses(context) : null
}
