import { sameAddress } from '../../addresses.ts'
import type { IcmpError, PingAnswer, PingParams, PingSource } from '../../command-modules/ping.ts'
import type { Hop } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type ReadContext, type Unreadable, unreadable } from '../../platform.ts'
import { errorsIn, repliesFrom } from '../readings/icmp-text.ts'
import { forbiddenCommand, holds, knownOwnAddresses, linesOf, ownAddresses } from '../readings/reading.ts'

/** What iputils, busybox and inetutils print; vtysh hands ping and traceroute to the same programs. */

/** `N packets transmitted, M received` (iputils) or `M packets received` (busybox): fixtures linux/ping/replied.txt, busybox-replied.txt. */
const summaryLine = /^(\d+) packets transmitted, (\d+) (?:packets )?received\b/
/**
 * `64 bytes from A: icmp_seq=1` (iputils), `icmp_req=1` (iputils of 2011, thus EOS), `seq=0` (busybox); a duplicate is marked and not
 * counted, an answer that was cut short is one. Fixtures: arista_eos/ping/replied-early-release.txt, truncated.txt.
 */
const replyLine =
  /^\d+ bytes from (?:\S+ \()?(?<from>[\w.:]+?)\)?: (?:icmp_)?(?:seq|req)=(?<sequence>\d+) ttl=\d+ (?:time=[\d.]+ ms|\(truncated\))(?<duplicate> \(DUP!\))?$/
/** Address, sequence number and milliseconds of a reply. */
export const linuxReplyTime = /^\d+ bytes from (?:\S+ \()?([\w.:]+?)\)?: (?:icmp_)?(?:seq|req)=(\d+) ttl=\d+ time=([\d.]+) ms$/
const errorLine = /^From (?:\S+ \()?(?<from>[\w.:]+?)\)? icmp_(?:seq|req)=\d+ (?<words>.+)$/
const notFound = /(?:command not found|: not found|No such file or directory|applet not found)$/
const usage =
  /(?:invalid option|unrecognized option|illegal option|bad number|invalid argument:|option requires|bad linger time|^Usage:|^BusyBox )/i
const unreachableNetwork = /(?:Network is unreachable|Network unreachable|No route to host)$/
/**
 * The kernel itself threw the packet away: `Invalid argument` by a route of the type blackhole, `Permission denied` by one of the type
 * prohibit (which iputils takes for a broadcast address), `Operation not permitted` by a rule for what goes out. Fixtures:
 * linux/ping/blackhole.txt, prohibit.txt, linux/traceroute/firewall-of-its-own.txt.
 */
const discarding =
  /(?:connect|send(?:to|msg)?|connect to remote host \(\S+\)): (?:Invalid argument|Permission denied|Operation not permitted)$|^ping: Do you want to ping broadcast\?/
/** The account may not open the socket that the program needs. Fixtures: linux/ping/not-permitted.txt, busybox-not-permitted.txt. */
const forbidden =
  /socket: (?:Operation not permitted|Permission denied)$|permission denied \(are you root\?\)$|must be root|not have enough privileges|Lacking privilege/

export const isNotFound = (observation: Observation): boolean =>
  observation.exitCode === 127 || linesOf(observation).some((line) => notFound.test(line))

export const isUsage = (observation: Observation): boolean => linesOf(observation).some((line) => usage.test(line))

/** Why the program may not be used by the account that the exercise gives; null when it may. */
export function notPermitted(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) => forbidden.test(one))
  return line === undefined ? null : forbiddenCommand(observation, line)
}

/** What kept the host from sending at all. */
export function localFault(lines: readonly string[]): 'no-route' | 'discarded' | null {
  if (lines.some((line) => unreachableNetwork.test(line))) return 'no-route'
  return lines.some((line) => discarding.test(line)) ? 'discarded' : null
}

/** The same of a trace. */
export function traceFault(lines: readonly string[]): { readonly kind: 'no-route' | 'discarded' } | null {
  const kind = localFault(lines)
  return kind === null ? null : { kind }
}

export interface PingText {
  readonly sent: number
  readonly received: number
  readonly errors: readonly IcmpError[]
  readonly fault: ReturnType<typeof localFault>
}

/**
 * Reads one ping. The summary and the lines must tell the same: a text in which they differ is not read.
 * @param count probes asked for; null where ping was interrupted
 */
export function readPing(observation: Observation, to: string, count: number | null): PingText | Unreadable {
  const lines = linesOf(observation)
  const fault = localFault(lines)
  if (fault !== null && !lines.some((line) => summaryLine.test(line))) return { sent: count ?? 0, received: 0, errors: [], fault }
  const summaries = lines.flatMap((line) => summaryLine.exec(line) ?? [])
  const [, sentText, receivedText] = summaries
  const sent = Number(sentText)
  const received = Number(receivedText)
  const replies = repliesFrom(lines, to, replyLine)
  const agree = summaries.length === 3 && received === replies && received <= sent && sent > 0 && (count === null || sent === count)
  if (!agree) return unreadable('PING_UNREADABLE', 'infrastructure', { command: observation.command })
  return { sent, received, errors: errorsIn(lines, errorLine), fault: null }
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
  if (text.fault !== null) return { kind: text.fault }
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
export async function ownOf(context: ReadContext, text: PingText, { expect, to }: PingParams): Promise<readonly DeviceAddress[] | null> {
  if (text.received > 0) return knownOwnAddresses(context, to)
  return expect === 'success' ? ownAddresses(context) : null
}
