import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { samePort } from '../target.ts'
import { interfaceSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export const isisStates = ['up', 'initializing', 'down'] as const
export type IsisState = (typeof isisStates)[number]

export const isisLevels = ['level-1', 'level-2', 'level-1-2'] as const
export type IsisLevel = (typeof isisLevels)[number]

/** One adjacency; a neighbour has one per level and interface, but on point-to-point links, where one is for both. */
export interface IsisAdjacency {
  /** Null where the device shows the neighbour's name only, and the name is not its alone. */
  readonly systemId: string | null
  /** The name that the neighbour announces, or its system id where it announces none. */
  readonly name: string
  readonly port: string
  readonly state: IsisState
  readonly level: IsisLevel
  /** Null where the device does not show it. */
  readonly areas: readonly string[] | null
  /** Null where the device does not show them. */
  readonly addresses: readonly string[] | null
}

export interface IsisNeighbourFacts {
  /** False when no IS-IS runs on the device. */
  readonly isRunning: boolean
  readonly adjacencies: readonly IsisAdjacency[]
  /** Of the neighbour, where it is a device. */
  readonly addresses: readonly string[]
}

const systemIdPattern = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/

/** `0000.0000.0001`, in the one form it is compared in. */
export const systemIdOf = (text: string): string | undefined => {
  const lower = text.trim().toLowerCase()
  return systemIdPattern.test(lower) ? lower : undefined
}

const devicePattern = /^[A-Za-z][\w.-]{0,63}$/

/** `49.0001`, `49.0001.0002`: one byte, then pairs. */
const areaPattern = /^[0-9a-f]{2}(?:\.[0-9a-f]{4}){0,6}$/

export const isisNeighbourParams = z
  .strictObject({
    /** A system id (`0000.0000.0002`) or a device. */
    neighbour: z
      .string()
      .refine((text) => systemIdOf(text) !== undefined || devicePattern.test(text), { error: 'exerciseProblems.isisNeighbour' })
      .transform((text) => systemIdOf(text) ?? text),
    state: z.enum(isisStates).exclude(['down']).default('up'),
    level: z.enum(isisLevels).optional(),
    /** The neighbour's area. */
    area: z
      .string()
      .transform((text) => text.trim().toLowerCase())
      .refine((text) => areaPattern.test(text), { error: 'exerciseProblems.isisArea' })
      .optional(),
    /** Of the asked device. */
    interface: interfaceSchema.optional(),
    absent: z.boolean().default(false),
  })
  .refine(({ absent, state, level, area }) => !absent || (state === 'up' && level === undefined && area === undefined), {
    error: 'exerciseProblems.absentAlone',
    path: ['absent'],
  })
export type IsisNeighbourParams = z.infer<typeof isisNeighbourParams>

/** Names that are not the device's do not matter where addresses tell whose neighbour it is. */
function isNeighbour(adjacency: IsisAdjacency, { addresses }: IsisNeighbourFacts, { neighbour }: IsisNeighbourParams): boolean {
  if (systemIdOf(neighbour) !== undefined) return adjacency.systemId === neighbour
  if (addresses.length > 0 && adjacency.addresses !== null && adjacency.addresses.length > 0) {
    return adjacency.addresses.some((one) => addresses.some((other) => sameAddress(one, other)))
  }
  return adjacency.name.toLowerCase() === neighbour.toLowerCase()
}

const isOnPort = ({ port }: IsisAdjacency, wanted: string | undefined): boolean => wanted === undefined || samePort(port, wanted)

const halves = (level: IsisLevel): readonly IsisLevel[] => (level === 'level-1-2' ? ['level-1', 'level-2'] : [level])

/**
 * Whose neighbour one is cannot be told: a system id is asked for, and the device shows a name that several have; or a device is, and what
 * is shown is neither its name nor an address.
 */
function isUnsure({ adjacencies }: IsisNeighbourFacts, { neighbour, interface: port }: IsisNeighbourParams): boolean {
  const there = adjacencies.filter((one) => isOnPort(one, port))
  if (systemIdOf(neighbour) !== undefined) return there.some(({ systemId }) => systemId === null)
  return there.some(({ addresses, name }) => (addresses ?? []).length === 0 && name.toLowerCase() !== neighbour.toLowerCase())
}

const undecided = ({ adjacencies }: IsisNeighbourFacts, { neighbour }: IsisNeighbourParams): Judgement =>
  inconclusive('ISIS_WHO_IS_WHO', 'lab', { neighbour, neighbours: adjacencies.map(show) })

/** Both levels are wanted: two adjacencies on a LAN, one on a point-to-point link. */
const coversLevel = (found: readonly IsisAdjacency[], wanted: IsisLevel): boolean =>
  halves(wanted).every((half) => found.some(({ level }) => halves(level).includes(half)))

const show = ({ name, port, level, state }: IsisAdjacency): string => `${name} ${port} ${level} ${state}`

const uniq = (values: readonly string[]): string[] => [...new Set(values)]

function judgePresent(facts: IsisNeighbourFacts, params: IsisNeighbourParams): Judgement {
  const { neighbour, state, level, area, interface: port } = params
  const data: ReasonData = { neighbour }
  if (!facts.isRunning) return fail('ISIS_NOT_RUNNING', 'absent', data)
  if (facts.adjacencies.length === 0) return fail('ISIS_NO_NEIGHBOURS', 'absent', data)
  const named = facts.adjacencies.filter((one) => isNeighbour(one, facts, params))
  if (named.length === 0 && isUnsure(facts, params)) return undecided(facts, params)
  if (named.length === 0) return fail('ISIS_NEIGHBOUR_MISSING', 'absent', { ...data, neighbours: facts.adjacencies.map(show) })
  const there = named.filter((one) => isOnPort(one, port))
  if (there.length === 0) {
    return fail('ISIS_OTHER_INTERFACE', 'wrong-value', { ...data, interface: port ?? '', ports: uniq(named.map((one) => one.port)) })
  }
  const inState = there.filter((one) => one.state === state)
  if (inState.length === 0) {
    return fail('ISIS_OTHER_STATE', 'wrong-value', { ...data, state, states: uniq(there.map((one) => one.state)), shown: there.map(show) })
  }
  if (level !== undefined && !coversLevel(inState, level)) {
    return fail('ISIS_OTHER_LEVEL', 'wrong-value', { ...data, level, levels: uniq(inState.map((one) => one.level)) })
  }
  const ofLevel = inState.filter((one) => level === undefined || halves(level).some((half) => halves(one.level).includes(half)))
  return judgeArea(ofLevel, area, data) ?? pass('ISIS_NEIGHBOUR_UP', { ...data, shown: ofLevel.map(show) })
}

function judgeArea(found: readonly IsisAdjacency[], area: string | undefined, data: ReasonData): Judgement | undefined {
  if (area === undefined) return undefined
  const areas = uniq(found.flatMap((one) => one.areas ?? []))
  if (areas.includes(area)) return undefined
  if (areas.length === 0) return inconclusive('ISIS_AREA_UNKNOWN', 'infrastructure', { ...data, area })
  return fail('ISIS_OTHER_AREA', 'wrong-value', { ...data, area, areas })
}

/** Holds over the whole window: a neighbour that was there in one round is a fail, whatever its state. */
function judgeAbsent(rounds: readonly Round<IsisNeighbourFacts>[], params: IsisNeighbourParams): Judgement {
  const { neighbour, interface: port } = params
  for (const { facts } of rounds) {
    const forbidden = facts.adjacencies.filter((one) => isNeighbour(one, facts, params) && isOnPort(one, port) && one.state !== 'down')
    if (forbidden.length > 0) return fail('ISIS_NEIGHBOUR_PRESENT', 'forbidden-state', { neighbour, shown: forbidden.map(show) })
  }
  const unsure = rounds.find(({ facts }) => isUnsure(facts, params))
  if (unsure !== undefined) return undecided(unsure.facts, params)
  return pass('ISIS_NEIGHBOUR_AWAY', { neighbour })
}

/** An IS-IS adjacency: with whom, in which state, on which level and interface. */
export const isisNeighbour = defineCommandModule<IsisNeighbourFacts>()({
  name: 'isis_neighbour',
  layer: 'neighbour',
  params: isisNeighbourParams,
  // hellos of 10 s, hold times of 30 s
  defaultWithinSeconds: 60,
  isNegative: ({ absent }) => absent,
  devicesIn: ({ neighbour }) => (systemIdOf(neighbour) === undefined ? [neighbour] : []),
  expected: ({ neighbour, absent, state, level, area }) => {
    if (absent) return { code: 'ISIS_NEIGHBOUR_AWAY', data: { neighbour } }
    const more = [level ?? '', area ?? ''].filter((one) => one !== '')
    if (more.length > 0) return { code: 'ISIS_NEIGHBOUR_WITH', data: { neighbour, state, more } }
    return { code: 'ISIS_NEIGHBOUR_IN_STATE', data: { neighbour, state } }
  },
  judge: (rounds, params) => (params.absent ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
