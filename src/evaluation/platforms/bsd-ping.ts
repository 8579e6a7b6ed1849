import { sameAddress } from '../addresses.ts'
import type { IcmpError } from '../command-modules/ping.ts'
import type { Observation } from '../observation.ts'
import { type Unreadable, unreadable } from '../platform.ts'
import { countError, linesOf } from './reading.ts'

/** What the BSD ping prints that NX-OS and Junos have: sequence numbers from 0, `packets received`, error messages without a sequence number. */

/** 28 bytes of IP and ICMP header; the size given to these pings counts without them. */
export const headerBytes = 28

/** Fixtures: cisco_nxos/ping/replied.txt, juniper_junos/ping/replied.txt. */
const summaryLine = /^(\d+) packets transmitted, (\d+) packets received, /
/** `64 bytes from A: icmp_seq=0 ttl=62 time=2.2 ms`; IPv6 has `A, icmp_seq=0 hlim=64`. A duplicate is marked and not counted. */
const replyLine =
  /^\d+ bytes from ([\da-fA-F.:]+?)[:,] icmp_seq=(\d+) (?:ttl|hlim)=\d+ time=[\d.]+ ms(?<duplicate> \(DUP!\)| \(duplicate\))?$/
/** Address, sequence number and milliseconds of a reply. */
export const bsdReplyTime = /^\d+ bytes from ([\da-fA-F.:]+?)[:,] icmp_seq=(\d+) (?:ttl|hlim)=\d+ time=([\d.]+) ms$/
/** `36 bytes from R: Destination Host Unreachable`. Fixture: cisco_nxos/ping/host-unreachable.txt. */
const errorLine = /^\d+ bytes from (?:\S+ \()?([\da-fA-F.:]+?)\)?: (?!icmp_seq=)([A-Za-z].*)$/
/** The device itself could not send: no route, or no neighbour any more. Fixture: cisco_nxos/ping/no-route.txt. */
const unsent = /^ping: sendto(?:: | \S+ \d+ chars, )(?:No route to host|Network is unreachable|Host is down)/
const tooLong = /^ping: sendto(?:: | \S+ \d+ chars, )Message too long/

const errorKinds: readonly (readonly [RegExp, IcmpError['kind']])[] = [
  [/^Destination Net Unreachable/i, 'net-unreachable'],
  [/^Destination Host Unreachable/i, 'host-unreachable'],
  [/^Destination Port Unreachable/i, 'port-unreachable'],
  [/^Communication prohibited|^Destination (?:Net|Host) (?:Unreachable for TOS|Prohibited)|^Packet filtered/i, 'filtered'],
  [/^frag(?:mentation)? needed/i, 'fragmentation-needed'],
  [/^Time to live exceeded/i, 'ttl-exceeded'],
]

const errorKind = (words: string): IcmpError['kind'] => errorKinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'unreachable'

export interface BsdPing {
  readonly sent: number
  readonly received: number
  readonly errors: readonly IcmpError[]
  /** Every probe failed on the device itself for want of a route. */
  readonly noRoute: boolean
}

/**
 * Reads one ping. The summary and the lines must tell the same: a text in which they differ is not read.
 * @param count probes asked for
 */
export function readBsdPing(answer: Observation, to: string, count: number): BsdPing | Unreadable {
  const lines = linesOf(answer)
  const unsentCount = lines.filter((line) => unsent.test(line)).length
  const summaries = lines.flatMap((line) => summaryLine.exec(line) ?? [])
  const [, sentText, receivedText] = summaries
  const sent = Number(sentText)
  const received = Number(receivedText)
  const agree = summaries.length === 3 && received === repliesFrom(lines, to) && sent === count && received <= sent
  if (!agree) return unreadable('PING_UNREADABLE', 'infrastructure', { command: answer.command })
  return { sent, received, errors: errorsIn(lines), noRoute: unsentCount >= count }
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
    if (error?.[1] !== undefined && error[2] !== undefined) countError(errors, error[1], errorKind(error[2]))
    if (tooLong.test(line)) countError(errors, null, 'fragmentation-needed')
  }
  return errors
}
