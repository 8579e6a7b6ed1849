import type { IcmpError } from '../../command-modules/ping.ts'
import type { Observation } from '../../observation.ts'
import { type Unreadable, unreadable } from '../../platform.ts'
import { countError, errorsIn, repliesFrom } from './icmp-text.ts'
import { linesOf } from './reading.ts'

/** What the BSD ping prints that NX-OS and Junos have: sequence numbers from 0, `packets received`, error messages without a sequence number. */

/** 28 bytes of IP and ICMP header; the size given to these pings counts without them. */
export const headerBytes = 28

/** Fixtures: cisco_nxos/ping/replied.txt, juniper_junos/ping/replied.txt. */
const summaryLine = /^(\d+) packets transmitted, (\d+) packets received, /
/** `64 bytes from A: icmp_seq=0 ttl=62 time=2.2 ms`; IPv6 has `A, icmp_seq=0 hlim=64`, NX-OS not always either. A duplicate is marked and not counted. */
const replyLine =
  /^\d+ bytes from (?<from>[\da-fA-F.:]+?)[:,] icmp_seq=(?<sequence>\d+)(?: (?:ttl|hlim)=\d+)? time=[\d.]+ ms(?<duplicate> \(DUP!\)| \(duplicate\))?$/
/** Address, sequence number and milliseconds of a reply. */
export const bsdReplyTime = /^\d+ bytes from ([\da-fA-F.:]+?)[:,] icmp_seq=(\d+)(?: (?:ttl|hlim)=\d+)? time=([\d.]+) ms$/
/** `36 bytes from R: Destination Host Unreachable`. Fixture: cisco_nxos/ping/host-unreachable.txt. */
const errorLine = /^\d+ bytes from (?:\S+ \()?(?<from>[\da-fA-F.:]+?)\)?: (?!icmp_seq=)(?<words>[A-Za-z].*)$/
/** The device itself could not send: no route, or no neighbour any more. Fixture: cisco_nxos/ping/no-route.txt. */
const unsent = /^ping: sendto(?:: | \S+ \d+ chars, )(?:No route to host|Network is unreachable|Host is down)/
const tooLong = /^ping: sendto(?:: | \S+ \d+ chars, )Message too long/

export interface BsdPing {
  readonly sent: number
  readonly received: number
  readonly errors: readonly IcmpError[]
  /** Every probe failed on the device itself for want of a route. */
  readonly fault: 'no-route' | null
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
  const agree = summaries.length === 3 && received === repliesFrom(lines, to, replyLine) && sent === count && received <= sent
  if (!agree) return unreadable('PING_UNREADABLE', 'infrastructure', { command: answer.command })
  return { sent, received, errors: allErrors(lines), fault: unsentCount >= count ? 'no-route' : null }
}

/** What the device could not send for its length stands without a sender. */
function allErrors(lines: readonly string[]): IcmpError[] {
  const errors = errorsIn(lines, errorLine)
  for (const line of lines) if (tooLong.test(line)) countError(errors, null, 'fragmentation-needed')
  return errors
}
