import type { RouteEntry, RouteFacts, RouteParams } from '../../command-modules/route.ts'
import { resolveVia } from '../../next-hops.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable } from '../../platform.ts'
import { isInPrefix, type Prefix, parsePrefix, showPrefix } from '../../values.ts'

/** What a platform's table has for exactly the prefix; `no-vrf` where the device has no such VRF. */
export type FindRoutes = (context: ReadContext, params: RouteParams) => Promise<readonly RouteEntry[] | 'no-vrf' | Unreadable>

/** The longest route that a platform has for the prefix's first address; null where there is none or it cannot be told. */
export type FindInstead = (context: ReadContext, params: RouteParams) => Promise<string | null>

export interface RouteSource {
  readonly find: FindRoutes
  readonly instead: FindInstead
  readonly unsupported?: (params: RouteParams) => string | null
}

/** A platform's route reader. What the next hops stand for is asked only where there is a route to compare them with. */
export const routeReader = ({ find, instead, unsupported }: RouteSource): Reader<RouteParams, RouteFacts> => ({
  ...(unsupported === undefined ? {} : { unsupported }),
  observe: async (context, params) => {
    const entries = await find(context, params)
    if (entries === 'no-vrf') return { entries: [], instead: null, isVrfMissing: true, via: [] }
    if ('unreadable' in entries) return entries
    const via = entries.length === 0 ? [] : await resolveVia(context, params.via)
    if (isUnreadable(via)) return via
    const isMissed = params.state === 'present' && entries.length === 0
    return { entries, instead: isMissed ? await instead(context, params) : null, isVrfMissing: false, via }
  },
})

/** The network's address, as commands take it. */
export const addressOf = ({ prefix }: RouteParams): string => prefix.split('/')[0] ?? prefix

/** The longest of the prefixes that hold the address; null where none does. */
export function longestWith(address: string, prefixes: readonly Prefix[]): string | null {
  const [longest] = prefixes.filter((prefix) => isInPrefix(address, prefix)).sort((one, other) => other.length - one.length)
  return longest === undefined ? null : showPrefix(longest)
}

/** `10.0.0.0/8`, or a bare address, which is one host; undefined for anything else. */
export const parseDestination = (text: string): Prefix | undefined =>
  parsePrefix(text) ?? parsePrefix(`${text}/${text.includes(':') ? 128 : 32}`)
