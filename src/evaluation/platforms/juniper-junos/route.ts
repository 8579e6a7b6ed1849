import { isAddress } from '../../addresses.ts'
import { type RouteEntry, type RouteParams, type RouteProtocol, route } from '../../command-modules/route.ts'
import type { NextHop } from '../../next-hops.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type Prefix, parsePrefix, samePrefix } from '../../values.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { addressOf, longestWith, routeReader } from '../readings/route-reading.ts'
import { askJunos } from './answer.ts'

/** `inet.0: 932 destinations, 1618 routes (…)`. Fixtures: juniper_junos/route. */
const tableLine = /^\s*([\w.-]+\.\d+): \d+ destinations?, /
/** `10.2.2.0/24  *[OSPF/10/10] 3w3d 03:24:58, metric 101`; a long prefix stands alone, further routes to it have none before them. */
const routeLine = /^\s*(?:([\da-fA-F.:]+\/\d+)\s+)?([*+-]?)\[([A-Za-z][\w-]*)\/(\d+)(?:\/\d+)?\](.*)$/
const prefixLine = /^\s*([\da-fA-F.:]+\/\d+)$/
/** `>  to 10.0.12.2 via ge-0/0/1.0`, `to 10.0.13.3 via ge-0/0/2.0, Push 16`, `>  via fxp0.0`, `Local via lo0.0`. */
const hopLine = /^\s*>?\s*(?:to ([\da-fA-F.:]+) via|via|Local via) ([a-z][\w./:-]*)(?:, .*)?$/
const discardLine = /^\s*(Discard|Reject)$/

const protocols: Readonly<Record<string, RouteProtocol>> = {
  Direct: 'connected',
  Local: 'local',
  Static: 'static',
  RIP: 'rip',
  RIPng: 'rip',
  OSPF: 'ospf',
  OSPF3: 'ospf',
  'IS-IS': 'isis',
  BGP: 'bgp',
}

interface JunosRoute {
  readonly prefix: Prefix
  readonly protocol: string
  readonly isActive: boolean
  readonly ad: number
  readonly metric: number | null
  readonly hops: NextHop[]
  dropped: 'Discard' | 'Reject' | null
}

function startRoute(prefix: Prefix, [, , mark = '', protocol = '', ad, rest = '']: readonly (string | undefined)[]): JunosRoute {
  const metric = /, (?:metric|MED) (\d+)/.exec(rest)?.[1]
  const isActive = mark === '*' || mark === '+'
  return { prefix, protocol, isActive, ad: Number(ad), metric: metric === undefined ? null : Number(metric), hops: [], dropped: null }
}

/** The routes of one table; other tables of the answer are left out. An answer without any is empty. */
function readTable(answer: Observation, table: string): readonly JunosRoute[] | Unreadable {
  const found: JunosRoute[] = []
  let prefix: Prefix | undefined
  let current: string | undefined
  for (const line of linesOf(answer)) {
    const named = tableLine.exec(line)?.[1]
    if (named !== undefined) current = named
    if (named !== undefined || current !== table) {
      if (current === undefined && line.trim() !== '' && !/^\{[a-z]+/.test(line)) return unknownAnswer(answer)
      continue
    }
    const match = routeLine.exec(line)
    prefix = parsePrefix(match?.[1] ?? prefixLine.exec(line)?.[1] ?? '') ?? prefix
    const last = found.at(-1)
    const [, address, port] = hopLine.exec(line) ?? []
    const dropped = discardLine.exec(line)?.[1]
    if (match !== null && prefix !== undefined) found.push(startRoute(prefix, match))
    else if (last !== undefined && port !== undefined && (address === undefined || isAddress(address)))
      last.hops.push({ address: address ?? null, port, through: [] })
    else if (last !== undefined && (dropped === 'Discard' || dropped === 'Reject')) last.dropped = dropped
    else if (/^\s*>/.test(line)) return unknownAnswer(answer)
  }
  return found
}

/** Null where its next hops are of a kind that is not known. */
function asEntry(one: JunosRoute): RouteEntry | null {
  if (one.dropped === null && one.hops.length === 0) return null
  return {
    protocol: protocols[one.protocol] ?? 'other',
    selected: one.isActive,
    installed: null,
    type: one.dropped === null ? 'forward' : ({ Discard: 'blackhole', Reject: 'unreachable' } as const)[one.dropped],
    metric: one.metric,
    ad: one.ad,
    nextHops: one.hops,
  }
}

const tableOf = ({ prefix, vrf }: RouteParams): string =>
  `${vrf === undefined ? '' : `${vrf}.`}${prefix.includes(':') ? 'inet6.0' : 'inet.0'}`

async function ask(context: ReadContext, params: RouteParams, what: string) {
  const answer = await askJunos(context, `show route table ${tableOf(params)} ${what}`)
  return isUnreadable(answer) ? answer : { answer, routes: readTable(answer, tableOf(params)) }
}

/** The routing tables of routing instances; `inet.0` without one. */
export const routes: readonly BoundReader[] = [
  reads(
    route,
    routeReader({
      unsupported: ({ table }) => (table === 'rib' ? null : 'table'),
      find: async (context, params) => {
        const shown = await ask(context, params, `${params.prefix} exact`)
        if (isUnreadable(shown)) return shown
        if ('unreadable' in shown.routes) return shown.routes
        const wanted = parsePrefix(params.prefix)
        const exact = shown.routes.filter(({ prefix }) => wanted !== undefined && samePrefix(prefix, wanted))
        const entries = exact.map(asEntry)
        const known = entries.filter((one) => one !== null)
        return known.length < entries.length ? unknownAnswer(shown.answer) : known
      },
      instead: async (context, params) => {
        const shown = await ask(context, params, addressOf(params))
        if (isUnreadable(shown) || 'unreadable' in shown.routes) return null
        return longestWith(
          addressOf(params),
          shown.routes.filter(({ isActive }) => isActive).map(({ prefix }) => prefix),
        )
      },
    }),
    'transcript',
  ),
]
