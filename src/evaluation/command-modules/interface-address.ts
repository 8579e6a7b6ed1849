import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { findPort, namesOf } from '../ports.ts'
import { cidrSchema, interfaceSchema, isInPrefix, type Prefix, parseCidr, showPrefix } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export interface PortAddress {
  readonly address: string
  readonly length: number
  /** What duplicate address detection (IPv6) says: not finished, or another device has it. */
  readonly dad?: 'tentative' | 'duplicate'
}

export interface AddressedPort {
  /** As the device names it; null where it has but one. */
  readonly name: string | null
  /** `off` = shut down by hand; `down` = no carrier or protocol; null = not shown. */
  readonly state: 'up' | 'down' | 'off' | null
  readonly addresses: readonly PortAddress[]
}

export interface InterfaceAddressFacts {
  readonly ports: readonly AddressedPort[]
  /** Whether the device showed every port, or only those that have addresses: what is not listed is missing, or has none. */
  readonly lists: 'all' | 'addressed'
}

export const addressFamilies = ['ipv4', 'ipv6'] as const

export const interfaceAddressParams = z
  .strictObject({
    /** Any interface of the device where absent. */
    interface: interfaceSchema.optional(),
    addresses: z.array(cidrSchema).max(16),
    /** exact: these and no others of the family. */
    mode: z.enum(['contains', 'exact']).default('contains'),
    /** What counts; the families of the addresses where absent. */
    family: z.enum(addressFamilies).optional(),
    /** The interface must be up as well. */
    up: z.boolean().default(true),
  })
  .refine((params) => params.addresses.length > 0 || params.mode === 'exact', {
    error: 'exerciseProblems.atLeastOneAddress',
    path: ['addresses'],
  })
  .refine(({ addresses, family }) => family === undefined || addresses.every((one) => familyOf(one) === family), {
    error: 'exerciseProblems.otherFamily',
    path: ['addresses'],
  })
export type InterfaceAddressParams = z.infer<typeof interfaceAddressParams>

export type AddressFamily = (typeof addressFamilies)[number]

const familyOf = (cidr: string): AddressFamily => (isIPv6(cidr.split('/')[0] ?? '') ? 'ipv6' : 'ipv4')

/** Families that a criterion is about: what readers have to ask for. */
export const familiesOf = ({ addresses, family }: InterfaceAddressParams): readonly AddressFamily[] => {
  if (family !== undefined) return [family]
  const named = addressFamilies.filter((one) => addresses.some((cidr) => familyOf(cidr) === one))
  return named.length > 0 ? named : addressFamilies
}

const loopbacks: readonly Prefix[] = [
  { address: '127.0.0.0', length: 8 },
  { address: '::1', length: 128 },
]
const linkLocal: Prefix = { address: 'fe80::', length: 10 }

/** Addresses that every host has by itself do not count, unless they are asked for. */
const isGiven = ({ address }: PortAddress, wanted: readonly Prefix[]): boolean =>
  !wanted.some((one) => sameAddress(one.address, address)) && [...loopbacks, linkLocal].some((prefix) => isInPrefix(address, prefix))

/** Where the criterion names no interface, none is told. */
const nameOf = (name: string | null | undefined): ReasonData => (name === undefined || name === null ? {} : { interface: name })

interface Seen {
  readonly ports: readonly AddressedPort[]
  readonly wanted: readonly Prefix[]
  readonly params: InterfaceAddressParams
  readonly data: ReasonData
}

/** What counts on a port: the family asked for, without what every host has. */
const countedOn = (port: AddressedPort, { wanted, params }: Seen): PortAddress[] => {
  const families = familiesOf(params)
  const isCounted = (one: PortAddress) => families.includes(isIPv4(one.address) ? 'ipv4' : 'ipv6') && !isGiven(one, wanted)
  return port.addresses.filter(isCounted)
}

const isWanted = (found: PortAddress, wanted: Prefix): boolean =>
  sameAddress(found.address, wanted.address) && found.length === wanted.length

/** Why one address is not where it should be; undefined when it is. */
function explainMissing(wanted: Prefix, own: readonly AddressedPort[], seen: Seen): Judgement | undefined {
  const found = own.flatMap((port) => countedOn(port, seen))
  const match = found.find((one) => isWanted(one, wanted))
  if (match !== undefined) return explainDad(match, seen)
  const data: ReasonData = { ...seen.data, wanted: showPrefix(wanted) }
  const otherMask = found.find((one) => sameAddress(one.address, wanted.address))
  if (otherMask !== undefined) {
    const lengths = { address: otherMask.address, length: otherMask.length, wantedLength: wanted.length }
    return fail('ADDRESS_WRONG_MASK', 'wrong-value', { ...data, ...lengths })
  }
  const elsewhere = seen.ports.find((port) => port.addresses.some((one) => sameAddress(one.address, wanted.address)))
  if (elsewhere !== undefined) return fail('ADDRESS_ON_OTHER_PORT', 'wrong-value', { ...data, other: elsewhere.name ?? '' })
  if (found.length === 0) return fail('ADDRESS_ABSENT', 'absent', data)
  return fail('ADDRESS_OTHER', 'wrong-value', { ...data, found: found.map(asCidr) })
}

