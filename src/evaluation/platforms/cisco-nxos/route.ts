import { isAddress } from '../../addresses.ts'
import type { OspfRouteEntry } from '../../command-modules/ospf-route.ts'
import { type RouteEntry, type RouteParams, type RouteProtocol, route } from '../../command-modules/route.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type Prefix, parsePrefix, samePrefix } from '../../values.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { addressOf, longestWith, routeReader } from '../readings/route-reading.ts'
import { askNxos } from './answer.ts'

/** `10.0.0.0/8, ubest/mbest: 2/0, attached`. Fixtures: cisco_nxos/route. */
const headLine = /^([\da-fA-F.:]+\/\d+), ubest\/mbest: \d+\/\d+/
/** `    *via 10.10.30.2%management, Eth2/2, [110/3], 5d18h, ospf-10, intra, tag 100`: star = best. */
const viaLine = /^\s+(\*{0,2})via ([^,\s]+)(?:, ([A-Za-z][\w./:-]*))?, \[(\d+)\/(\d+)\], [^,]+, ([a-z]+)[^,]*(?:, ([^,]+))?/

const protocols: Readonly<Record<string, RouteProtocol>> = {
  direct: 'connected',
  local: 'local',
  static: 'static',
  rip: 'rip',
  ospf: 'ospf',
  isis: 'isis',
  bgp: 'bgp',
  eigrp: 'eigrp',
}

interface Path {
  readonly entry: RouteEntry
  /** What follows the protocol: `intra`, `type-2` … */
  readonly detail: string
}

export interface NxosRoute {
  readonly prefix: Prefix
  readonly paths: readonly Path[]
}

function readPath(line: string): Path | null {
  const [, stars = '', next = '', port, ad, metric, word = '', detail = ''] = viaLine.exec(line) ?? []
  if (ad === undefined) return null
  const address = next.split('%')[0] ?? ''
  const isNull = /^Null\d+$/i.test(address) || /^Null\d+$/i.test(port ?? '')
  if (!isNull && !isAddress(address)) return null
  const protocol = protocols[word] ?? 'other'
  // the own address stands for a network that is directly connected
  const own = protocol === 'connected' || protocol === 'local'
  const hop = { address: own ? null : address, port: port ?? null, through: [] }
  return {
    entry: {
      ...{ protocol, selected: stars === '*', installed: null, type: isNull ? 'blackhole' : 'forward' },
      ...{ metric: Number(metric), ad: Number(ad), nextHops: isNull ? [] : [hop] },
    },
    detail,
  }
}

/** Paths of one protocol and of one rank are one route over several next hops. */
function mergePaths(paths: readonly Path[]): RouteEntry[] {
  const merged: RouteEntry[] = []
  for (const { entry } of paths) {
    const at = merged.findIndex(({ protocol, selected, ad, metric }) =>
      [protocol === entry.protocol, selected === entry.selected, ad === entry.ad, metric === entry.metric].every(Boolean),
    )
    const same = merged[at]
    if (same === undefined) merged.push(entry)
    else merged[at] = { ...same, nextHops: [...same.nextHops, ...entry.nextHops] }
  }
  return merged
}

/** @returns `no-vrf` where the answer has no table at all */
export function readTable(answer: Observation): readonly NxosRoute[] | 'no-vrf' | Unreadable {
  const lines = linesOf(answer)
  if (/VRF \S+ not found|Unknown vrf|Invalid VRF|VRF unknown/i.test(answer.text)) return 'no-vrf'
  if (/^Route not found$/m.test(answer.text)) return []
  // once and no more: a second table in one answer was put there by somebody
  if (lines.filter((line) => /^IP(?:v6)? Rout(?:e|ing) Table for VRF "/.test(line)).length !== 1) return unknownAnswer(answer)
  const found: (Omit<NxosRoute, 'paths'> & { readonly paths: Path[] })[] = []
  for (const line of lines) {
    const prefix = parsePrefix(headLine.exec(line)?.[1] ?? '')
    const path = readPath(line)
    if (prefix !== undefined) found.push({ prefix, paths: [] })
    else if (path !== null) found.at(-1)?.paths.push(path)
    else if (/^\s+\*{0,2}via |ubest/.test(line)) return unknownAnswer(answer)
  }
  return found.every(({ paths }) => paths.length > 0) ? found : unknownAnswer(answer)
}

async function askTable(context: ReadContext, { vrf }: Pick<RouteParams, 'vrf'>, what: string) {
  const answer = await askNxos(context, `show ${what.includes(':') ? 'ipv6' : 'ip'} route ${what}${vrf === undefined ? '' : ` vrf ${vrf}`}`)
  return isUnreadable(answer) ? answer : readTable(answer)
}

/** The route to exactly this prefix: NX-OS answers a prefix that it has not with the one that covers it. */
export async function askExact(context: ReadContext, params: Pick<RouteParams, 'vrf' | 'prefix'>) {
  const table = await askTable(context, params, params.prefix)
  if (table === 'no-vrf' || 'unreadable' in table) return table
  const wanted = parsePrefix(params.prefix)
  return table.find(({ prefix }) => wanted !== undefined && samePrefix(prefix, wanted)) ?? null
}

/** `intra`, `inter`, `type-1`, `nssa type-2` behind the protocol. */
export const ospfTypes: Readonly<Record<string, OspfRouteEntry['type']>> = {
  intra: 'intra',
  inter: 'inter',
  'type-1': 'e1',
  'type-2': 'e2',
  'nssa type-1': 'n1',
  'nssa type-2': 'n2',
}

/** The unicast table. */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      unsupported: ({ table }) => (table === 'rib' ? null : 'table'),
      find: async (context, params) => {
        const found = await askExact(context, params)
        if (found === 'no-vrf' || (found !== null && 'unreadable' in found)) return found
        return found === null ? [] : mergePaths(found.paths)
      },
      instead: async (context, params) => {
        const table = await askTable(context, params, addressOf(params))
        if (table === 'no-vrf' || 'unreadable' in table) return null
        return longestWith(
          addressOf(params),
          table.map(({ prefix }) => prefix),
        )
      },
    }),
    'transcript',
  ),
]
