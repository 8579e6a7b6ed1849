import { isIPv6 } from 'node:net'
import { isAddress } from '../../addresses.ts'
import { parseAsNumber, parseAsPath } from '../../as-number.ts'
import { type BgpFamily, type BgpPeer, bgpPeer } from '../../command-modules/bgp-peer.ts'
import { type BgpPath, type BgpPrefixFacts, type BgpPrefixParams, bgpPrefix } from '../../command-modules/bgp-prefix.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type Reader, reads, type Unreadable, unreadable } from '../../platform.ts'
import { deviceOfTarget } from '../../target.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { type BgpAsker, bgpPeerReader, bgpPrefixReader, noBgp } from '../readings/bgp-reading.ts'
import { readBgpOrigin, readBgpState, readCommunities } from '../readings/bgp-words.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

const timeoutMs = 60_000

const countLine = /^(?:Threading mode: .*)?Groups: \d+ Peers: (\d+) Down peers: \d+/
const peerHeader = /^Peer\s+AS\s+InPkt\s+OutPkt\s+OutQ\s+Flaps\s+Last Up\/Dwn\s+State/
/** Address, AS, four counters, the time since (of one or two words), and the state, or the counters of inet.0 of a session that is up. */
const peerLine = /^(\S+)\s+(\d+(?:\.\d+)?)(?:\s+\d+){4}\s+(?:\S+ )?\S+\s+([A-Z][A-Za-z]+|\d+\/\d+\/\d+\/\d+(?:\s+\d+\/\d+\/\d+\/\d+)?)$/
/** `  inet.0: 682/684/684/0` below a session that is up: active, received, accepted, damped. */
const tableLine = /^\s+(\S+): (\d+)\/(\d+)\/\d+\/\d+$/

interface Row extends Pick<BgpPeer, 'address' | 'remoteAs' | 'state'> {
  /** Prefixes received, by table. */
  readonly tables: Map<string, number>
}

function readRow(line: string): Row | undefined {
  const [, address = '', as = '', shown = ''] = peerLine.exec(line) ?? []
  const counters = /^\d+\/(\d+)\//.exec(shown)
  const state = counters === null ? readBgpState(shown)?.state : 'established'
  if (!isAddress(address) || state === undefined) return undefined
  return {
    address,
    remoteAs: parseAsNumber(as) ?? null,
    state,
    tables: new Map(counters === null ? [] : [['inet.0', Number(counters[1])]]),
  }
}

/** Rows below the heading; each must be a neighbour, or a table of the one above. */
function readRows(lines: readonly string[]): Row[] | undefined {
  const rows: Row[] = []
  for (const line of lines) {
    const table = tableLine.exec(line)
    const row = table === null ? readRow(line) : undefined
    if (row !== undefined) rows.push(row)
    else if (table?.[1] === undefined) return undefined
    else rows.at(-1)?.tables.set(table[1], Number(table[3]))
  }
  return rows
}

/** A session that is down does not show its families: it counts for that of its address. */
function peerIn(family: BgpFamily, { tables, ...row }: Row): BgpPeer[] {
  const isSameFamily = isIPv6(row.address) === (family === 'ipv6')
  const prefixes = tables.get(family === 'ipv4' ? 'inet.0' : 'inet6.0')
  if (prefixes !== undefined) return [{ ...row, isFamilyUp: true, prefixes }]
  // tables of a routing instance only: no session of the default one
  if ([...tables.keys()].some((table) => /\.inet6?\.0$/.test(table))) return []
  return isSameFamily ? [{ ...row, isFamilyUp: false, prefixes: null }] : []
}

