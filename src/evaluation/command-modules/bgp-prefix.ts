import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { isAddress, sameAddress } from '../addresses.ts'
import { asPathSchema } from '../as-number.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { prefixSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import type { NamedPeer } from './bgp-peer.ts'

export const bgpOrigins = ['igp', 'egp', 'incomplete'] as const
export type BgpOrigin = (typeof bgpOrigins)[number]

/** One way to a prefix, as a neighbour announced it. What a platform does not show is null. */
export interface BgpPath {
  /** The neighbour's address; null for a path that the device itself put in. */
  readonly from: string | null
  readonly isBest: boolean
  readonly nextHops: readonly string[]
  /** AS numbers, the nearest first; the sets of aggregates stand as they are shown. */
  readonly asPath: readonly (number | string)[]
  readonly localPref: number | null
  readonly med: number | null
  readonly origin: BgpOrigin | null
  /** `65001:100`, `65001:1:2`, and the well-known ones by their names (`no-export`). */
  readonly communities: readonly string[]
}

export interface BgpPrefixFacts {
  readonly isRunning: boolean
  /** All paths to exactly this prefix. */
  readonly paths: readonly BgpPath[]
  readonly from: NamedPeer | null
  /** The asking device itself is named as the origin. */
  readonly isOwn: boolean
  readonly nextHop: NamedPeer | null
}

const wellKnown = ['no-export', 'no-advertise', 'local-as', 'internet', 'graceful-shutdown', 'blackhole', 'no-peer'] as const

const communitySchema = z
  .string()
  .refine((text) => /^\d{1,10}:\d{1,10}(?::\d{1,10})?$/.test(text) || wellKnown.some((one) => one === text), {
    error: 'exerciseProblems.community',
  })

const attributeSchema = z.int().min(0).max(4_294_967_295)

export const bgpPrefixParams = z
  .strictObject({
    prefix: prefixSchema,
    /** The neighbour it was learnt from; the asked device itself for what it announces on its own. */
    from: targetSchema.optional(),
    best: z.boolean().optional(),
    nextHop: targetSchema.optional(),
    /** The whole path, nearest AS first. */
    asPath: asPathSchema.optional(),
    /** One after the other somewhere in the path. */
    asPathContains: asPathSchema.optional(),
    localPref: attributeSchema.optional(),
    med: attributeSchema.optional(),
    origin: z.enum(bgpOrigins).optional(),
    /** All of these, others may be there. */
    communities: z.array(communitySchema).max(16).default([]),
    /** No path that is as described. */
    absent: z.boolean().default(false),
  })
  // not every platform shows its IPv6 addresses where names are resolved
  .refine(
    ({ prefix, from, nextHop }) =>
      !isIPv6(prefix.split('/')[0] ?? '') || [from, nextHop].every((one) => one === undefined || isAddress(one)),
    {
      error: 'exerciseProblems.addressForIpv6',
      path: ['from'],
    },
  )
export type BgpPrefixParams = z.infer<typeof bgpPrefixParams>

const isOf = (address: string, { addresses }: NamedPeer): boolean => addresses.some((one) => sameAddress(one, address))

const containsRun = (path: BgpPath['asPath'], run: readonly string[]): boolean =>
  path.some((_, start) => run.every((hop, index) => String(path[start + index]) === hop))

/** One thing that is asked of a path: how it is written, which paths have it, and what a path has there instead. */
interface Test {
  readonly code: string
  readonly wanted: string
  readonly holds: (path: BgpPath) => boolean
  readonly shown: (path: BgpPath) => string
  /** The platform shows nothing of it for this path. */
  readonly isUnknown?: (path: BgpPath) => boolean
}

const orUnknown = (value: number | string | null): string => (value === null ? '?' : String(value))
const showPath = ({ asPath }: BgpPath): string => (asPath.length === 0 ? '-' : asPath.join(' '))

