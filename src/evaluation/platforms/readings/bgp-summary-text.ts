import { isAddress } from '../../addresses.ts'
import { parseAsNumber } from '../../as-number.ts'
import type { BgpPeer } from '../../command-modules/bgp-peer.ts'
import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import type { BgpTable } from './bgp-reading.ts'
import { readBgpState } from './bgp-words.ts'
import { linesOf, unknownAnswer } from './reading.ts'
import { allDiffer } from './torn-answer.ts'

/** The table of BGP neighbours as IOS and NX-OS print it. Fixtures: cisco_ios/bgp_peer, cisco_nxos/bgp_peer. */

const header = /^Neighbor\s+V\s+AS\s+MsgRcvd\s/
const localAsLine = /^BGP router identifier \S+, local AS number (\S+)/
/** Neighbours that came by a range stand with a star, and a note below. */
const noteLine = /^(?:\* Dynamically|Dynamically|BGP peergroup|Total dynamically)/

/** A row that is too long goes on in the next line, which begins with blanks. */
function joinRows(lines: readonly string[]): string[] {
  const rows: string[] = []
  for (const line of lines) {
    const last = rows.at(-1)
    if (/^\s/.test(line) && last !== undefined) rows[rows.length - 1] = `${last} ${line.trim()}`
    else rows.push(line)
  }
  return rows
}

/** Address, version, AS, five counters and queues, time, and then the state, or the prefixes of a session that is up. */
function readRow(row: string): BgpPeer | undefined {
  const [address = '', version = '', as = '', , , , , , , ...words] = row.replace(/^\*/, '').split(/\s+/)
  const remoteAs = parseAsNumber(as)
  const state = words.join(' ')
  if (!isAddress(address) || !/^\d$/.test(version) || remoteAs === undefined) return undefined
  const known = /^0 \(No Cap\)$/.test(state) ? readBgpState('NoNeg') : undefined
  if (known !== undefined) return { address, remoteAs, ...known, prefixes: 0 }
  if (/^\d+$/.test(state)) return { address, remoteAs, state: 'established', isFamilyUp: true, prefixes: Number(state) }
  const other = readBgpState(state)
  return other === undefined ? undefined : { address, remoteAs, ...other, prefixes: null }
}

/**
 * Reads the table of one address family.
 * @returns unreadable where a row is not understood: a neighbour must not be overlooked
 */
export function readBgpSummary(answer: Observation): BgpTable | Unreadable {
  const lines = linesOf(answer)
  const local = lines.flatMap((line) => localAsLine.exec(line)?.[1] ?? [])
  const start = lines.findIndex((line) => header.test(line))
  if (local.length !== 1 || lines.filter((line) => header.test(line)).length > 1) return unknownAnswer(answer)
  const rest = start === -1 ? [] : lines.slice(start + 1)
  const rows = joinRows(rest.filter((line) => line.trim() !== '' && !noteLine.test(line)))
  const peers = rows.map(readRow)
  const known = peers.flatMap((peer) => peer ?? [])
  if (known.length < peers.length || !allDiffer(known.map(({ address }) => address))) return unknownAnswer(answer)
  return { isRunning: true, localAs: parseAsNumber(local[0] ?? '') ?? null, peers: known }
}
