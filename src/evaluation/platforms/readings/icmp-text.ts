import { sameAddress } from '../../addresses.ts'
import type { IcmpError } from '../../command-modules/ping.ts'

/** What all makes of ping have in common: who replied, and who said that a packet cannot be delivered. */

/** Adds an error message to those of the same kind from the same sender. */
export function countError(errors: IcmpError[], from: string | null, kind: IcmpError['kind']): void {
  const at = errors.findIndex((error) => error.from === from && error.kind === kind)
  const known = errors[at]
  if (known === undefined) errors.push({ from, kind, count: 1 })
  else errors[at] = { ...known, count: known.count + 1 }
}

/** ICMP type 3 by code (RFC 792, RFC 1812), and type 11. */
export function icmpErrorKind(type: number, code: number): IcmpError['kind'] {
  if (type === 11) return 'ttl-exceeded'
  const kinds: Record<number, IcmpError['kind']> = {
    0: 'net-unreachable',
    1: 'host-unreachable',
    3: 'port-unreachable',
    4: 'fragmentation-needed',
    9: 'filtered',
    10: 'filtered',
    13: 'filtered',
  }
  return (type === 3 ? kinds[code] : undefined) ?? 'unreachable'
}

/** In the words of iputils and of the BSD ping. */
const kindOfWords: readonly (readonly [RegExp, IcmpError['kind']])[] = [
  [/^Destination Net Unreachable/i, 'net-unreachable'],
  [
    /^Destination (?:Net|Host) (?:Unreachable for TOS|Prohibited)|^Communication (?:administratively )?prohibited|^Packet filtered/i,
    'filtered',
  ],
  [/^Destination Host Unreachable/i, 'host-unreachable'],
  [/^Destination Port Unreachable/i, 'port-unreachable'],
  [/^frag(?:mentation)? needed/i, 'fragmentation-needed'],
  [/^Time to live exceeded/i, 'ttl-exceeded'],
]

const errorKind = (words: string): IcmpError['kind'] => kindOfWords.find(([pattern]) => pattern.test(words))?.[1] ?? 'unreachable'

/**
 * How many probes the target itself replied to: each number of the sequence once, duplicates not at all.
 * @param pattern a reply with the groups `from`, `sequence` and, where it is marked as one, `duplicate`
 */
export function repliesFrom(lines: readonly string[], to: string, pattern: RegExp): number {
  const seen = new Set<number>()
  for (const line of lines) {
    const { from, sequence, duplicate } = pattern.exec(line)?.groups ?? {}
    if (from !== undefined && sameAddress(from, to) && duplicate === undefined) seen.add(Number(sequence))
  }
  return seen.size
}

/**
 * The error messages that came back, by sender and kind.
 * @param pattern a message with the groups `from` and `words`
 */
export function errorsIn(lines: readonly string[], pattern: RegExp): IcmpError[] {
  const errors: IcmpError[] = []
  for (const line of lines) {
    const { from, words } = pattern.exec(line)?.groups ?? {}
    if (from !== undefined && words !== undefined) countError(errors, from, errorKind(words))
  }
  return errors
}