function wayTests({ from, isOwn, nextHop }: BgpPrefixFacts, { best }: BgpPrefixParams): Test[] {
  const tests: Test[] = []
  if (from !== null) {
    const holds = (path: BgpPath) => (path.from === null ? isOwn : isOf(path.from, from))
    tests.push({ code: 'BGP_PREFIX_FROM', wanted: `from=${from.name}`, holds, shown: (path) => path.from ?? '-' })
  }
  if (nextHop !== null) {
    const holds = ({ nextHops }: BgpPath) => nextHops.some((one) => isOf(one, nextHop))
    tests.push({ code: 'BGP_PREFIX_NEXT_HOP', wanted: `next_hop=${nextHop.name}`, holds, shown: ({ nextHops }) => nextHops.join('|') })
  }
  if (best !== undefined) {
    const shown = ({ isBest }: BgpPath) => String(isBest)
    tests.push({
      code: best ? 'BGP_PREFIX_NOT_BEST' : 'BGP_PREFIX_BEST',
      wanted: `best=${best}`,
      holds: (path) => path.isBest === best,
      shown,
    })
  }
  return tests
}

function pathTests({ asPath, asPathContains }: BgpPrefixParams): Test[] {
  const tests: Test[] = []
  if (asPath !== undefined) {
    tests.push({
      code: 'BGP_PREFIX_AS_PATH',
      wanted: `as_path=${asPath}`,
      holds: (path) => path.asPath.join(' ') === asPath,
      shown: showPath,
    })
  }
  if (asPathContains !== undefined) {
    const holds = (path: BgpPath) => containsRun(path.asPath, asPathContains.split(' '))
    tests.push({ code: 'BGP_PREFIX_AS_PATH', wanted: `as_path_contains=${asPathContains}`, holds, shown: showPath })
  }
  return tests
}

function attributeTests({ localPref, med, origin, communities }: BgpPrefixParams): Test[] {
  const tests: Test[] = []
  if (localPref !== undefined) {
    const shown = (path: BgpPath) => orUnknown(path.localPref)
    const isUnknown = (path: BgpPath) => path.localPref === null
    const holds = (path: BgpPath) => path.localPref === localPref
    tests.push({ code: 'BGP_PREFIX_LOCAL_PREF', wanted: `local_pref=${localPref}`, holds, shown, isUnknown })
  }
  if (med !== undefined) {
    // RFC 4271, 9.1.2.2: a path without MED is treated as one of the lowest, 0
    const shown = (path: BgpPath) => String(path.med ?? 0)
    tests.push({ code: 'BGP_PREFIX_MED', wanted: `med=${med}`, holds: (path) => (path.med ?? 0) === med, shown })
  }
  if (origin !== undefined) {
    const shown = (path: BgpPath) => orUnknown(path.origin)
    const isUnknown = (path: BgpPath) => path.origin === null
    tests.push({ code: 'BGP_PREFIX_ORIGIN', wanted: `origin=${origin}`, holds: (path) => path.origin === origin, shown, isUnknown })
  }
  if (communities.length > 0) {
    const holds = (path: BgpPath) => communities.every((one) => path.communities.includes(one))
    const shown = (path: BgpPath) => (path.communities.length === 0 ? '-' : path.communities.join(' '))
    tests.push({ code: 'BGP_PREFIX_COMMUNITIES', wanted: `communities=${communities.join(' ')}`, holds, shown })
  }
  return tests
}

const testsOf = (facts: BgpPrefixFacts, params: BgpPrefixParams): Test[] => [
  ...wayTests(facts, params),
  ...pathTests(params),
  ...attributeTests(params),
]

/** The named device that has no address: nothing can be said of paths from it, or over it. */
const addressless = ({ from, nextHop, isOwn }: BgpPrefixFacts): string | undefined =>
  [isOwn ? null : from, nextHop].find((named) => named !== null && named.addresses.length === 0)?.name