const askPeers: BgpAsker['peers'] = async (context, family) => {
  const answer = await askJunos(context, 'show bgp summary', { timeoutMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer).filter((line) => line.trim() !== '' && !/^\{\w+(?::\w*\d)?\}$/.test(line))
  if (lines.some((line) => /^BGP is not running$/.test(line))) return noBgp
  const count = lines.flatMap((line) => countLine.exec(line)?.[1] ?? [])[0]
  const start = lines.findIndex((line) => peerHeader.test(line))
  const rows = start === -1 ? [] : readRows(lines.slice(start + 1))
  if (rows === undefined || rows.length !== Number(count)) return unknownAnswer(answer)
  return { isRunning: true, localAs: null, peers: rows.flatMap((row) => peerIn(family, row)) }
}

const entryLine = /^(\S+\/\d+) \(\d+ entr(?:y|ies), /
const pathLine = /^\s+([*+-]*)BGP\s+Preference: /
const otherLine = /^\s+[*+-]*[A-Z][\w-]*\s+Preference: /

/** The paths of BGP below one prefix; what other protocols know of it is left out. */
function pathsOf(lines: readonly string[]): string[][] {
  const paths: string[][] = []
  let isBgp = false
  for (const line of lines) {
    if (otherLine.test(line)) isBgp = pathLine.test(line)
    if (pathLine.test(line)) paths.push([])
    if (isBgp) paths.at(-1)?.push(line)
  }
  return paths
}

const first = (lines: readonly string[], pattern: RegExp): string | undefined => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0]

/** Fixtures: juniper_junos/bgp_prefix. */
function readPath(lines: readonly string[]): BgpPath | undefined {
  const [, path = '', origin = ''] = lines.flatMap(
    (line) => /^\s+AS path: (?:\[\d+\] )?((?:[\d.,(){}]+ )*)([IE?])(?:\s|$)/.exec(line) ?? [],
  )
  const asPath = parseAsPath(path)
  const source = first(lines, /^\s+Source: (\S+)$/)
  if (asPath === undefined || origin === '' || source === undefined) return undefined
  // a next hop that lies further away stands under its own name; the other is what it is resolved to
  const nextHop = first(lines, /^\s+Protocol next hop: (\S+)/) ?? first(lines, /^\s+Next hop: (\S+) via /)
  const localPref = first(lines, /^\s+Localpref: (\d+)$/)
  const med = first(lines, /^\s+Age: .*\bMetric: (\d+)/)
  return {
    from: source,
    isBest: /^\s+[+-]*\*/.test(lines[0] ?? ''),
    nextHops: nextHop === undefined ? [] : [nextHop],
    asPath,
    localPref: localPref === undefined ? null : Number(localPref),
    med: med === undefined ? null : Number(med),
    origin: readBgpOrigin(origin),
    communities: readCommunities(first(lines, /^\s+Communities: (.+)$/) ?? ''),
  }
}

function readPaths(answer: Observation, prefix: string): readonly BgpPath[] | Unreadable {
  const lines = linesOf(answer).filter((line) => line.trim() !== '' && !/^\{\w+(?::\w*\d)?\}$/.test(line))
  if (lines.length === 0) return []
  if (!lines.some((line) => /^inet6?\.0: \d+ destinations/.test(line))) return unknownAnswer(answer)
  const wanted = parsePrefix(prefix)
  const starts = lines.flatMap((line, index) => (entryLine.test(line) ? [index] : []))
  const entries = starts.filter((start) => {
    const shown = parsePrefix(entryLine.exec(lines[start] ?? '')?.[1] ?? '')
    return shown !== undefined && wanted !== undefined && samePrefix(shown, wanted)
  })
  const texts = entries.flatMap((start) => pathsOf(lines.slice(start + 1, starts[starts.indexOf(start) + 1] ?? lines.length)))
  const paths = texts.map(readPath)
  const known = paths.flatMap((path) => path ?? [])
  return known.length < paths.length ? unknownAnswer(answer) : known
}

const askPaths: BgpAsker['paths'] = async (context, { prefix }, family) => {
  const table = family === 'ipv4' ? 'inet.0' : 'inet6.0'
  const answer = await askJunos(context, `show route ${prefix} exact table ${table} protocol bgp extensive`, { timeoutMs })
  return isUnreadable(answer) ? answer : readPaths(answer, prefix)
}

const asker: BgpAsker = { peers: askPeers, paths: askPaths }

/** What Junos itself announces stays with the protocol it comes from: its table has no BGP path of its own. */
const prefixReader: Reader<BgpPrefixParams, BgpPrefixFacts> = {
  observe: async (context, params) => {
    const isOwn = params.from !== undefined && deviceOfTarget(params.from)?.device === context.device
    if (isOwn) return unreadable('PLATFORM_UNSUPPORTED', 'exercise', { platform: 'juniper_junos' })
    return bgpPrefixReader(asker).observe(context, params)
  },
}

/** BGP neighbours and prefixes. */
export const bgp: readonly BoundReader[] = [
  reads(bgpPeer, bgpPeerReader(asker), 'transcript'),
  reads(bgpPrefix, prefixReader, 'transcript'),
]
