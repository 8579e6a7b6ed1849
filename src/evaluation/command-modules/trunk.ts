import { z } from 'zod'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { interfaceSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { parseVlans, showVlans, vlanIdSchema, vlanListSchema } from '../vlans.ts'

export interface TrunkPort {
  /** As the switch names it. */
  readonly port: string
  /** What it does now, not what it is told to do; `down` where it cannot be told because nothing is plugged in. */
  readonly mode: 'trunk' | 'access' | 'routed' | 'down' | 'other'
  /** The VLANs that it carries, tagged or not: `1,10,20-25`; null where it is no trunk. */
  readonly allowed: string | null
  /** The VLAN of untagged frames; null where there is none. */
  readonly native: number | null
}

export interface TrunkFacts {
  /** Null when the switch has no such port. */
  readonly port: TrunkPort | null
}

export const trunkParams = z
  .strictObject({
    port: interfaceSchema,
    /** What it carries; its native VLAN counts where it is named. */
    allowed: vlanListSchema.optional(),
    /** `exact`: these and no others. */
    allowedMode: z.enum(['exact', 'contains']).default('exact'),
    native: vlanIdSchema.optional(),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ state, allowed, native }) => state === 'present' || (allowed === undefined && native === undefined), {
    error: 'exerciseProblems.onlyForPresent',
    path: ['state'],
  })
export type TrunkParams = z.infer<typeof trunkParams>

/** The native VLAN goes untagged, and some systems put it among the others while others do not: more of it than named is no fault. */
function differentVlans(found: TrunkPort, { allowed = '', allowedMode }: TrunkParams, data: ReasonData): Judgement | null {
  const wanted = parseVlans(allowed) ?? []
  const carried = parseVlans(found.allowed ?? '') ?? []
  const missing = wanted.filter((id) => !carried.includes(id))
  if (missing.length > 0) return fail('TRUNK_VLAN_MISSING', 'absent', { ...data, missing: showVlans(missing) })
  const extra = allowedMode === 'exact' ? carried.filter((id) => !wanted.includes(id) && id !== found.native) : []
  return extra.length > 0 ? fail('TRUNK_VLAN_EXTRA', 'wrong-value', { ...data, extra: showVlans(extra) }) : null
}

function judgePresent({ port: found }: TrunkFacts, params: TrunkParams): Judgement {
  const { port, allowed, native } = params
  if (found === null) return fail('TRUNK_PORT_MISSING', 'absent', { port })
  const data: ReasonData = { port: found.port, allowed: found.allowed, native: found.native }
  if (found.mode === 'down') return fail('TRUNK_DOWN', 'forbidden-state', data)
  if (found.mode !== 'trunk') return fail('TRUNK_ABSENT', 'absent', { ...data, mode: found.mode })
  const vlans = allowed === undefined ? null : differentVlans(found, params, data)
  if (vlans !== null) return vlans
  if (native !== undefined && found.native !== native) return fail('TRUNK_NATIVE', 'wrong-value', { ...data, wanted: native })
  return pass('TRUNK_PRESENT', data)
}

/** Holds over the whole window; a port that is down or not there says nothing. */
function judgeAbsent(rounds: readonly Round<TrunkFacts>[], { port }: TrunkParams): Judgement {
  const all = rounds.map(({ facts }) => facts.port)
  const seen = all.find((one) => one?.mode === 'trunk')
  if (seen !== undefined) return fail('TRUNK_FORBIDDEN', 'forbidden-state', { port, allowed: seen?.allowed ?? null })
  if (all.includes(null)) return inconclusive('TRUNK_PORT_MISSING', 'lab', { port })
  if (all.some((one) => one?.mode === 'down')) return inconclusive('TRUNK_DOWN', 'lab', { port })
  return pass('TRUNK_AWAY', { port })
}

/** A port that carries several VLANs, tagged. */
export const trunk = defineCommandModule<TrunkFacts>()({
  name: 'trunk',
  layer: 'switching',
  params: trunkParams,
  defaultWithinSeconds: 10,
  isNegative: ({ state }) => state === 'absent',
  expected: ({ port, allowed, state }) => {
    if (state === 'absent') return { code: 'TRUNK_AWAY', data: { port } }
    return allowed === undefined ? { code: 'TRUNK_PRESENT', data: { port } } : { code: 'TRUNK_VLANS', data: { port, allowed } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
