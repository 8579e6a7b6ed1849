import {
  type AddressedPort,
  type AddressFamily,
  familiesOf,
  type InterfaceAddressFacts,
  interfaceAddress,
  type PortAddress,
} from '../../command-modules/interface-address.ts'
import { type InterfaceStateFacts, interfaceState, type PortState } from '../../command-modules/interface-state.ts'
import type { Observation } from '../../observation.ts'
import {
  type AddressSource,
  type BoundReader,
  type DeviceAddress,
  isUnreadable,
  type ReadContext,
  reads,
  type Unreadable,
} from '../../platform.ts'
import { findPort, namesOf } from '../../ports.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { deviceAddresses, mergePorts } from '../readings/port-reading.ts'
import { incomplete, linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos, refused } from './answer.ts'

/** `Ethernet1/1, Interface status: protocol-up/link-up/admin-up, iod: 5,`. Fixtures: cisco_nxos/interface_address. */
const headerLine = /^(\S+), Interface status: protocol-(up|down)\/link-(up|down)\/admin-(up|down), iod: \d+,?/
const vrfLine = /^IP(?:v6)? Interface Status for VRF "[^"]+"/
/** Ports that borrow the address of the one above: named under it, without an address of their own. */
const borrowerLine = /^(?:Unnumbered interfaces of \S+: .*|(?:[A-Za-z][\w./-]*: *)+)$/
const ipv4Line = /^ {2}IP address: (\S+), IP subnet: \S+\/(\d+)/
/** Below `IPv6 address:`, or behind it. */
const ipv6Line = /^ {2}(?: {2}|IPv6 address: )([\da-fA-F:.]+\/\d+)(?: \[(\w+)\])?/

function addressIn(line: string): PortAddress | null | undefined {
  const [, ipv4, length] = ipv4Line.exec(line) ?? []
  if (ipv4 !== undefined) return parseCidr(`${ipv4}/${length}`) ?? null
  const [, ipv6, mark] = ipv6Line.exec(line) ?? []
  if (ipv6 === undefined) return undefined
  const cidr = parseCidr(ipv6)
  if (cidr === undefined) return null
  if (mark === 'DUPLICATE') return { ...cidr, dad: 'duplicate' }
  return mark === 'TENTATIVE' ? { ...cidr, dad: 'tentative' } : cidr
}

const stateOf = (admin: string, others: readonly string[]): AddressedPort['state'] => {
  if (admin === 'down') return 'off'
  return others.every((word) => word === 'up') ? 'up' : 'down'
}

function readPorts(answer: Observation): AddressedPort[] | Unreadable {
  const ports: (AddressedPort & { readonly addresses: PortAddress[] })[] = []
  let isKnown = false
  for (const line of linesOf(answer)) {
    if (line === '') continue
    const [, name, protocol, link, admin] = headerLine.exec(line) ?? []
    if (name !== undefined && protocol !== undefined && link !== undefined && admin !== undefined) {
      ports.push({ name, state: stateOf(admin, [protocol, link]), addresses: [] })
      continue
    }
    if (vrfLine.test(line)) {
      isKnown = true
      continue
    }
    if (ports.length > 0 && borrowerLine.test(line)) continue
    const address = line.startsWith('  ') && ports.length > 0 ? addressIn(line) : null
    if (address === null) return unknownAnswer(answer)
    if (address !== undefined) ports.at(-1)?.addresses.push(address)
  }
  return isKnown ? ports : unknownAnswer(answer)
}

const addressCommands: Record<AddressFamily, string> = {
  ipv4: 'show ip interface vrf all',
  ipv6: 'show ipv6 interface vrf all',
}

function readAll(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const ports = incomplete(answer) ?? refused(answer) ?? readPorts(answer)
  return isUnreadable(ports) ? ports : deviceAddresses(ports)
}

/** What `show ip interface brief` leaves out. Of the default VRF, as that. */
export const moreAddresses: readonly AddressSource[] = [
  { command: 'show ip interface', adds: 'secondary', read: readAll },
  { command: 'show ipv6 interface', adds: 'ipv6', read: readAll },
]

