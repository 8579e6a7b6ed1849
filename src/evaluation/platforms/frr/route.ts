import { z } from 'zod'
import { type RouteEntry, type RouteParams, type RouteProtocol, route, routeProtocols } from '../../command-modules/route.ts'
import type { NextHop } from '../../next-hops.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { addressOf, longestWith, routeReader } from '../readings/route-reading.ts'
import { askFrr } from './answer.ts'

const hopSchema = z.looseObject({
  ip: z.string().optional(),
  interfaceName: z.string().optional(),
  fib: z.boolean().default(false),
  active: z.boolean().default(false),
  duplicate: z.boolean().default(false),
  recursive: z.boolean().default(false),
  /** What the recursive next hop above is resolved to. */
  resolver: z.boolean().default(false),
  unreachable: z.boolean().default(false),
  blackhole: z.boolean().default(false),
  reject: z.boolean().default(false),
  'admin-prohibited': z.boolean().default(false),
})
type FrrHop = z.infer<typeof hopSchema>

const entrySchema = z.looseObject({
  prefix: z.string(),
  protocol: z.string(),
  selected: z.boolean().default(false),
  installed: z.boolean().default(false),
  distance: z.number().optional(),
  metric: z.number().optional(),
  nexthops: z.array(hopSchema),
})
type FrrEntry = z.infer<typeof entrySchema>

/** `{}` where there is none. */
const tableSchema = z.record(z.string(), z.array(entrySchema))

const isProtocol = (name: string): name is RouteProtocol => routeProtocols.some((one) => one === name)

function typeOf(hops: readonly FrrHop[]): RouteEntry['type'] {
  const [only] = hops
  if (only === undefined || !only.unreachable) return 'forward'
  if (only.reject) return 'unreachable'
  return only['admin-prohibited'] ? 'prohibit' : 'blackhole'
}

/** A recursive next hop is followed by those that it is resolved to. */
function nextHops(hops: readonly FrrHop[]): NextHop[] {
  const found: NextHop[] = []
  for (const { ip = null, interfaceName: port = null, active, duplicate, resolver } of hops) {
    const last = found.at(-1)
    if (resolver && last !== undefined) found[found.length - 1] = { ...last, through: [...last.through, { address: ip, port }] }
    else if (active && !duplicate) found.push({ address: ip, port, through: [] })
  }
  return found
}

function asEntry(one: FrrEntry): RouteEntry {
  const type = typeOf(one.nexthops)
  return {
    protocol: isProtocol(one.protocol) ? one.protocol : 'other',
    selected: one.selected,
    installed: one.installed && one.nexthops.some(({ fib }) => fib),
    type,
    metric: one.metric ?? null,
    ad: one.distance ?? null,
    nextHops: type === 'forward' ? nextHops(one.nexthops) : [],
  }
}

const command = ({ prefix, vrf }: RouteParams, what: string): string =>
  `show ${prefix.includes(':') ? 'ipv6' : 'ip'} route ${vrf === undefined ? '' : `vrf ${vrf} `}${what} json`

/** zebra's table: `show ip route P json`, which has exactly this prefix or nothing (FRR 8.4). */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      find: async (context, params) => {
        const answer = await askFrr(context, command(params, params.prefix))
        if (isUnreadable(answer)) return answer
        // fixture frr/route/vrf-missing.txt
        if (/^% ?VRF \S+ not found$/m.test(answer.text)) return 'no-vrf'
        const table = readJson(answer, tableSchema)
        if (isUnreadable(table)) return table
        const wanted = parsePrefix(params.prefix)
        const all = Object.values(table).flat()
        const exact = all.filter(({ prefix }) => {
          const own = parsePrefix(prefix)
          return own !== undefined && wanted !== undefined && samePrefix(own, wanted)
        })
        return all.some(({ prefix }) => parsePrefix(prefix) === undefined) ? unknownAnswer(answer) : exact.map(asEntry)
      },
      instead: async (context, params) => {
        const answer = await askFrr(context, command(params, addressOf(params)))
        const table = isUnreadable(answer) ? answer : readJson(answer, tableSchema)
        if (isUnreadable(table)) return null
        const used = Object.values(table)
          .flat()
          .filter(({ selected }) => selected)
        return longestWith(
          addressOf(params),
          used.flatMap(({ prefix }) => parsePrefix(prefix) ?? []),
        )
      },
    }),
    'device',
  ),
]
