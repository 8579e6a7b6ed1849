import { canonicalAddress, isAddress } from '../../addresses.ts'
import { type RouteEntry, type RouteParams, type RouteProtocol, route } from '../../command-modules/route.ts'
import type { NextHop } from '../../next-hops.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { lengthToMask, parsePrefix, samePrefix, showPrefix } from '../../values.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { addressOf, routeReader } from '../readings/route-reading.ts'
import { askIos } from './answer.ts'

const absentLine = /^% ?(?:Network|Subnet|Route) not (?:in table|found)/m
/** `% IP routing table RED does not exist`, `% VRF RED does not exist`, IPv6: `% VRF does not exist`. */
const noVrfLine = /^% ?(?:IP routing table|VRF)(?: \S+)? does not exist/m
/** A switch that does not route shows its gateway instead of a table. Fixture: cisco_ios/route/not-routing.txt. */
const notRouting = /^Default gateway is |^ICMP redirect cache is empty/m

const entryLine = /^\s*Routing entry for ([\d.]+|[\dA-Fa-f:]+)(\/\d+)(, \d+ known subnets)?(?:, supernet)?$/
const knownVia = /^\s*Known via "([a-z]+)[^"]*", distance (\d+), metric (\d+)/
/** `* 10.0.0.1 (default), from 1.1.1.1, 00:00:10 ago, via Gi0/0`, `* directly connected, via Null0`. Fixtures: cisco_ios/route. */
const hopLine =
  /^\s*(?:\*\s+)?(directly connected|[\d.]{7,15})(?: \(\S+\))?(?:, from [\d.]+)?(?:, [\w:.]+ ago)?(?:,? via ([A-Z][\w./:-]*))?(?:, [a-z-]+)*$/
/** `FE80::1, Vlan202`, `172.16.254.5%default, Vlan901%default`, `directly connected via LISP0`. */
const hop6Line = /^\s*(directly connected|[\dA-Fa-f:.]{3,45}(?:%\S+)?)(?:(?:, | via )([A-Z][\w./:-]*)(?:%\S+)?)?$/

const protocols: Readonly<Record<string, RouteProtocol>> = {
  connected: 'connected',
  local: 'local',
  static: 'static',
  rip: 'rip',
  ospf: 'ospf',
  ospfv: 'ospf',
  isis: 'isis',
  bgp: 'bgp',
  eigrp: 'eigrp',
}

function readHop(line: string, pattern: RegExp): NextHop | null {
  const match = pattern.exec(line)
  if (match?.[1] === undefined) return null
  const address = match[1] === 'directly connected' ? null : (match[1].split('%')[0] ?? '')
  if (address !== null && !isAddress(address)) return null
  return { address: address === null ? null : canonicalAddress(address), port: match[2] ?? null, through: [] }
}

/** The blocks of `show ip route P M`: what IOS knows of the prefix, and its next hops. Null where it is not fully understood. */
function readEntry(lines: readonly string[]): RouteEntry | null {
  const known = lines.flatMap((line) => knownVia.exec(line) ?? [])
  const from = lines.findIndex((line) => /^\s*Routing (?:Descriptor Blocks|paths):$/.test(line))
  if (known.length !== 4 || from === -1) return null
  const pattern = /Routing paths/.test(lines[from] ?? '') ? hop6Line : hopLine
  const blocks = lines
    .slice(from + 1)
    .filter((line) => /^\s*(?:\*\s+)?(?:directly connected|[\d.]{7,15}\b|[\dA-Fa-f]*:[\dA-Fa-f:.]+[,%\s])/.test(line))
  const hops = blocks.map((line) => readHop(line, pattern))
  const readable = hops.filter((hop) => hop !== null)
  if (readable.length === 0 || readable.length < hops.length) return null
  const isNull = readable.every(({ port }) => port !== null && /^Null\d+$/i.test(port))
  return {
    protocol: protocols[known[1] ?? ''] ?? 'other',
    selected: true,
    installed: null,
    type: isNull ? 'blackhole' : 'forward',
    metric: Number(known[3]),
    ad: Number(known[2]),
    nextHops: isNull ? [] : readable,
  }
}

