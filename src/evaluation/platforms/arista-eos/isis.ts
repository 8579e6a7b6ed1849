import { z } from 'zod'
import { type IsisLevel, type IsisState, isisNeighbour, systemIdOf } from '../../command-modules/isis-neighbour.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { type IsisAsker, isisReader, type NamedAdjacency } from '../readings/isis-reading.ts'
import { readJson } from '../readings/json-answer.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askEos } from './answer.ts'

const adjacencySchema = z.looseObject({
  hostname: z.string().default(''),
  interfaceName: z.string(),
  state: z.string(),
  level: z.string(),
  details: z.looseObject({ ip4Address: z.string().optional(), areaIds: z.array(z.string()).optional() }).default({}),
})
/** Neighbours by their system id. Fixtures: arista_eos/isis_neighbour. */
const neighboursSchema = z.looseObject({
  vrfs: z.record(
    z.string(),
    z.looseObject({
      isisInstances: z
        .record(
          z.string(),
          z.looseObject({ neighbors: z.record(z.string(), z.looseObject({ adjacencies: z.array(adjacencySchema) })).default({}) }),
        )
        .default({}),
    }),
  ),
})

const states: Record<string, IsisState> = { up: 'up', init: 'initializing', initializing: 'initializing', down: 'down' }
const levels: Record<string, IsisLevel> = { 'level-1': 'level-1', 'level-2': 'level-2', 'level-1-2': 'level-1-2' }

function readAdjacency(key: string, shown: z.infer<typeof adjacencySchema>): NamedAdjacency | undefined {
  const systemId = systemIdOf(key)
  const state = states[shown.state.toLowerCase()]
  const level = levels[shown.level]
  if (systemId === undefined || state === undefined || level === undefined) return undefined
  const { ip4Address, areaIds = null } = shown.details
  const name = shown.hostname === '' ? systemId : shown.hostname
  return {
    systemId,
    name,
    port: shown.interfaceName,
    state,
    level,
    areas: areaIds,
    addresses: ip4Address === undefined ? null : [ip4Address],
  }
}

const adjacencies: IsisAsker['adjacencies'] = async (context) => {
  const answer = await askEos(context, 'show isis neighbors | json')
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, neighboursSchema)
  if (isUnreadable(shown)) return shown
  const instances = Object.values(shown.vrfs.default?.isisInstances ?? {})
  if (instances.length === 0) return null
  const all = instances.flatMap(({ neighbors }) =>
    Object.entries(neighbors).flatMap(([key, neighbour]) => neighbour.adjacencies.map((one) => readAdjacency(key, one))),
  )
  const known = all.flatMap((one) => one ?? [])
  return known.length < all.length ? unknownAnswer(answer) : known
}

/** IS-IS neighbours. */
export const isis: readonly BoundReader[] = [reads(isisNeighbour, isisReader({ adjacencies }), 'transcript')]