/** Only ports that have addresses are shown. */
async function observeAddresses(context: ReadContext, families: readonly AddressFamily[]): Promise<InterfaceAddressFacts | Unreadable> {
  const found: AddressedPort[] = []
  for (const family of families) {
    const answer = await askNxos(context, addressCommands[family])
    if (isUnreadable(answer)) return answer
    const ports = readPorts(answer)
    if (isUnreadable(ports)) return ports
    found.push(...ports)
  }
  return { ports: mergePorts(found), lists: 'addressed' }
}

/** `Ethernet1/1 is down (Link not connected)`, `Vlan20 is administratively down (Administratively down), line protocol is down`. */
const stateHeader = /^(\S+) is (?:administratively )?(up|down)(?: \(([^)]*)\))?(?:, line protocol is (up|down))?/

/** A management port shows its admin state in newer releases only. */
function adminOf(text: string, oper: string | undefined, reason: string | undefined): PortState['admin'] {
  const told = /^\s*admin state is (up|down)/im.exec(text)?.[1]
  if (told === 'up' || told === 'down') return told
  if (/^administratively down/i.test(reason ?? '')) return 'down'
  return oper === 'up' || reason !== undefined ? 'up' : null
}

/** `full-duplex, 10 Gb/s`; `auto-speed` is none. */
function speedIn(text: string): number | null {
  const [, number, unit] = /^ +\S+-duplex, (\d+) ?(M|G)b\/s/m.exec(text) ?? []
  return number === undefined ? null : Number(number) * (unit === 'G' ? 1_000 : 1)
}

/** `show interface X`. Fixtures: cisco_nxos/interface_state. */
function readState(answer: Observation): PortState | Unreadable {
  const { text } = answer
  const header = linesOf(answer).find((line) => line !== '') ?? ''
  const [, name, oper, reason, protocol = oper] = stateHeader.exec(header) ?? []
  const mtu = /^ +MTU (\d+) bytes/m.exec(text)?.[1]
  if (name === undefined || !/^ +(?:Hardware|MTU|BW)\b/m.test(text)) return unknownAnswer(answer)
  return {
    name,
    admin: adminOf(text, oper, reason),
    oper: oper === 'up' && protocol === 'up' ? 'up' : 'down',
    mtu: mtu === undefined ? null : Number(mtu),
    mac: canonicalMac(/, address(?: is|:) +(\S+)/.exec(text)?.[1] ?? '') ?? null,
    speedMbps: speedIn(text),
    description: (/^ +Description: (.*)$/m.exec(text)?.[1] ?? '').trim(),
  }
}

/** Rows of `show interface brief`: `Eth1/1`, `Vlan10`, `Lo0`, `mgmt0`. */
const briefRow = /^((?:Eth|mgmt|Vlan|Lo|Po|Tunnel|nve|sup-eth)[\d/.]+)\s/

/** NX-OS refuses the name of an interface that is not there: the list of all decides. */
async function observeState(context: ReadContext, name: string): Promise<InterfaceStateFacts | Unreadable> {
  const answer = await context.ask(`show interface ${name}`)
  const problem = incomplete(answer)
  if (problem !== null) return problem
  const isRefused = refused(answer) !== null || /^Invalid (?:interface|range|value)/m.test(answer.text)
  if (!isRefused) {
    const port = readState(answer)
    return isUnreadable(port) ? port : { port, others: [] }
  }
  const list = await askNxos(context, 'show interface brief')
  if (isUnreadable(list)) return list
  const names = linesOf(list).flatMap((line) => {
    const row = briefRow.exec(line)?.[1]
    return row === undefined ? [] : [{ name: row }]
  })
  if (names.length === 0) return unknownAnswer(list)
  return findPort(names, name) === undefined ? { port: null, others: namesOf(names) } : unknownAnswer(answer)
}

/** Addresses and state of interfaces. */
export const interfaces: readonly BoundReader[] = [
  reads(interfaceAddress, { observe: (context, params) => observeAddresses(context, familiesOf(params)) }, 'transcript'),
  reads(interfaceState, { observe: (context, params) => observeState(context, params.interface) }, 'transcript'),
]