interface Entry {
  readonly prefix: string
  /** Null for the heading of a network that is subnetted: no route itself. */
  readonly entry: RouteEntry | null
}

/** @returns null where the table has nothing for it */
function readTable(answer: Observation): Entry | null | Unreadable {
  const lines = linesOf(answer)
  const heads = lines.flatMap((line) => entryLine.exec(line) ?? [])
  if (heads.length === 0) return absentLine.test(answer.text) || notRouting.test(answer.text) ? null : unknownAnswer(answer)
  const head = parsePrefix(`${heads[1]}${heads[2]}`)
  if (heads.length !== 4 || head === undefined) return unknownAnswer(answer)
  const prefix = showPrefix(head)
  if (heads[3] !== undefined) return isHeading(lines, prefix) ? { prefix, entry: null } : unknownAnswer(answer)
  const entry = readEntry(lines)
  return entry === null ? unknownAnswer(answer) : { prefix, entry }
}

/** The subnets are listed, and the network itself is not among them. Fixture: cisco_ios/route/only-subnets.txt. */
function isHeading(lines: readonly string[], prefix: string): boolean {
  const subnets = lines.flatMap((line) => /^[A-Z][\w* ]*\s+([\d.]+\/\d+)\s/.exec(line)?.[1] ?? [])
  return subnets.length > 0 && !subnets.includes(prefix)
}

function command({ prefix, vrf }: Pick<RouteParams, 'prefix' | 'vrf'>): string {
  const wanted = parsePrefix(prefix)
  const isIpv6 = prefix.includes(':')
  const name = wanted === undefined || isIpv6 ? prefix : `${wanted.address} ${lengthToMask(wanted.length)}`
  return `show ${isIpv6 ? 'ipv6' : 'ip'} route ${vrf === undefined ? '' : `vrf ${vrf} `}${name}`
}

/** Asks for exactly one prefix; `entry` is null where the table has none. */
async function findRoute(context: ReadContext, params: Pick<RouteParams, 'prefix' | 'vrf'>): Promise<IosRoute | 'no-vrf' | Unreadable> {
  const answer = await askIos(context, command(params))
  if (isUnreadable(answer)) return answer
  if (noVrfLine.test(answer.text)) return 'no-vrf'
  const found = readTable(answer)
  if (found === null) return { entry: null, answer }
  if (isUnreadable(found)) return found
  const [own, wanted] = [parsePrefix(found.prefix), parsePrefix(params.prefix)]
  const isExact = own !== undefined && wanted !== undefined && samePrefix(own, wanted)
  return { entry: isExact ? found.entry : null, answer }
}

interface IosRoute {
  readonly entry: RouteEntry | null
  readonly answer: Observation
}

/** The route of the global table to exactly this prefix, and the answer that shows it. */
export async function findIosRoute(context: ReadContext, prefix: string): Promise<IosRoute | Unreadable> {
  const found = await findRoute(context, { prefix })
  return found === 'no-vrf' ? unreadable('ANSWER_UNREADABLE', 'infrastructure', { command: command({ prefix }) }) : found
}

/** Always with the mask: `show ip route A` alone answers with the route that covers A. */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      unsupported: ({ table }) => (table === 'rib' ? null : 'table'),
      find: async (context, params) => {
        const found = await findRoute(context, params)
        if (found === 'no-vrf' || isUnreadable(found)) return found
        return found.entry === null ? [] : [found.entry]
      },
      instead: async (context, params) => {
        if (params.prefix.includes(':')) return null
        const vrf = params.vrf === undefined ? '' : `vrf ${params.vrf} `
        const answer = await askIos(context, `show ip route ${vrf}${addressOf(params)}`)
        const found = isUnreadable(answer) ? answer : readTable(answer)
        return found === null || isUnreadable(found) || found.entry === null ? null : found.prefix
      },
    }),
    'transcript',
  ),
]
