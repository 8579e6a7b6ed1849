import { z } from 'zod'
import { isAddress, sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { areaSchema, type OspfNeighbour, type OspfRouter } from '../ospf.ts'
import { deviceNameSchema, samePort } from '../target.ts'
import { interfaceSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { diagnose } from './ospf-diagnosis.ts'

export interface OspfNeighbourFacts {
  /** All that the device has. */
  readonly neighbours: readonly OspfNeighbour[]
  /** Addresses of the named device; empty where the criterion names none, or it has none. */
  readonly addresses: readonly string[]
  /** The device's own side; read where the state of the neighbours alone does not decide. */
  readonly own: OspfRouter | null
  /** The named device's side; read to tell what keeps the two apart. */
  readonly far: OspfRouter | null
}

export const ospfNeighbourParams = z
  .strictObject({
    routerId: z
      .string()
      .refine((text) => isAddress(text) && !text.includes(':'), { error: 'exerciseProblems.routerId' })
      .optional(),
    /** The neighbour as a device of the exercise: both ends are compared when it is missing. */
    neighbour: deviceNameSchema.optional(),
    interface: interfaceSchema.optional(),
    /** `full`: or 2-Way between two that are neither DR nor BDR, as it should be. */
    state: z.enum(['full', 'two_way', 'any_adjacent']).default('full'),
    area: areaSchema.optional(),
    absent: z.boolean().default(false),
  })
  .refine((params) => [params.routerId, params.neighbour, params.interface].some((one) => one !== undefined), {
    error: 'exerciseProblems.atLeastOne',
    path: ['neighbour'],
  })
export type OspfNeighbourParams = z.infer<typeof ospfNeighbourParams>

/** Who the criterion means: by router id, by an address of the named device, on the named interface. */
export function isMeant(one: OspfNeighbour, addresses: readonly string[], params: OspfNeighbourParams): boolean {
  const { routerId, neighbour, interface: port } = params
  const isDevice = addresses.some((address) => sameAddress(address, one.address ?? '') || sameAddress(address, one.routerId))
  return (
    (routerId === undefined || one.routerId === routerId) &&
    (neighbour === undefined || isDevice) &&
    (port === undefined || samePort(one.port, port))
  )
}

const ownSide = ({ own }: OspfNeighbourFacts, { port }: OspfNeighbour) => own?.interfaces.find((one) => samePort(one.port, port))

/** True where both are neither DR nor BDR: those two stay at 2-Way for ever. */
const areBothOthers = (facts: OspfNeighbourFacts, one: OspfNeighbour): boolean =>
  one.role === 'DROTHER' && ownSide(facts, one)?.role === 'DROTHER'

/** @returns true where the adjacency is as far as asked for */
export function isAdjacent(one: OspfNeighbour, facts: OspfNeighbourFacts, { state }: OspfNeighbourParams): boolean {
  if (one.state === '2-way') return state !== 'full' || areBothOthers(facts, one)
  return one.state === 'full' && state !== 'two_way'
}

const nameOf = ({ routerId, neighbour, interface: port }: OspfNeighbourParams): string => neighbour ?? routerId ?? port ?? ''

const describe = ({ routerId, port, state }: OspfNeighbour): string => `${routerId} ${port} ${state}`

const listed = (neighbours: readonly OspfNeighbour[]): string[] => (neighbours.length === 0 ? ['-'] : neighbours.map(describe))

function judgePresent(facts: OspfNeighbourFacts, params: OspfNeighbourParams): Judgement {
  const neighbour = nameOf(params)
  const meant = facts.neighbours.filter((one) => isMeant(one, facts.addresses, params))
  const adjacent = meant.filter((one) => isAdjacent(one, facts, params))
  const right = adjacent.find((one) => params.area === undefined || ownSide(facts, one)?.area === params.area)
  if (right !== undefined) return pass('OSPF_NEIGHBOUR', { neighbour, found: describe(right), state: right.state })
  const [elsewhere] = adjacent
  if (elsewhere !== undefined) return judgeArea(facts, elsewhere, params)
  if (params.neighbour !== undefined && facts.addresses.length === 0) {
    return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: params.neighbour })
  }
  return explain(facts, meant, params)
}

function judgeArea(facts: OspfNeighbourFacts, one: OspfNeighbour, params: OspfNeighbourParams): Judgement {
  const foundArea = ownSide(facts, one)?.area
  const data = { neighbour: nameOf(params), area: params.area ?? '', port: one.port }
  if (foundArea === undefined || foundArea === null) return inconclusive('OSPF_AREA_UNKNOWN', 'infrastructure', data)
  return fail('OSPF_AREA', 'wrong-value', { ...data, foundArea })
}

/** What keeps the two apart, as far as both ends show it; else how far they got. */
function explain(facts: OspfNeighbourFacts, meant: readonly OspfNeighbour[], params: OspfNeighbourParams): Judgement {
  const neighbour = nameOf(params)
  const [stuck] = meant
  const data: ReasonData = { neighbour, found: listed(meant.length > 0 ? meant : facts.neighbours) }
  // a 2-way that is too far is no fault of the link
  const isTooFar = params.state === 'two_way' && stuck?.state === 'full'
  const { own, far, addresses } = facts
  const cause = own === null || isTooFar ? null : diagnose({ own, far, farAddresses: addresses }, { neighbour, port: params.interface })
  if (cause !== null) return cause
  if (stuck === undefined) return fail('OSPF_NEIGHBOUR_ABSENT', 'absent', data)
  if (stuck.state === 'exstart' || stuck.state === 'exchange') return fail('OSPF_STUCK', 'wrong-value', { ...data, state: stuck.state })
  return fail('OSPF_NEIGHBOUR_STATE', 'wrong-value', { ...data, state: stuck.state })
}

/** Holds over the whole window: a neighbour that was there once, in whatever state, is a fail. */
function judgeAbsent(rounds: readonly Round<OspfNeighbourFacts>[], params: OspfNeighbourParams): Judgement {
  const neighbour = nameOf(params)
  for (const { facts } of rounds) {
    const seen = facts.neighbours.find((one) => one.state !== 'down' && isMeant(one, facts.addresses, params))
    if (seen !== undefined) {
      return fail('OSPF_NEIGHBOUR_FORBIDDEN', 'forbidden-state', { neighbour, found: describe(seen), state: seen.state })
    }
  }
  const { addresses, neighbours } = lastRound(rounds)
  if (params.neighbour !== undefined && addresses.length === 0 && neighbours.length > 0) {
    return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: params.neighbour })
  }
  return pass('OSPF_NEIGHBOUR_AWAY', { neighbour })
}

/** Two routers that speak OSPF with each other. */
export const ospfNeighbour = defineCommandModule<OspfNeighbourFacts>()({
  name: 'ospf_neighbour',
  layer: 'neighbour',
  params: ospfNeighbourParams,
  defaultWithinSeconds: 60,
  isNegative: ({ absent }) => absent,
  devicesIn: ({ neighbour }) => (neighbour === undefined ? [] : [neighbour]),
  expected: (params) => ({
    code: params.absent ? 'OSPF_NEIGHBOUR_AWAY' : 'OSPF_NEIGHBOUR',
    data: { neighbour: nameOf(params), state: params.state },
  }),
  judge: (rounds, params) => (params.absent ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