/** Tests one after the other, and keeps the paths that hold: the first that none holds is the finding, with what is there instead. */
function judgePresent(facts: BgpPrefixFacts, params: BgpPrefixParams): Judgement {
  const { prefix } = params
  if (!facts.isRunning) return fail('BGP_NOT_RUNNING', 'absent', {})
  if (facts.paths.length === 0) return fail('BGP_PREFIX_MISSING', 'absent', { prefix })
  const nameless = addressless(facts)
  if (nameless !== undefined) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: nameless })
  const tests = testsOf(facts, params)
  let left = facts.paths
  for (const [index, test] of tests.entries()) {
    const next = left.filter(test.holds)
    if (next.length === 0) return explainNone(test, left, [prefix, ...tests.slice(0, index).map(({ wanted }) => wanted)])
    left = next
  }
  return pass('BGP_PREFIX_PRESENT', { prefix, count: left.length, tested: [prefix, ...tests.map(({ wanted }) => wanted)] })
}

function explainNone({ code, wanted, shown, isUnknown }: Test, left: readonly BgpPath[], tested: readonly string[]): Judgement {
  const data: ReasonData = { wanted, instead: [...new Set(left.map(shown))], tested: [...tested] }
  if (isUnknown !== undefined && left.some(isUnknown)) return inconclusive('BGP_PREFIX_UNSHOWN', 'infrastructure', data)
  return fail(code, code === 'BGP_PREFIX_FROM' ? 'absent' : 'wrong-value', data)
}

/** Holds over the whole window: a path that was there in one round is a fail. */
function judgeAbsent(rounds: readonly Round<BgpPrefixFacts>[], params: BgpPrefixParams): Judgement {
  const { prefix } = params
  for (const { facts } of rounds) {
    const tests = testsOf(facts, params)
    const [path] = facts.paths.filter((one) => tests.every(({ holds }) => holds(one)))
    if (path === undefined) continue
    const data: ReasonData = {
      prefix,
      peer: path.from ?? '-',
      path: showPath(path),
      tested: [prefix, ...tests.map(({ wanted }) => wanted)],
    }
    return fail('BGP_PREFIX_FORBIDDEN', 'forbidden-state', data)
  }
  const last = lastRound(rounds)
  const unknown = testsOf(last, params).find(({ isUnknown }) => isUnknown !== undefined && last.paths.some(isUnknown))
  if (unknown !== undefined)
    return inconclusive('BGP_PREFIX_UNSHOWN', 'infrastructure', { wanted: unknown.wanted, instead: ['?'], tested: [prefix] })
  const nameless = addressless(last)
  if (nameless !== undefined && last.paths.length > 0) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: nameless })
  return pass('BGP_PREFIX_AWAY', { prefix, tested: [prefix, ...testsOf(last, params).map(({ wanted }) => wanted)] })
}

/** What the parameters ask for, as they are written in the file: names, not resolved. */
const wantedOf = (params: BgpPrefixParams): string[] => {
  const name = (target: string | undefined): NamedPeer | null => (target === undefined ? null : { name: target, addresses: [] })
  const facts = { isRunning: true, paths: [], from: name(params.from), isOwn: false, nextHop: name(params.nextHop) }
  return [params.prefix, ...testsOf(facts, params).map(({ wanted }) => wanted)]
}

/** A prefix in the BGP table: whether it came, from whom, and with which attributes. */
export const bgpPrefix = defineCommandModule<BgpPrefixFacts>()({
  name: 'bgp_prefix',
  layer: 'protocol',
  params: bgpPrefixParams,
  defaultWithinSeconds: 90,
  isNegative: ({ absent }) => absent,
  devicesIn: ({ from, nextHop }) => devicesOfTargets(from, nextHop),
  expected: (params) => ({
    code: params.absent ? 'BGP_PREFIX_AWAY' : 'BGP_PREFIX_PRESENT',
    data: { prefix: params.prefix, tested: wantedOf(params) },
  }),
  judge: (rounds, params) => (params.absent ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
