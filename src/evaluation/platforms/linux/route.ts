import { z } from 'zod'
import { type RouteEntry, type RouteParams, type RouteProtocol, route } from '../../command-modules/route.ts'
import type { NextHop } from '../../next-hops.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type Prefix, parsePrefix, samePrefix } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'
import { addressOf, longestWith, parseDestination, routeReader } from '../readings/route-reading.ts'
import { refused } from './answer.ts'
import { isNotFound, isUsage } from './ping-text.ts'

const hopSchema = z.looseObject({
  gateway: z.string().optional(),
  via: z.looseObject({ host: z.string() }).optional(),
  dev: z.string().optional(),
  flags: z.array(z.string()).default([]),
})

/** One line of `ip -j route`. */
const routeSchema = hopSchema.extend({
  dst: z.string(),
  type: z.string().default('unicast'),
  protocol: z.string().optional(),
  scope: z.string().optional(),
  metric: z.number().default(0),
  nexthops: z.array(hopSchema).optional(),
})
type KernelRoute = z.infer<typeof routeSchema>

/** Numbers where the host's table of protocols has no name (iproute2's etc/rt_protos, FRR's zebra/rt_netlink.h). */
const protocols: Readonly<Record<string, RouteProtocol>> = {
  boot: 'static',
  static: 'static',
  '196': 'static',
  kernel: 'kernel',
  dhcp: 'dhcp',
  bgp: 'bgp',
  '186': 'bgp',
  isis: 'isis',
  '187': 'isis',
  ospf: 'ospf',
  '188': 'ospf',
  rip: 'rip',
  '189': 'rip',
  ripng: 'rip',
  '190': 'rip',
  eigrp: 'eigrp',
  '192': 'eigrp',
}

const types: Readonly<Record<string, RouteEntry['type']>> = {
  unicast: 'forward',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
}

const destination = ({ dst }: KernelRoute, isIpv6: boolean): Prefix | undefined =>
  dst === 'default' ? parsePrefix(isIpv6 ? '::/0' : '0.0.0.0/0') : parseDestination(dst)

const nextHop = ({ gateway, via, dev }: z.infer<typeof hopSchema>): NextHop => ({
  address: gateway ?? via?.host ?? null,
  port: dev ?? null,
  through: [],
})

function asEntry(one: KernelRoute, isBest: boolean): RouteEntry {
  const type = types[one.type] ?? 'forward'
  const hops = (one.nexthops ?? [one]).filter(({ flags }) => !flags.includes('dead'))
  // a directly connected network is the kernel's own
  const isConnected = one.protocol === 'kernel' && type === 'forward' && hops.every(({ gateway, via }) => (gateway ?? via) === undefined)
  return {
    protocol: isConnected ? 'connected' : (protocols[one.protocol ?? 'boot'] ?? 'other'),
    selected: isBest && (type !== 'forward' || hops.length > 0),
    installed: type !== 'forward' || hops.length > 0,
    type,
    metric: one.metric,
    ad: null,
    nextHops: type === 'forward' ? hops.map(nextHop) : [],
  }
}

/** The kernel takes the lowest metric; IPv6 routes of one metric to one network share the load. */
function asEntries(routes: readonly KernelRoute[]): readonly RouteEntry[] {
  const best = Math.min(...routes.map(({ metric }) => metric))
  const entries = routes.map((one) => asEntry(one, one.metric === best))
  const [first, ...more] = entries.filter(({ selected }) => selected)
  if (first === undefined || more.length === 0) return entries
  const shared = { ...first, nextHops: [first, ...more].flatMap(({ nextHops }) => nextHops) }
  return [shared, ...entries.filter(({ selected }) => !selected)]
}

const isIpv6 = ({ prefix }: RouteParams): boolean => prefix.includes(':')

const command = (params: RouteParams, selector: string): string => {
  const vrf = params.vrf === undefined ? '' : ` vrf ${params.vrf}`
  return `ip ${isIpv6(params) ? '-6 ' : ''}-j route show${vrf} ${selector}`
}

