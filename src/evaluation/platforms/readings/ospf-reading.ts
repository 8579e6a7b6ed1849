import { isAdjacent, isMeant, type OspfNeighbourFacts, type OspfNeighbourParams } from '../../command-modules/ospf-neighbour.ts'
import type { OspfRouteFacts, OspfRouteParams } from '../../command-modules/ospf-route.ts'
import { resolveVia } from '../../next-hops.ts'
import { CannotAsk } from '../../observation.ts'
import type { OspfNeighbour, OspfRouter } from '../../ospf.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable, type View } from '../../platform.ts'

/** All neighbours that a platform shows. */
export type FindNeighbours = (context: ReadContext) => Promise<readonly OspfNeighbour[] | Unreadable>

/**
 * A platform's reader of OSPF neighbours. The own side is read where it decides (the area, or who is no DR), and both sides where a
 * neighbour is missing, to tell why; what of that cannot be read stays open.
 */
export const ospfNeighbourReader = (find: FindNeighbours, view: View<OspfRouter>): Reader<OspfNeighbourParams, OspfNeighbourFacts> => ({
  observe: async (context, params) => {
    const neighbours = await find(context)
    if ('unreadable' in neighbours) return neighbours
    const addresses = await addressesOfNeighbour(context, params)
    if ('unreadable' in addresses) return addresses
    const bare: OspfNeighbourFacts = { neighbours, addresses, own: null, far: null }
    const meant = neighbours.filter((one) => isMeant(one, addresses, params))
    const isDecided = params.absent || (params.area === undefined && meant.some((one) => isAdjacent(one, bare, params)))
    if (isDecided) return bare
    const own = await view(context)
    const isNeeded = params.area !== undefined || meant.some(({ state, role }) => state === '2-way' && role === 'DROTHER')
    if (isUnreadable(own)) return isNeeded ? own : bare
    const known = { ...bare, own }
    return meant.some((one) => isAdjacent(one, known, params)) ? known : { ...known, far: await farSide(context, params) }
  },
})

async function addressesOfNeighbour(
  { addressesOf }: ReadContext,
  { neighbour }: OspfNeighbourParams,
): Promise<readonly string[] | Unreadable> {
  if (neighbour === undefined) return []
  const all = await addressesOf(neighbour)
  return isUnreadable(all) ? all : all.map(({ address }) => address)
}

/** The neighbour's own side, read as its platform is; null where that cannot be. */
async function farSide({ askOn, viewsOf }: ReadContext, { neighbour }: OspfNeighbourParams): Promise<OspfRouter | null> {
  const view = neighbour === undefined ? undefined : viewsOf(neighbour)?.ospf
  if (neighbour === undefined || view === undefined) return null
  try {
    const shown = await view({ ask: (command, options) => askOn(neighbour, command, options) })
    return isUnreadable(shown) ? null : shown
  } catch (error) {
    // a neighbour that cannot be asked only leaves the explanation shorter
    if (error instanceof CannotAsk) return null
    throw error
  }
}

/** What a platform's OSPF has for exactly the prefix. */
export type FindOspfRoute = (context: ReadContext, params: OspfRouteParams) => Promise<Omit<OspfRouteFacts, 'via'> | Unreadable>

/** A platform's reader of OSPF routes. What the next hops stand for is asked only where there is a route to compare them with. */
export const ospfRouteReader = (
  find: FindOspfRoute,
  unsupported?: (params: OspfRouteParams) => string | null,
): Reader<OspfRouteParams, OspfRouteFacts> => ({
  ...(unsupported === undefined ? {} : { unsupported }),
  observe: async (context, params) => {
    const found = await find(context, params)
    if (isUnreadable(found)) return found
    const via = found.entry === null ? [] : await resolveVia(context, params.via)
    return 'unreadable' in via ? via : { ...found, via }
  },
})
