import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, samePort, targetSchema } from '../target.ts'
import { interfaceSchema, macSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** One neighbour that a device knows, by ARP or by IPv6 neighbour discovery. */
export interface ArpEntry {
  readonly address: string
  /** Canonical: values.ts. Null while nobody has answered. */
  readonly mac: string | null
  /** The own interface behind which it is; null where that is not shown. */
  readonly port: string | null
}

/**
 * How a neighbour is met at this moment: it answers, nobody has its address, or the device knows it from before and nothing tells whether
 * it is still there.
 */
export type Met = 'answers' | 'silent' | 'remembered'

export interface ArpFacts {
  /** What the criterion's target stands for; none where the named device has no address. */
  readonly addresses: readonly string[]
  readonly entries: readonly ArpEntry[]
  /** Of the target, where it stands in the table; absent where that was not asked. */
  readonly met?: Met
}

export const arpParams = z
  .strictObject({
    address: targetSchema,
    mac: macSchema.optional(),
    /** The device's own interface on which the neighbour is. */
    interface: interfaceSchema.optional(),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ state, mac, interface: port }) => state === 'present' || (mac === undefined && port === undefined), {
    error: 'exerciseProblems.onlyForPresent',
    path: ['state'],
  })
export type ArpParams = z.infer<typeof arpParams>

const entriesOf = ({ addresses, entries }: ArpFacts): ArpEntry[] =>
  entries.filter((entry) => addresses.some((address) => sameAddress(address, entry.address)))

const isKnown = ({ mac }: ArpEntry): boolean => mac !== null

const mostListed = 12

/** It was not in the table when the criterion was asked first: what is there now was learnt since. */
const isNew = (rounds: readonly Round<ArpFacts>[]): boolean => rounds.some(({ facts }) => !entriesOf(facts).some(isKnown))

function judgePresent(rounds: readonly Round<ArpFacts>[], params: ArpParams): Judgement {
  const facts = lastRound(rounds)
  const data: ReasonData = { address: params.address }
  if (facts.addresses.length === 0) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: params.address })
  const found = entriesOf(facts)
  const known = found.filter(isKnown)
  if (known.length === 0) {
    if (found.length > 0) return fail('ARP_UNANSWERED', 'unreachable', data)
    const others = facts.entries.filter(isKnown).map(({ address }) => address)
    return others.length === 0
      ? fail('ARP_EMPTY', 'absent', data)
      : fail('ARP_ABSENT', 'absent', { ...data, found: others.slice(0, mostListed) })
  }
  const judgement = judgeEntry(known, params, data)
  if (judgement.verdict !== 'pass' || facts.met === undefined || facts.met === 'answers' || isNew(rounds)) return judgement
  return facts.met === 'silent' ? fail('ARP_UNANSWERED', 'unreachable', data) : inconclusive('ARP_OLD', 'lab', data)
}

function judgeEntry(known: readonly ArpEntry[], params: ArpParams, data: ReasonData): Judgement {
  const macs = known.flatMap(({ mac }) => mac ?? [])
  const right = params.mac === undefined ? known : known.filter(({ mac }) => mac === params.mac)
  if (right.length === 0) return fail('ARP_OTHER_MAC', 'wrong-value', { ...data, wanted: params.mac ?? '', found: macs })
  const { interface: wanted } = params
  const there = wanted === undefined ? right : right.filter(({ port }) => port !== null && samePort(port, wanted))
  const ports = right.flatMap(({ port }) => port ?? [])
  if (there.length > 0) return pass('ARP_FOUND', { ...data, found: macs })
  if (ports.length === 0) return inconclusive('ARP_PORT_UNKNOWN', 'exercise', data)
  return fail('ARP_OTHER_PORT', 'wrong-value', { ...data, wanted: wanted ?? '', found: ports })
}

/** Nobody may be known in any round; a question that nobody answered is no neighbour. */
function judgeAbsent(rounds: readonly Round<ArpFacts>[], { address }: ArpParams): Judgement {
  const seen = rounds.flatMap(({ facts }) => entriesOf(facts).filter(isKnown))
  if (seen.length > 0) return fail('ARP_PRESENT', 'forbidden-state', { address, found: seen.flatMap(({ mac }) => mac ?? []).slice(0, 1) })
  if (rounds.some(({ facts }) => facts.addresses.length === 0)) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: address })
  return pass('ARP_ABSENT_AS_WANTED', { address })
}

/**
 * An entry in the table of neighbours. It is there only after traffic, and stays for a while after the neighbour is gone: the neighbour is
 * asked again before an entry counts.
 */
export const arp = defineCommandModule<ArpFacts>()({
  name: 'arp',
  layer: 'neighbour',
  params: arpParams,
  defaultWithinSeconds: 5,
  isNegative: ({ state }) => state === 'absent',
  devicesIn: ({ address }) => devicesOfTargets(address),
  expected: ({ address, mac, state }) => {
    if (state === 'absent') return { code: 'ARP_NO_ENTRY', data: { address } }
    return mac === undefined ? { code: 'ARP_ENTRY', data: { address } } : { code: 'ARP_ENTRY_MAC', data: { address, mac } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(rounds, params)),
})