/** `Error: argument "red" is wrong: Invalid VRF`: fixture linux/route/vrf-missing.txt. */
const isVrfMissing = (answer: Observation): boolean => /^Error: argument "\S+" is wrong: Invalid VRF$/m.test(answer.text)

/** Busybox has no `-j`, shows neither protocols nor the next hops of a shared route, and no VRF. Fixture: linux/route/busybox.txt. */
async function askBusybox(context: ReadContext, params: RouteParams): Promise<readonly KernelRoute[] | Unreadable> {
  const answer = await context.ask(isIpv6(params) ? 'ip -6 route' : 'ip route')
  const problem = unfinished(answer)
  if (problem !== null) return problem
  if (isNotFound(answer) || isUsage(answer)) return refused(answer)
  const wanted = parsePrefix(params.prefix)
  const lines = linesOf(answer).filter((line) => line !== '')
  const known = lines.flatMap((line) => readLine(line) ?? [])
  const isOther = (line: string): boolean => {
    const dst = parseDestination(line.split(' ')[0] ?? '')
    return dst !== undefined && wanted !== undefined && !samePrefix(dst, wanted)
  }
  const isUnknown = lines.some((line) => readLine(line) === null && !isOther(line))
  const isHidden = params.protocol !== undefined || params.vrf !== undefined
  return isUnknown || (isHidden && known.length > 0) ? unknownAnswer(answer) : known
}

/** `10.20.0.0/16 via 10.1.1.3 dev eth0  metric 10`, `blackhole 10.22.0.0/16`; null for anything else. */
function readLine(line: string): KernelRoute | null {
  const match =
    /^(?:(blackhole|unreachable|prohibit) )?(default|[\d.]+(?:\/\d+)?|[\da-f:]+(?:\/\d+)?)(?: via ([\d.]+|[\da-f:]+))?(?: dev (\S+))?((?: +\w+ \S+)*)$/.exec(
      line.trimEnd(),
    )
  if (match?.[2] === undefined) return null
  const [, type = 'unicast', dst, gateway, dev, rest = ''] = match
  if (type === 'unicast' && dev === undefined) return null
  const isKernels = gateway === undefined && / scope link\b/.test(rest)
  const metric = Number(/ metric (\d+)/.exec(rest)?.[1] ?? 0)
  return {
    dst,
    type,
    metric,
    flags: [],
    ...(gateway === undefined ? {} : { gateway }),
    ...(dev === undefined ? {} : { dev }),
    ...(isKernels ? { protocol: 'kernel' } : {}),
  }
}

const listSchema = z.array(routeSchema)

/** @param selector `exact 10.0.0.0/8` or `match 10.0.0.1`, which busybox does not narrow by */
async function askRoutes(
  context: ReadContext,
  params: RouteParams,
  selector: string,
): Promise<readonly KernelRoute[] | 'no-vrf' | Unreadable> {
  const answer = await context.ask(command(params, selector))
  const problem = unfinished(answer)
  if (problem !== null) return problem
  if (isVrfMissing(answer)) return 'no-vrf'
  if (isUsage(answer)) return askBusybox(context, params)
  if (isNotFound(answer)) return refused(answer)
  const list = readJson(answer, listSchema)
  if (isUnreadable(list)) return list
  return list.every(({ type }) => types[type] !== undefined) ? list : unknownAnswer(answer)
}

/** The routes of the kernel: what it forwards by, whoever set them. */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      unsupported: ({ ad }) => (ad === undefined ? null : 'ad'),
      find: async (context, params) => {
        const found = await askRoutes(context, params, `exact ${params.prefix}`)
        if (found === 'no-vrf' || isUnreadable(found)) return found
        const wanted = parsePrefix(params.prefix)
        const exact = found.filter((one) => {
          const dst = destination(one, isIpv6(params))
          return dst !== undefined && wanted !== undefined && samePrefix(dst, wanted)
        })
        return asEntries(exact)
      },
      instead: async (context, params) => {
        const found = await askRoutes(context, params, `match ${addressOf(params)}`)
        if (found === 'no-vrf' || isUnreadable(found)) return null
        return longestWith(
          addressOf(params),
          found.flatMap((one) => destination(one, isIpv6(params)) ?? []),
        )
      },
    }),
    'device',
  ),
]
