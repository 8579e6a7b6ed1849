import { z } from 'zod'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { compareVia, devicesOfVia, type NamedHop, type NextHop, showHops, viaModes, viaSchema } from '../next-hops.ts'
import { parsePrefix, prefixSchema, samePrefix } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** Who put a route into the table; the same words on every platform. */
export const routeProtocols = ['connected', 'local', 'static', 'kernel', 'dhcp', 'rip', 'ospf', 'isis', 'bgp', 'eigrp', 'other'] as const
export type RouteProtocol = (typeof routeProtocols)[number]

/** `forward` has a next hop; the others throw packets away, silently or with an ICMP message. */
export const routeTypes = ['forward', 'blackhole', 'unreachable', 'prohibit'] as const

export interface RouteEntry {
  readonly protocol: RouteProtocol
  /** The best of all that the table has for this prefix: the one that is used. */
  readonly selected: boolean
  /** It is in the forwarding table; null where the platform does not show it. */
  readonly installed: boolean | null
  readonly type: (typeof routeTypes)[number]
  /** Null where the platform has none. */
  readonly metric: number | null
  /** Administrative distance or preference; null where the platform has none. */
  readonly ad: number | null
  readonly nextHops: readonly NextHop[]
}

export interface RouteFacts {
  /** All that the table has for exactly this prefix. */
  readonly entries: readonly RouteEntry[]
  /** What is used for the network's first address instead; read only when a wanted route is not there. */
  readonly instead: string | null
  /** The device has no such VRF. */
  readonly isVrfMissing: boolean
  readonly via: readonly NamedHop[]
}

export const routeParams = z
  .strictObject({
    prefix: prefixSchema,
    state: z.enum(['present', 'absent']).default('present'),
    protocol: z.enum(routeProtocols).exclude(['other']).optional(),
    /** Next hops; with `state: absent` the route must lead over none of them. */
    via: z.array(viaSchema).max(16).default([]),
    viaMode: z.enum(viaModes).default('all'),
    /** A route that throws packets away is no way to the network, unless it is asked for. */
    type: z.enum([...routeTypes, 'discard']).optional(),
    metric: z.int().min(0).max(4_294_967_295).optional(),
    /** Administrative distance (Cisco, Arista, FRR), preference (Juniper). */
    ad: z.int().min(0).max(4_294_967_295).optional(),
    /** `fib`: also where packets are forwarded by. */
    table: z.enum(['rib', 'fib']).default('rib'),
    vrf: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,31}$/, { error: 'exerciseProblems.oneWord' })
      .optional(),
  })
  .refine(({ via, type }) => via.length === 0 || type === undefined || type === 'forward', {
    error: 'exerciseProblems.discardHasNoNextHop',
    path: ['via'],
  })
export type RouteParams = z.infer<typeof routeParams>

/** What of a route is not as wanted, most telling first. */
function differences(entry: RouteEntry, { via }: RouteFacts, params: RouteParams): Judgement | null {
  const { prefix, protocol, metric, ad, table } = params
  const found = showHops(entry.nextHops)
  const data: ReasonData = { prefix, found, foundProtocol: entry.protocol }
  if (protocol !== undefined && entry.protocol !== protocol) return fail('ROUTE_PROTOCOL', 'wrong-value', { ...data, protocol })
  const type = differentType(entry, params, data)
  if (type !== null) return type
  const hops = via.length === 0 ? null : compareVia(via, entry.nextHops, params.viaMode)
  if (hops !== null) return wrongHops(hops, data)
  if (metric !== undefined && entry.metric !== metric)
    return fail('ROUTE_METRIC', 'wrong-value', { ...data, metric, foundMetric: entry.metric })
  if (ad !== undefined && entry.ad !== ad) return fail('ROUTE_AD', 'wrong-value', { ...data, ad, foundAd: entry.ad })
  if (table === 'fib' && entry.installed !== true) return fail('ROUTE_NOT_INSTALLED', 'forbidden-state', data)
  return null
}

function differentType(entry: RouteEntry, { type = 'forward' }: RouteParams, data: ReasonData): Judgement | null {
  if (type === entry.type || (type === 'discard' && entry.type !== 'forward')) return null
  if (type === 'forward') return fail('ROUTE_DISCARDS', 'wrong-value', { ...data, foundType: entry.type })
  return fail('ROUTE_TYPE', 'wrong-value', { ...data, type, foundType: entry.type })
}

