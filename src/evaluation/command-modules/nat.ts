import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { isInPrefix, parseCidr, parsePrefix } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { portSchema } from './tcp-port.ts'

export interface NatEndpoint {
  readonly address: string
  /** Null where the entry is for all ports, or where the protocol has none. */
  readonly port: number | null
}

/** One line of a translation table, in Cisco's words; the same address twice = a connection that is not translated. */
export interface NatEntry {
  /** Lower case; null = all. */
  readonly protocol: string | null
  readonly insideLocal: NatEndpoint
  readonly insideGlobal: NatEndpoint
  readonly outside: NatEndpoint | null
}

export interface NatFacts {
  /** Addresses of `inside`. */
  readonly inside: readonly string[]
  /** Addresses of `global` where it names a device; empty else. */
  readonly global: readonly string[]
  /** Addresses of `outside`; empty where none is asked for. */
  readonly outside: readonly string[]
  readonly entries: readonly NatEntry[]
  /** Source addresses of what arrived at the witness; null where there is none. */
  readonly seen: readonly string[] | null
}

const isPrefix = (text: string): boolean => parseCidr(text) !== undefined

export const natParams = z
  .strictObject({
    /** The inside host as the inside knows it. */
    inside: targetSchema,
    /** What it must be translated to: an address, a network, or the interface whose address it takes. Anything else than its own where absent. */
    global: z.union([z.string().refine(isPrefix, { error: 'exerciseProblems.prefix' }), targetSchema]).optional(),
    /** Whom it talks to. Pinged first where `inside` names a device, so that there is something to translate. */
    outside: targetSchema.optional(),
    protocol: z.enum(['icmp', 'tcp', 'udp']).optional(),
    /** Of a port forward: the server's own port, and the one that the outside uses. */
    insidePort: portSchema.optional(),
    globalPort: portSchema.optional(),
    /** A Linux host outside that looks who it is that pings it. */
    witness: z
      .string()
      .regex(/^[A-Za-z][\w.-]{0,63}$/, { error: 'exerciseProblems.deviceName' })
      .optional(),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ state, witness }) => state === 'present' || witness !== undefined, {
    error: 'exerciseProblems.witnessNeeded',
    path: ['witness'],
  })
  .refine(({ witness, inside }) => witness === undefined || devicesOfTargets(inside).length > 0, {
    error: 'exerciseProblems.witnessNeedsDevice',
    path: ['inside'],
  })
export type NatParams = z.infer<typeof natParams>

const isOneOf = (address: string, all: readonly string[]): boolean => all.some((one) => sameAddress(one, address))

function isWanted(address: string, facts: NatFacts, { global }: NatParams): boolean {
  if (global === undefined) return !isOneOf(address, facts.inside)
  const network = isPrefix(global) ? parsePrefix(global) : undefined
  return network === undefined ? isOneOf(address, facts.global) : isInPrefix(address, network)
}

const fits = (wanted: number | undefined, { port }: NatEndpoint): boolean => wanted === undefined || port === wanted

/** Entries of the inside host, of the protocol, ports and partner that are asked for. */
function ownEntries(facts: NatFacts, { protocol, insidePort, globalPort, outside }: NatParams): readonly NatEntry[] {
  return facts.entries.filter((entry) => {
    const isPartner = outside === undefined || entry.outside === null || isOneOf(entry.outside.address, facts.outside)
    const isProtocol = protocol === undefined || entry.protocol === null || entry.protocol === protocol
    const isPort = fits(insidePort, entry.insideLocal) && fits(globalPort, entry.insideGlobal)
    return isOneOf(entry.insideLocal.address, facts.inside) && isPartner && isProtocol && isPort
  })
}

function judgeAddresses(addresses: readonly string[], facts: NatFacts, params: NatParams, data: ReasonData): Judgement {
  const right = addresses.find((one) => isWanted(one, facts, params))
  const translated = [...new Set(addresses.filter((one) => !isOneOf(one, facts.inside)))]
  if (right !== undefined) return pass('NAT_TRANSLATED', { ...data, address: right })
  if (translated.length === 0) return fail('NAT_NOT_TRANSLATED', 'forbidden-state', data)
  return fail('NAT_OTHER_ADDRESS', 'wrong-value', { ...data, addresses: translated })
}

function judgePresent(facts: NatFacts, params: NatParams): Judgement {
  const data: ReasonData = { inside: params.inside }
  if (facts.inside.length === 0) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: params.inside })
  if (facts.seen !== null && facts.seen.length === 0)
    return fail('NAT_NOTHING_ARRIVED', 'unreachable', { ...data, witness: params.witness ?? '' })
  // what else arrived may be another host's
  if (facts.seen?.some((one) => isOneOf(one, facts.inside))) return fail('NAT_NOT_TRANSLATED', 'forbidden-state', data)
  if (facts.seen !== null) return judgeAddresses(facts.seen, facts, params, data)
  const own = ownEntries(facts, params)
  if (own.length === 0) return fail('NAT_NO_ENTRY', 'absent', data)
  return judgeAddresses(
    own.map(({ insideGlobal }) => insideGlobal.address),
    facts,
    params,
    data,
  )
}

/** That somebody is not translated is shown only by what arrives outside. */
function judgeAbsent(rounds: readonly Round<NatFacts>[], params: NatParams): Judgement {
  const data: ReasonData = { inside: params.inside }
  const translated = rounds.flatMap(({ facts }) => (facts.seen ?? []).filter((one) => !isOneOf(one, facts.inside)))
  if (translated.length > 0) return fail('NAT_FORBIDDEN', 'forbidden-state', { ...data, addresses: [...new Set(translated)] })
  const isShown = rounds.every(({ facts }) => facts.inside.length > 0 && (facts.seen ?? []).length > 0)
  return isShown ? pass('NAT_NONE', data) : inconclusive('NAT_NOTHING_ARRIVED', 'lab', { ...data, witness: params.witness ?? '' })
}

/** Address translation: by what arrives outside where somebody there can look, else by the table, after traffic. */
export const nat = defineCommandModule<NatFacts>()({
  name: 'nat',
  // a witness takes every echo request to the target for ours, also another criterion's: nothing else may be asked meanwhile
  layer: 'mutating',
  mutates: true,
  params: natParams,
  defaultWithinSeconds: 20,
  // traffic is made, watched and looked for
  roundSeconds: () => 20,
  isNegative: ({ state }) => state === 'absent',
  devicesIn: ({ inside, global, outside, witness }) => [
    ...devicesOfTargets(inside, outside, global === undefined || isPrefix(global) ? undefined : global),
    ...(witness === undefined ? [] : [witness]),
  ],
  expected: ({ inside, global, state }) => {
    if (state === 'absent') return { code: 'NAT_STATE_ABSENT', data: { inside } }
    return global === undefined ? { code: 'NAT_ANY', data: { inside } } : { code: 'NAT_TO', data: { inside, global } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})

/** True for a network in place of an address or a device. */
export const isNatPrefix = isPrefix
