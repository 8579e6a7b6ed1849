import type { IsisAdjacency, IsisNeighbourFacts, IsisNeighbourParams } from '../../command-modules/isis-neighbour.ts'
import { systemIdOf } from '../../command-modules/isis-neighbour.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable } from '../../platform.ts'
import { addressesOfTarget } from './reading.ts'

/** An adjacency as devices show it: under the neighbour's name, or under its system id where it has none. */
export type NamedAdjacency = Omit<IsisAdjacency, 'systemId'> & { readonly systemId?: string }

/** System ids by the name that each announces, as a device shows them; a name of several has several. */
export type IsisNames = readonly { readonly systemId: string; readonly name: string }[]

export interface IsisAsker {
  /** @returns null where no IS-IS runs */
  readonly adjacencies: (context: ReadContext, params: IsisNeighbourParams) => Promise<readonly NamedAdjacency[] | null | Unreadable>
  /** Asked where a system id is wanted and names are shown. */
  readonly names?: (context: ReadContext) => Promise<IsisNames | Unreadable>
  readonly unsupported?: (params: IsisNeighbourParams) => string | null
}

const idOf = ({ name, systemId }: NamedAdjacency): string | undefined => systemId ?? systemIdOf(name)

/** Fills in the system ids; null where a name stands for none, or for several. */
function withIds(adjacencies: readonly NamedAdjacency[], names: IsisNames): IsisAdjacency[] {
  return adjacencies.map((adjacency) => {
    const ids = new Set(names.filter(({ name }) => name === adjacency.name).map(({ systemId }) => systemId))
    const [only] = ids
    return { ...adjacency, systemId: idOf(adjacency) ?? (ids.size === 1 && only !== undefined ? only : null) }
  })
}

/** A platform's reader of IS-IS neighbours: asks whose name is whose only where that matters. */
export const isisReader = ({ adjacencies, names, unsupported }: IsisAsker): Reader<IsisNeighbourParams, IsisNeighbourFacts> => ({
  ...(unsupported === undefined ? {} : { unsupported }),
  observe: async (context, params) => {
    const shown = await adjacencies(context, params)
    if (shown === null) return { isRunning: false, adjacencies: [], addresses: [] }
    if (isUnreadable(shown)) return shown
    const isId = systemIdOf(params.neighbour) !== undefined
    const known = isId && names !== undefined && shown.some((one) => idOf(one) === undefined) ? await names(context) : []
    if (isUnreadable(known)) return known
    const addresses = isId ? [] : await addressesOfTarget(context, params.neighbour)
    if (isUnreadable(addresses)) return addresses
    return { isRunning: true, adjacencies: withIds(shown, known), addresses }
  },
})
