import { z } from 'zod'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { samePort } from '../target.ts'
import { interfaceSchema } from '../values.ts'
import { fail, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { vlanIdSchema } from '../vlans.ts'

export interface Vlan {
  readonly id: number
  /** Null where the platform has none. */
  readonly name: string | null
  readonly active: boolean
  /** Ports whose untagged frames belong to it; trunks are none of them. */
  readonly accessPorts: readonly string[]
}

export interface VlanFacts {
  /** All of the switch. */
  readonly vlans: readonly Vlan[]
}

export const vlanParams = z
  .strictObject({
    id: vlanIdSchema,
    name: z
      .string()
      .regex(/^[\x21-\x7e]{1,32}$/, { error: 'exerciseProblems.oneWord' })
      .optional(),
    /** Access ports. */
    ports: z.array(interfaceSchema).max(64).default([]),
    /** `exact`: these and no others. */
    portsMode: z.enum(['contains', 'exact']).default('contains'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ state, name, ports }) => state === 'present' || (name === undefined && ports.length === 0), {
    error: 'exerciseProblems.onlyForPresent',
    path: ['state'],
  })
export type VlanParams = z.infer<typeof vlanParams>

const isIn = (vlan: Vlan, port: string): boolean => vlan.accessPorts.some((one) => samePort(one, port))

function judgePorts(vlan: Vlan, { vlans }: VlanFacts, { ports, portsMode }: VlanParams, data: ReasonData): Judgement | null {
  const port = ports.find((one) => !isIn(vlan, one))
  if (port !== undefined) {
    const other = vlans.find((one) => isIn(one, port))
    if (other !== undefined) return fail('VLAN_PORT_ELSEWHERE', 'wrong-value', { ...data, port, foundVlan: other.id })
    return fail('VLAN_PORT_MISSING', 'absent', { ...data, port })
  }
  const extra = vlan.accessPorts.filter((one) => !ports.some((wanted) => samePort(one, wanted)))
  return portsMode === 'exact' && extra.length > 0 ? fail('VLAN_PORT_EXTRA', 'wrong-value', { ...data, extra }) : null
}

function judgePresent(facts: VlanFacts, params: VlanParams): Judgement {
  const { id, name } = params
  const vlan = facts.vlans.find((one) => one.id === id)
  if (vlan === undefined) return fail('VLAN_ABSENT', 'absent', { vlan: id, found: facts.vlans.map((one) => one.id) })
  const data: ReasonData = { vlan: id, found: vlan.accessPorts.length === 0 ? ['-'] : [...vlan.accessPorts] }
  if (!vlan.active) return fail('VLAN_INACTIVE', 'forbidden-state', data)
  if (name !== undefined && vlan.name !== name) return fail('VLAN_NAME', 'wrong-value', { ...data, name, foundName: vlan.name })
  return judgePorts(vlan, facts, params, data) ?? pass('VLAN_PRESENT', data)
}

/** Holds over the whole window. */
function judgeAbsent(rounds: readonly Round<VlanFacts>[], { id }: VlanParams): Judgement {
  const isSeen = rounds.some(({ facts }) => facts.vlans.some((one) => one.id === id))
  return isSeen ? fail('VLAN_FORBIDDEN', 'forbidden-state', { vlan: id }) : pass('VLAN_AWAY', { vlan: id })
}

/** A VLAN of a switch, and the ports that belong to it untagged. */
export const vlan = defineCommandModule<VlanFacts>()({
  name: 'vlan',
  layer: 'switching',
  params: vlanParams,
  defaultWithinSeconds: 10,
  isNegative: ({ state }) => state === 'absent',
  expected: ({ id, ports, state }) => {
    if (state === 'absent') return { code: 'VLAN_AWAY', data: { vlan: id } }
    return ports.length > 0 ? { code: 'VLAN_PORTS', data: { vlan: id, ports } } : { code: 'VLAN_PRESENT', data: { vlan: id } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
