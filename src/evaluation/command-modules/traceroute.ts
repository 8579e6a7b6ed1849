import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import type { DoubtfulGateway, LocalFault } from './ping.ts'

export interface Hop {
  readonly ttl: number
  /** Who answered, in order; several when the load is shared, none when the hop is silent. */
  readonly addresses: readonly string[]
}

/** A way point of `via` or `notVia`, with the addresses that stand for it. */
export interface WayPoint {
  readonly name: string
  readonly addresses: readonly string[]
}

export interface TracerouteFacts {
  /** The address, or the target's name when it has none. */
  readonly to: string
  /** The target is a device or interface that has no address. */
  readonly isAddressless: boolean
  readonly own: boolean
  /** The asking device has no address of its own. */
  readonly isUnnumbered?: boolean
  /** What kept the device from sending at all, where it says so. */
  readonly fault?: Exclude<LocalFault, { kind: 'target-without-address' }>
  readonly hops: readonly Hop[]
  /** The target itself answered, not with an error. */
  readonly reached: boolean
  /** As of a ping. */
  readonly doubtfulGateway?: DoubtfulGateway
  readonly via: readonly WayPoint[]
  readonly notVia: readonly WayPoint[]
}

const wayPointSchema = z.union([z.literal('*'), targetSchema])

export const tracerouteParams = z
  .strictObject({
    to: targetSchema,
    /** In this order on the way, other hops may lie between; `*` stands for any one hop. */
    via: z.array(wayPointSchema).max(16).default([]),
    notVia: z.array(targetSchema).max(16).default([]),
    maxHops: z.int().min(1).max(30).default(10),
    reach: z.boolean().default(true),
  })
  .refine((params) => params.reach || params.via.length === 0, { error: 'exerciseProblems.onlyForReach', path: ['via'] })
export type TracerouteParams = z.infer<typeof tracerouteParams>

const stands = (point: WayPoint, hop: Hop): boolean =>
  point.name === '*' || point.addresses.some((address) => hop.addresses.some((seen) => sameAddress(address, seen)))

const isSilent = (hop: Hop): boolean => hop.addresses.length === 0

/** The first way point that does not appear in its turn, or undefined when all do. */
function firstMissing(hops: readonly Hop[], via: readonly WayPoint[]): WayPoint | undefined {
  let next = 0
  for (const point of via) {
    const found = hops.findIndex((hop, index) => index >= next && stands(point, hop))
    if (found === -1) return point
    next = found + 1
  }
  return undefined
}

const describe = (hops: readonly Hop[]): string[] => hops.map((hop) => (isSilent(hop) ? '*' : hop.addresses.join('|')))

function judgePath(facts: TracerouteFacts, data: ReasonData): Judgement {
  const silent = facts.hops.some(isSilent)
  const forbidden = facts.notVia.find((point) => facts.hops.some((hop) => stands(point, hop)))
  if (forbidden !== undefined) return fail('TRACE_FORBIDDEN_HOP', 'forbidden-state', { ...data, via: forbidden.name })
  const missing = firstMissing(facts.hops, facts.via)
  if (silent && (missing !== undefined || facts.notVia.length > 0)) return inconclusive('TRACE_SILENT_HOP', 'lab', data)
  if (missing !== undefined) return fail('TRACE_HOP_MISSING', 'wrong-value', { ...data, via: missing.name })
  return judgeGateway(facts) ?? pass('TRACE_REACHED', data)
}

function judgeGateway({ to, doubtfulGateway }: TracerouteFacts): Judgement | undefined {
  if (doubtfulGateway === undefined) return undefined
  const { address: gateway, met } = doubtfulGateway
  return met === 'silent'
    ? fail('TRACE_GATEWAY_GONE', 'unreachable', { to, gateway })
    : inconclusive('TRACE_GATEWAY_OLD', 'lab', { to, gateway })
}

function explainFault({ to, fault }: TracerouteFacts): Judgement | undefined {
  if (fault === undefined) return undefined
  if (fault.kind === 'no-route') return fail('TRACE_NO_ROUTE', 'absent', { to })
  if (fault.kind === 'no-gateway') return fail('TRACE_NO_GATEWAY', 'absent', { to })
  if (fault.kind === 'discarded') return fail('TRACE_DISCARDED', 'unreachable', { to })
  return fail('TRACE_NEIGHBOUR_SILENT', 'unreachable', { to, neighbour: fault.address })
}

function judgeReached(facts: TracerouteFacts): Judgement {
  const data: ReasonData = { to: facts.to, path: describe(facts.hops), hops: facts.hops.length }
  if (facts.isAddressless) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: facts.to })
  if (facts.own) return fail('TRACE_OWN_ADDRESS', 'wrong-value', { to: facts.to })
  if (facts.isUnnumbered) return fail('TRACE_NO_ADDRESS', 'absent', { to: facts.to })
  if (facts.reached) return judgePath(facts, data)
  const last = facts.hops.findLast((hop) => !isSilent(hop))
  if (last === undefined) return explainFault(facts) ?? fail('TRACE_SILENT', 'unreachable', data)
  return fail('TRACE_STOPPED', 'unreachable', { ...data, last: last.addresses.join(', ') })
}

function judgeUnreached(rounds: readonly Round<TracerouteFacts>[]): Judgement {
  const seen = rounds.find(({ facts }) => facts.reached && !facts.own)?.facts
  const last = lastRound(rounds)
  if (seen !== undefined)
    return fail('TRACE_ARRIVED', 'forbidden-state', { to: seen.to, path: describe(seen.hops), hops: seen.hops.length })
  if (rounds.some(({ facts }) => facts.own)) return inconclusive('TRACE_OWN_ADDRESS', 'lab', { to: last.to })
  if (rounds.some(({ facts }) => facts.isAddressless)) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: last.to })
  return pass('TRACE_NOT_ARRIVED', { to: last.to, path: describe(last.hops), hops: last.hops.length })
}

/** The way that packets take: whether they arrive, and through whom. */
export const traceroute = defineCommandModule<TracerouteFacts>()({
  name: 'traceroute',
  layer: 'service',
  params: tracerouteParams,
  defaultWithinSeconds: 20,
  isNegative: (params) => !params.reach,
  roundSeconds: ({ maxHops }) => maxHops * 3 + 5,
  devicesIn: (params) => devicesOfTargets(params.to, ...params.via.filter((point) => point !== '*'), ...params.notVia),
  expected: ({ to, reach, via, notVia }) => {
    if (!reach) return { code: 'TRACE_UNREACHED', data: { to } }
    if (via.length > 0) return { code: 'TRACE_VIA', data: { to, via } }
    if (notVia.length > 0) return { code: 'TRACE_NOT_VIA', data: { to, via: notVia } }
    return { code: 'TRACE_REACHED', data: { to } }
  },
  judge: (rounds, params) => (params.reach ? judgeReached(lastRound(rounds)) : judgeUnreached(rounds)),
})
