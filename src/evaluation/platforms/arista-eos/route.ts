import { z } from 'zod'
import { type RouteEntry, type RouteParams, type RouteProtocol, route } from '../../command-modules/route.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { addressOf, longestWith, routeReader } from '../readings/route-reading.ts'
import { askEos } from './answer.ts'

const viaSchema = z.looseObject({ nexthopAddr: z.string().optional(), interface: z.string().optional() })
const routeSchema = z.looseObject({
  routeType: z.string(),
  routeAction: z.string(),
  preference: z.number().optional(),
  metric: z.number().optional(),
  vias: z.array(viaSchema).default([]),
})
type EosRoute = z.infer<typeof routeSchema>
const answerSchema = z.looseObject({ vrfs: z.record(z.string(), z.looseObject({ routes: z.record(z.string(), routeSchema) })) })

/** Words of `routeType`: fixtures arista_eos/route. OSPF's differ by type, BGP's by peer. */
const protocols: Readonly<Record<string, RouteProtocol>> = {
  connected: 'connected',
  static: 'static',
  eBGP: 'bgp',
  iBGP: 'bgp',
  bgpAggregate: 'bgp',
  kernel: 'kernel',
  rip: 'rip',
  isisLevel1: 'isis',
  isisLevel2: 'isis',
}

export const protocolOf = (routeType: string): RouteProtocol | undefined => (/^ospf/i.test(routeType) ? 'ospf' : protocols[routeType])

const isNull = ({ interface: port }: z.infer<typeof viaSchema>): boolean => /^Null\d*$/i.test(port ?? '')

/** Null where it is not fully understood: a protocol that is asked for must be known for certain. */
function asEntry(shown: EosRoute, { protocol: wanted }: RouteParams): RouteEntry | null {
  const protocol = protocolOf(shown.routeType)
  if (protocol === undefined && wanted !== undefined) return null
  const isDropped = shown.routeAction === 'drop' || (shown.vias.length > 0 && shown.vias.every(isNull))
  if (!isDropped && shown.routeAction !== 'forward') return null
  const isConnected = shown.routeType === 'connected'
  return {
    protocol: protocol ?? 'other',
    selected: true,
    installed: null,
    type: isDropped ? 'blackhole' : 'forward',
    // left out for connected networks
    metric: shown.metric ?? (isConnected ? 0 : null),
    ad: shown.preference ?? (isConnected ? 0 : null),
    nextHops: isDropped
      ? []
      : shown.vias.map(({ nexthopAddr, interface: port }) => ({ address: nexthopAddr ?? null, port: port ?? null, through: [] })),
  }
}

interface EosRoutes {
  readonly answer: Observation
  /** By prefix, as EOS writes it. */
  readonly routes: Readonly<Record<string, EosRoute>>
}

/** `show ip route P | json`. EOS answers with this prefix, or with none. */
async function askRoutes(context: ReadContext, what: string, vrf?: string): Promise<EosRoutes | 'no-vrf' | Unreadable> {
  const family = what.includes(':') ? 'ipv6' : 'ip'
  const answer = await askEos(context, `show ${family} route ${vrf === undefined ? '' : `vrf ${vrf} `}${what} | json`)
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, answerSchema)
  if (isUnreadable(shown)) return shown
  const table = shown.vrfs[vrf ?? 'default']
  return table === undefined ? 'no-vrf' : { answer, routes: table.routes }
}

/** The route to exactly this prefix. */
function exactRoute({ routes }: EosRoutes, prefix: string): EosRoute | undefined {
  const wanted = parsePrefix(prefix)
  return Object.entries(routes).find(([key]) => {
    const own = parsePrefix(key)
    return own !== undefined && wanted !== undefined && samePrefix(own, wanted)
  })?.[1]
}

const find = async (context: ReadContext, params: RouteParams) => {
  const shown = await askRoutes(context, params.prefix, params.vrf)
  if (shown === 'no-vrf' || isUnreadable(shown)) return shown
  const exact = exactRoute(shown, params.prefix)
  if (exact === undefined) return []
  const entry = asEntry(exact, params)
  return entry === null ? unknownAnswer(shown.answer) : [entry]
}

/** The route of the default VRF to exactly this prefix, in EOS's own words; `shown` is undefined where there is none. */
export async function findEosRoute(
  context: ReadContext,
  prefix: string,
): Promise<{ readonly answer: Observation; readonly shown: EosRoute | undefined } | Unreadable> {
  const table = await askRoutes(context, prefix)
  if (table === 'no-vrf') return unreadable('ANSWER_UNREADABLE', 'infrastructure', { command: `show ip route ${prefix} | json` })
  return isUnreadable(table) ? table : { answer: table.answer, shown: exactRoute(table, prefix) }
}

/** EOS's routing table, as its API gives it. */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      unsupported: ({ table }) => (table === 'rib' ? null : 'table'),
      find,
      instead: async (context, params) => {
        const shown = await askRoutes(context, addressOf(params), params.vrf)
        if (shown === 'no-vrf' || isUnreadable(shown)) return null
        return longestWith(
          addressOf(params),
          Object.keys(shown.routes).flatMap((key) => parsePrefix(key) ?? []),
        )
      },
    }),
    'transcript',
  ),
]