function explainDad({ address, dad }: PortAddress, { data }: Seen): Judgement | undefined {
  if (dad === undefined) return undefined
  return dad === 'duplicate'
    ? fail('ADDRESS_DUPLICATE', 'forbidden-state', { ...data, address })
    : fail('ADDRESS_TENTATIVE', 'too-late', { ...data, address })
}

const asCidr = ({ address, length }: PortAddress): string => `${address}/${length}`

const notUp = { down: 'ADDRESS_PORT_DOWN', off: 'ADDRESS_PORT_OFF' } as const

/** Addresses that are right help nobody on an interface that is down. */
function judgeUp(own: readonly AddressedPort[], seen: Seen): Judgement {
  const holders = own.filter((port) => port.addresses.some((one) => seen.wanted.some((wanted) => isWanted(one, wanted))))
  const addresses = holders.flatMap((port) => countedOn(port, seen)).map(asCidr)
  const data: ReasonData = { ...seen.data, addresses }
  for (const { state, name } of seen.params.up ? holders : []) {
    if (state === null) return inconclusive('ADDRESS_STATE_UNKNOWN', 'infrastructure', { ...data, ...nameOf(name) })
    if (state !== 'up') return fail(notUp[state], 'forbidden-state', { ...data, ...nameOf(name) })
  }
  return pass('ADDRESS_RIGHT', data)
}

const pickPort = ({ ports, lists }: InterfaceAddressFacts, name: string): AddressedPort | undefined =>
  findPort(ports, name) ?? (lists === 'all' ? undefined : { name, state: null, addresses: [] })

function judgeOne(facts: InterfaceAddressFacts, params: InterfaceAddressParams): Judgement {
  const { ports } = facts
  const wanted = params.addresses.flatMap((cidr) => parseCidr(cidr) ?? [])
  const named = params.interface === undefined ? undefined : pickPort(facts, params.interface)
  const seen: Seen = { ports, wanted, params, data: nameOf(named?.name ?? params.interface) }
  if (params.interface !== undefined && named === undefined) {
    return fail('INTERFACE_ABSENT', 'absent', { ...seen.data, found: namesOf(ports) })
  }
  const own = named === undefined ? ports : [named]
  const problem = wanted.map((one) => explainMissing(one, own, seen)).find((one) => one !== undefined)
  if (problem !== undefined) return problem
  const extra = own.flatMap((port) => countedOn(port, seen)).filter((one) => !wanted.some((right) => isWanted(one, right)))
  if (params.mode === 'exact' && extra.length > 0) {
    return fail('ADDRESS_EXTRA', wanted.length === 0 ? 'forbidden-state' : 'wrong-value', { ...seen.data, extra: extra.map(asCidr) })
  }
  return wanted.length === 0 ? pass('ADDRESS_NONE_AS_WANTED', seen.data) : judgeUp(own, seen)
}

const isNegative = ({ addresses }: InterfaceAddressParams): boolean => addresses.length === 0

/** That no address is there holds in every round; an interface that is not there cannot show that. */
function judgeNone(rounds: readonly Round<InterfaceAddressFacts>[], params: InterfaceAddressParams): Judgement {
  const judged = rounds.map(({ facts }) => judgeOne(facts, params))
  return judged.find(({ verdict }) => verdict === 'fail') ?? judgeOne(lastRound(rounds), params)
}

/** Addresses of an interface, by value: a right address with a wrong mask is told as such. */
export const interfaceAddress = defineCommandModule<InterfaceAddressFacts>()({
  name: 'interface_address',
  layer: 'address',
  params: interfaceAddressParams,
  defaultWithinSeconds: 5,
  isNegative,
  expected: (params) => {
    const data: ReasonData = { ...nameOf(params.interface), addresses: [...params.addresses] }
    const where = params.interface === undefined ? '' : '_ON_PORT'
    if (isNegative(params)) return { code: `ADDRESS_NONE${where}`, data }
    return { code: `${params.mode === 'exact' ? 'ADDRESS_EXACT' : 'ADDRESS_CONTAINS'}${where}`, data }
  },
  judge: (rounds, params) => (isNegative(params) ? judgeNone(rounds, params) : judgeOne(lastRound(rounds), params)),
})