function wrongHops({ missing, extra }: { missing: readonly string[]; extra: readonly string[] }, data: ReasonData): Judgement {
  if (missing.length === 0) return fail('ROUTE_VIA_EXTRA', 'wrong-value', { ...data, extra: [...extra] })
  return fail('ROUTE_VIA', 'wrong-value', { ...data, missing: [...missing], extra: [...extra] })
}

function judgePresent(facts: RouteFacts, params: RouteParams): Judgement {
  const { prefix, vrf = '', protocol } = params
  if (facts.isVrfMissing) return fail('ROUTE_VRF_MISSING', 'absent', { prefix, vrf })
  const used = facts.entries.filter(({ selected }) => selected)
  const judged = used.map((entry) => differences(entry, facts, params))
  const right = used[judged.indexOf(null)]
  if (right !== undefined) {
    return pass('ROUTE_PRESENT', { prefix, found: showHops(right.nextHops), foundProtocol: right.protocol })
  }
  const beaten = facts.entries.find((entry) => !entry.selected && entry.protocol === protocol)
  const [best] = used
  if (beaten !== undefined && best !== undefined && best.protocol !== beaten.protocol) {
    return fail('ROUTE_OUTRANKED', 'wrong-value', { prefix, protocol: beaten.protocol, foundProtocol: best.protocol })
  }
  return judged.find((one) => one !== null) ?? explainAbsence(facts, params)
}

function explainAbsence({ entries, instead }: RouteFacts, { prefix }: RouteParams): Judgement {
  const [unused] = entries
  if (unused !== undefined) return fail('ROUTE_UNUSED', 'absent', { prefix, found: showHops(unused.nextHops) })
  if (instead === null) return fail('ROUTE_ABSENT', 'absent', { prefix })
  const wanted = parsePrefix(prefix)
  const other = parsePrefix(instead)
  const isSameNetwork = wanted !== undefined && other !== undefined && !samePrefix(wanted, other) && wanted.address === other.address
  // `0.0.0.0/0` is no wrong mask of `0.0.0.0/8`
  if (isSameNetwork && other.length > 0) return fail('ROUTE_LENGTH', 'wrong-value', { prefix, instead })
  return fail('ROUTE_COVERED', 'absent', { prefix, instead })
}

/** True where an entry is what must not be there; next hops count as soon as one is named. */
function isForbidden(entry: RouteEntry, facts: RouteFacts, params: RouteParams): boolean {
  const { protocol, type, metric, ad, table, via } = params
  return (
    entry.selected &&
    (protocol === undefined || entry.protocol === protocol) &&
    (type === undefined || entry.type === type || (type === 'discard' && entry.type !== 'forward')) &&
    (via.length === 0 || compareVia(facts.via, entry.nextHops, 'any') === null) &&
    (metric === undefined || entry.metric === metric) &&
    (ad === undefined || entry.ad === ad) &&
    (table === 'rib' || entry.installed === true)
  )
}

/** Holds over the whole window: a route that was there once is a fail. */
function judgeAbsent(rounds: readonly Round<RouteFacts>[], params: RouteParams): Judgement {
  const { prefix, vrf = '' } = params
  for (const { facts } of rounds) {
    const entry = facts.entries.find((one) => isForbidden(one, facts, params))
    if (entry !== undefined)
      return fail('ROUTE_FORBIDDEN', 'forbidden-state', { prefix, found: showHops(entry.nextHops), foundProtocol: entry.protocol })
  }
  if (rounds.some(({ facts }) => facts.isVrfMissing)) return inconclusive('ROUTE_VRF_MISSING', 'lab', { prefix, vrf })
  // an address that is not set yet is no next hop, and whether the route leads there cannot be said
  const nameless = lastRound(rounds).via.find(({ addresses, port }) => addresses.length === 0 && port === null)
  if (nameless !== undefined && lastRound(rounds).entries.length > 0)
    return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: nameless.name })
  return pass('ROUTE_AWAY', { prefix })
}

/** A route to exactly one prefix, never the one that covers it. */
export const route = defineCommandModule<RouteFacts>()({
  name: 'route',
  layer: 'route',
  params: routeParams,
  defaultWithinSeconds: 60,
  isNegative: ({ state }) => state === 'absent',
  devicesIn: ({ via }) => devicesOfVia(via),
  expected: ({ prefix, state, via, protocol }) => {
    if (state === 'absent') return { code: 'ROUTE_AWAY', data: { prefix } }
    if (via.length > 0) return { code: 'ROUTE_VIA', data: { prefix, via } }
    return protocol === undefined ? { code: 'ROUTE_PRESENT', data: { prefix } } : { code: 'ROUTE_PROTOCOL', data: { prefix, protocol } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
