import { networkOf } from './address.ts'
import { NOWHERE, type RouteDecision, type StackInterface } from './ip-interface.ts'

export interface StaticRoute {
  readonly network: number
  readonly length: number
  readonly nextHop?: number
  readonly interfaceName?: string
  /** Administrative distance (IOS) or metric (Linux): the lowest wins. */
  readonly distance: number
}

export interface ResolvedRoute {
  readonly network: number
  readonly length: number
  readonly kind: 'connected' | 'static'
  readonly distance: number
  readonly iface: StackInterface | null
  readonly nextHop?: number
  readonly interfaceName?: string
}

/** IOS name of a route that throws packets away. */
export const NULL_INTERFACE = 'Null0'

/** The table in use: connected networks of interfaces that are up, and those static routes whose way out exists. Best distance per prefix. */
export function resolveRoutes(interfaces: readonly StackInterface[], routes: readonly StaticRoute[]): ResolvedRoute[] {
  const up = interfaces.filter((each) => each.isUp())
  const connected = up.flatMap((iface) =>
    iface.addresses.map(
      (own): ResolvedRoute => ({ network: networkOf(own.address, own.length), length: own.length, kind: 'connected', distance: 0, iface }),
    ),
  )
  const candidates = routes.flatMap((route) => resolveStatic(route, up, connected, routes))
  return keepBest([...connected, ...candidates])
}

function resolveStatic(
  route: StaticRoute,
  up: readonly StackInterface[],
  connected: readonly ResolvedRoute[],
  all: readonly StaticRoute[],
): ResolvedRoute[] {
  const base = {
    network: networkOf(route.network, route.length),
    length: route.length,
    kind: 'static' as const,
    distance: route.distance,
    ...(route.nextHop === undefined ? {} : { nextHop: route.nextHop }),
    ...(route.interfaceName === undefined ? {} : { interfaceName: route.interfaceName }),
  }
  if (route.interfaceName === NULL_INTERFACE) return [{ ...base, iface: null }]
  if (route.interfaceName !== undefined) {
    const iface = up.find((each) => each.name === route.interfaceName)
    return iface === undefined ? [] : [{ ...base, iface }]
  }
  if (route.nextHop === undefined) return []
  const iface = reachBy(route.nextHop, connected, up, all, 0)
  return iface === undefined ? [] : [{ ...base, iface: iface.iface, nextHop: route.nextHop }]
}

/** The interface a next hop is reached by; a next hop behind another static route is allowed, as on IOS. */
function reachBy(
  nextHop: number,
  connected: readonly ResolvedRoute[],
  up: readonly StackInterface[],
  all: readonly StaticRoute[],
  depth: number,
): { iface: StackInterface } | undefined {
  const direct = longest(connected.filter((each) => covers(each, nextHop)))
  if (direct?.iface) return { iface: direct.iface }
  if (depth > 4) return undefined
  // A static route is not resolved through itself or through the default route.
  const via = all.filter((each) => each.length > 0 && covers(each, nextHop) && each.nextHop !== nextHop)
  const best = longest(via)
  if (best === undefined) return undefined
  const named = up.find((each) => each.name === best.interfaceName)
  if (named !== undefined) return { iface: named }
  return best.nextHop === undefined ? undefined : reachBy(best.nextHop, connected, up, all, depth + 1)
}

const covers = (route: { network: number; length: number }, ip: number): boolean =>
  networkOf(route.network, route.length) === networkOf(ip, route.length)

function longest<T extends { length: number }>(routes: readonly T[]): T | undefined {
  return routes.reduce<T | undefined>((best, each) => (best === undefined || each.length > best.length ? each : best), undefined)
}

function keepBest(routes: readonly ResolvedRoute[]): ResolvedRoute[] {
  const least = new Map<string, number>()
  const keyOf = (route: ResolvedRoute) => `${route.network}/${route.length}`
  for (const route of routes) least.set(keyOf(route), Math.min(least.get(keyOf(route)) ?? Number.POSITIVE_INFINITY, route.distance))
  return routes.filter((route) => least.get(keyOf(route)) === route.distance)
}

/** Longest prefix first; equal routes are shared by destination. */
export function lookUpRoute(table: readonly ResolvedRoute[], destination: number, all: readonly StackInterface[]): RouteDecision {
  const matching = table.filter((route) => covers(route, destination))
  const best = longest(matching)
  if (best === undefined) return NOWHERE
  const equal = matching.filter((route) => route.length === best.length)
  const chosen = equal[destination % equal.length] ?? best
  if (chosen.iface === null) return { to: 'discard' }
  return { to: 'interface', iface: chosen.iface, nextHop: finalHop(chosen, table, destination, all, 0) }
}

/** The neighbour to ask ARP for: a recursive next hop is followed to the one on the wire. */
function finalHop(
  route: ResolvedRoute,
  table: readonly ResolvedRoute[],
  destination: number,
  all: readonly StackInterface[],
  depth: number,
): number {
  if (route.nextHop === undefined) return destination
  const hop = route.nextHop
  if (depth > 4 || route.interfaceName !== undefined) return hop
  const next = longest(table.filter((each) => covers(each, hop)))
  if (next === undefined || next.kind === 'connected' || next === route) return hop
  return finalHop(next, table, hop, all, depth + 1)
}
