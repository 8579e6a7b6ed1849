import { z } from 'zod'
import {
  type AddressedPort,
  type AddressFamily,
  familiesOf,
  type InterfaceAddressFacts,
  interfaceAddress,
  type PortAddress,
} from '../../command-modules/interface-address.ts'
import { interfaceState, type PortState } from '../../command-modules/interface-state.ts'
import type { Observation } from '../../observation.ts'
import { type AddressSource, type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { findPort, namesOf } from '../../ports.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { deviceAddresses, mergePorts } from '../readings/port-reading.ts'
import { incomplete, unknownAnswer } from '../readings/reading.ts'
import { askEos, refused } from './answer.ts'

const ipSchema = z.looseObject({ address: z.string(), maskLen: z.int() })
const ipv4AddressSchema = z.looseObject({ primaryIp: ipSchema.optional(), secondaryIpsOrderedList: z.array(ipSchema).default([]) })
const stateSchema = z.looseObject({ interfaceStatus: z.string(), lineProtocolStatus: z.string() })

/** `show ip interface | json`: early releases wrap the addresses in a list. Fixtures: arista_eos/interface_address. */
const ipv4Schema = z.looseObject({
  interfaces: z.record(
    z.string(),
    stateSchema.extend({
      interfaceAddress: z.union([z.array(ipv4AddressSchema), ipv4AddressSchema.transform((one) => [one])]).default([]),
    }),
  ),
})

/** `show ipv6 interface | json`: the subnet holds the length. */
const ipv6Schema = z.looseObject({
  interfaces: z.record(
    z.string(),
    stateSchema.extend({
      addresses: z
        .array(
          z.looseObject({
            address: z.string(),
            subnet: z.string(),
            active: z.boolean().default(true),
            dadfailed: z.boolean().default(false),
          }),
        )
        .default([]),
    }),
  ),
})

const stateOf = ({ interfaceStatus, lineProtocolStatus }: z.infer<typeof stateSchema>): AddressedPort['state'] => {
  if (interfaceStatus === 'disabled') return 'off'
  return lineProtocolStatus === 'up' ? 'up' : 'down'
}

type MaybeAddress = PortAddress | undefined

const ipv4Of = ({ interfaceAddress: all }: z.infer<typeof ipv4Schema>['interfaces'][string]): MaybeAddress[] =>
  all
    .flatMap(({ primaryIp, secondaryIpsOrderedList }) => [primaryIp ?? [], secondaryIpsOrderedList].flat())
    .filter(({ address }) => address !== '0.0.0.0')
    .map(({ address, maskLen }) => parseCidr(`${address}/${maskLen}`))

const ipv6Of = ({ addresses }: z.infer<typeof ipv6Schema>['interfaces'][string]): MaybeAddress[] =>
  addresses.map(({ address, subnet, active, dadfailed }) => {
    const cidr = parseCidr(`${address}/${subnet.split('/')[1] ?? ''}`)
    if (cidr === undefined) return undefined
    if (dadfailed) return { ...cidr, dad: 'duplicate' }
    return active ? cidr : { ...cidr, dad: 'tentative' }
  })

interface MaybePort extends Pick<AddressedPort, 'name' | 'state'> {
  readonly addresses: readonly MaybeAddress[]
}

const readIpv4 = (answer: Observation): MaybePort[] | Unreadable => {
  const shown = readJson(answer, ipv4Schema)
  if (isUnreadable(shown)) return shown
  return Object.entries(shown.interfaces).map(([name, port]) => ({ name, state: stateOf(port), addresses: ipv4Of(port) }))
}

const readIpv6 = (answer: Observation): MaybePort[] | Unreadable => {
  const shown = readJson(answer, ipv6Schema)
  if (isUnreadable(shown)) return shown
  return Object.entries(shown.interfaces).map(([name, port]) => ({ name, state: stateOf(port), addresses: ipv6Of(port) }))
}

/** A port without what can be read of its addresses spoils the answer. */
function wholePorts(answer: Observation, ports: readonly MaybePort[]): AddressedPort[] | Unreadable {
  if (ports.some(({ addresses }) => addresses.includes(undefined))) return unknownAnswer(answer)
  return ports.map(({ name, state, addresses }) => ({ name, state, addresses: addresses.flatMap((one) => one ?? []) }))
}

/** The addresses that `show ip interface` leaves out. */
export const ipv6Addresses: AddressSource = {
  command: 'show ipv6 interface | json',
  adds: 'ipv6',
  read: (answer) => {
    const shown = incomplete(answer) ?? refused(answer) ?? readIpv6(answer)
    const ports = isUnreadable(shown) ? shown : wholePorts(answer, shown)
    return isUnreadable(ports) ? ports : deviceAddresses(ports)
  },
}

async function askFamily(context: ReadContext, family: AddressFamily): Promise<AddressedPort[] | Unreadable> {
  const answer = await askEos(context, family === 'ipv4' ? 'show ip interface | json' : 'show ipv6 interface | json')
  if (isUnreadable(answer)) return answer
  const ports = family === 'ipv4' ? readIpv4(answer) : readIpv6(answer)
  return isUnreadable(ports) ? ports : wholePorts(answer, ports)
}

/** Only ports that have addresses are shown. */
async function observeAddresses(context: ReadContext, families: readonly AddressFamily[]): Promise<InterfaceAddressFacts | Unreadable> {
  const found: AddressedPort[] = []
  for (const family of families) {
    const ports = await askFamily(context, family)
    if (isUnreadable(ports)) return ports
    found.push(...ports)
  }
  return { ports: mergePorts(found), lists: 'addressed' }
}

/** `show interfaces | json`: a port without hardware has no MAC address. Fixtures: arista_eos/interface_state. */
const portsSchema = z.looseObject({
  interfaces: z.record(
    z.string(),
    stateSchema.extend({
      mtu: z.int().optional(),
      /** bit/s; 0 while the link is down. */
      bandwidth: z.number().optional(),
      physicalAddress: z.string().optional(),
      description: z.string().default(''),
    }),
  ),
})

const bitsPerMegabit = 1_000_000

function readState(name: string, port: z.infer<typeof portsSchema>['interfaces'][string]): PortState {
  const state = stateOf(port)
  return {
    name,
    admin: state === 'off' ? 'down' : 'up',
    oper: state === 'up' ? 'up' : 'down',
    mtu: port.mtu ?? null,
    mac: canonicalMac(port.physicalAddress ?? '') ?? null,
    speedMbps: port.bandwidth === undefined || port.bandwidth <= 0 ? null : Math.round(port.bandwidth / bitsPerMegabit),
    description: port.description.trim(),
  }
}

/** Addresses and state of interfaces. */
export const interfaces: readonly BoundReader[] = [
  reads(interfaceAddress, { observe: (context, params) => observeAddresses(context, familiesOf(params)) }, 'transcript'),
  reads(
    interfaceState,
    {
      observe: async (context, params) => {
        const answer = await askEos(context, 'show interfaces | json')
        if (isUnreadable(answer)) return answer
        const shown = readJson(answer, portsSchema)
        if (isUnreadable(shown)) return shown
        const ports = Object.entries(shown.interfaces).map(([name, port]) => readState(name, port))
        if (ports.length === 0) return unknownAnswer(answer)
        return { port: findPort(ports, params.interface) ?? null, others: namesOf(ports) }
      },
    },
    'transcript',
  ),
]
