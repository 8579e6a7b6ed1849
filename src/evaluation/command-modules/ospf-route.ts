import { z } from 'zod'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { compareVia, devicesOfVia, type NamedHop, type NextHop, showHops, viaModes, viaSchema } from '../next-hops.ts'
import { areaSchema } from '../ospf.ts'
import { prefixSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** Within the area, from another one, or from outside of OSPF: with the metric counted on the way (1) or not (2), from an NSSA (n). */
export const ospfRouteTypes = ['intra', 'inter', 'e1', 'e2', 'n1', 'n2'] as const

export interface OspfRouteEntry {
  /** Null where the platform does not tell. */
  readonly type: (typeof ospfRouteTypes)[number] | null
  /** The metric that it was announced with, for type 2; else the cost of the whole way. */
  readonly cost: number | null
  readonly area: string | null
  readonly nextHops: readonly NextHop[]
}

export interface OspfRouteFacts {
  /** OSPF's route to exactly this prefix. */
  readonly entry: OspfRouteEntry | null
  /** Who has the prefix instead, on platforms that show OSPF's routes only where they are used. */
  readonly usedProtocol: string | null
  readonly via: readonly NamedHop[]
}

export const ospfRouteParams = z.strictObject({
  prefix: prefixSchema,
  state: z.enum(['present', 'absent']).default('present'),
  type: z.enum(ospfRouteTypes).optional(),
  cost: z.int().min(0).max(16_777_215).optional(),
  area: areaSchema.optional(),
  via: z.array(viaSchema).max(16).default([]),
  viaMode: z.enum(viaModes).default('all'),
})
export type OspfRouteParams = z.infer<typeof ospfRouteParams>

function differences(entry: OspfRouteEntry, { via }: OspfRouteFacts, params: OspfRouteParams): Judgement | null {
  const { prefix, type, cost, area } = params
  const data: ReasonData = { prefix, found: showHops(entry.nextHops), foundType: entry.type, foundCost: entry.cost }
  if (type !== undefined && entry.type !== type) return fail('OSPF_ROUTE_TYPE', 'wrong-value', { ...data, type })
  if (area !== undefined && entry.area !== area) return fail('OSPF_ROUTE_AREA', 'wrong-value', { ...data, area, foundArea: entry.area })
  const hops = via.length === 0 ? null : compareVia(via, entry.nextHops, params.viaMode)
  if (hops !== null && hops.missing.length === 0) return fail('OSPF_ROUTE_VIA_EXTRA', 'wrong-value', { ...data, extra: [...hops.extra] })
  if (hops !== null) return fail('OSPF_ROUTE_VIA', 'wrong-value', { ...data, missing: [...hops.missing] })
  return cost === undefined || entry.cost === cost ? null : fail('OSPF_ROUTE_COST', 'wrong-value', { ...data, cost })
}

function judgePresent(facts: OspfRouteFacts, params: OspfRouteParams): Judgement {
  const { entry, usedProtocol } = facts
  const { prefix } = params
  if (entry === null && usedProtocol !== null) return fail('OSPF_ROUTE_OUTRANKED', 'wrong-value', { prefix, foundProtocol: usedProtocol })
  if (entry === null) return fail('OSPF_ROUTE_ABSENT', 'absent', { prefix })
  const data = { prefix, found: showHops(entry.nextHops), foundType: entry.type, foundCost: entry.cost }
  return differences(entry, facts, params) ?? pass('OSPF_ROUTE', data)
}

/** Holds over the whole window. A route that is there in another way than the one described is none of those that must not be. */
function judgeAbsent(rounds: readonly Round<OspfRouteFacts>[], params: OspfRouteParams): Judgement {
  const { prefix } = params
  for (const { facts } of rounds) {
    const { entry } = facts
    if (entry === null || differences(entry, facts, { ...params, viaMode: 'any' }) !== null) continue
    return fail('OSPF_ROUTE_FORBIDDEN', 'forbidden-state', { prefix, found: showHops(entry.nextHops), foundType: entry.type })
  }
  const { entry, via } = lastRound(rounds)
  const nameless = entry === null ? undefined : via.find(({ addresses, port }) => addresses.length === 0 && port === null)
  if (nameless !== undefined) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: nameless.name })
  return pass('OSPF_ROUTE_AWAY', { prefix })
}

/** What OSPF itself has learnt of exactly one prefix. */
export const ospfRoute = defineCommandModule<OspfRouteFacts>()({
  name: 'ospf_route',
  layer: 'protocol',
  params: ospfRouteParams,
  defaultWithinSeconds: 60,
  isNegative: ({ state }) => state === 'absent',
  devicesIn: ({ via }) => devicesOfVia(via),
  expected: ({ prefix, state, via, type }) => {
    if (state === 'absent') return { code: 'OSPF_ROUTE_AWAY', data: { prefix } }
    if (via.length > 0) return { code: 'OSPF_ROUTE_VIA', data: { prefix, via } }
    return type === undefined ? { code: 'OSPF_ROUTE', data: { prefix } } : { code: 'OSPF_ROUTE_TYPE', data: { prefix, type } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
