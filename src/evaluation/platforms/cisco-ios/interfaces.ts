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
import { allDiffer } from '../readings/torn-answer.ts'
import { askIos, readAddresses, refused } from './answer.ts'

/** `administratively down` is two words; the reason in brackets is of switches. Fixtures: cisco_ios/interface_address. */
const headerLine = /^(\S+) is (.+?), line protocol is (up|down)\b.*$/

function stateOf(words: string, protocol: string): AddressedPort['state'] {
  if (words === 'administratively down') return 'off'
  return words.startsWith('up') && protocol === 'up' ? 'up' : 'down'
}

/** `Internet address is 10.0.0.1/24`, `Secondary address 10.0.1.1/24`. */
const ipv4Line = /^ +(?:Internet address is|Secondary address) (\S+)$/
/** `2001:DB8::1, subnet is 2001:DB8::/64 [EUI/TEN]`. */
const ipv6Line = /^ +(\S+), subnet is \S+\/(\d+)(?: \[([A-Z/]+)\])?/

function addressIn(line: string): PortAddress | null | undefined {
  const ipv4 = ipv4Line.exec(line)?.[1]
  if (ipv4 !== undefined) return parseCidr(ipv4) ?? null
  const [, address, length, marks = ''] = ipv6Line.exec(line) ?? []
  if (address === undefined) return undefined
  const cidr = parseCidr(`${address}/${length}`)
  if (cidr === undefined) return null
  const words = marks.split('/')
  if (words.includes('DUP')) return { ...cidr, dad: 'duplicate' }
  return words.includes('TEN') ? { ...cidr, dad: 'tentative' } : cidr
}

/** Interfaces with their addresses; each line must be a header or stand below one. A deleted interface is none. */
function readPorts(answer: Observation): AddressedPort[] | Unreadable {
  const ports: (AddressedPort & { readonly addresses: PortAddress[] })[] = []
  const deleted = new Set<string>()
  for (const line of linesOf(answer)) {
    if (line === '') continue
    const [, name, words, protocol] = headerLine.exec(line) ?? []
    if (name !== undefined && words !== undefined && protocol !== undefined) {
      ports.push({ name, state: stateOf(words, protocol), addresses: [] })
      if (words === 'deleted') deleted.add(name)
      continue
    }
    const address = line.startsWith(' ') && ports.length > 0 ? addressIn(line) : null
    if (address === null) return unknownAnswer(answer)
    if (address !== undefined) ports.at(-1)?.addresses.push(address)
  }
  if (!allDiffer(ports.map(({ name }) => name ?? ''))) return unknownAnswer(answer)
  return ports.filter(({ name }) => name === null || !deleted.has(name))
}

/** Cut down on the device: 30 ports in full are a thousand lines. */
const addressCommands: Record<AddressFamily, string> = {
  ipv4: 'show ip interface | include line protocol is|Internet address|Secondary address',
  ipv6: 'show ipv6 interface | include line protocol is|subnet is',
}

function readAll(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const ports = incomplete(answer) ?? refused(answer) ?? readPorts(answer)
  return isUnreadable(ports) ? ports : deviceAddresses(ports)
}

/** What `show ip interface brief` leaves out. */
export const moreAddresses: readonly AddressSource[] = [
  { command: addressCommands.ipv4, adds: 'secondary', read: readAll },
  { command: addressCommands.ipv6, adds: 'ipv6', read: readAll },
]

async function observeAddresses(context: ReadContext, families: readonly AddressFamily[]): Promise<InterfaceAddressFacts | Unreadable> {
  const found: AddressedPort[] = []
  for (const family of families) {
    const answer = await askIos(context, addressCommands[family])
    if (isUnreadable(answer)) return answer
    const ports = readPorts(answer)
    if (isUnreadable(ports)) return ports
    // there is always one; of IPv6 only those are shown that have it
    if (family === 'ipv4' && ports.length === 0) return unknownAnswer(answer)
    found.push(...ports)
  }
  return { ports: mergePorts(found), lists: families.includes('ipv4') ? 'all' : 'addressed' }
}

/** `Full-duplex, 100Mb/s`, `Full Duplex, 1000Mbps`, `10Gb/s`; `Auto-speed` is none. */
function speedIn(text: string): number | null {
  const [, number, unit] = /^ +\S+[ -][Dd]uplex, (\d+) ?(M|G)b(?:\/s|ps)/m.exec(text) ?? []
  return number === undefined ? null : Number(number) * (unit === 'G' ? 1_000 : 1)
}

/** `show interfaces X`. Fixtures: cisco_ios/interface_state. */
function readState(answer: Observation): PortState | Unreadable {
  const [header = '', second = ''] = linesOf(answer).filter((line) => line !== '')
  const [, name, words, protocol] = headerLine.exec(header) ?? []
  if (name === undefined || words === undefined || protocol === undefined || !second.startsWith('  ')) return unknownAnswer(answer)
  const { text } = answer
  const mtu = /^ +MTU (\d+) bytes/m.exec(text)?.[1]
  if (mtu === undefined) return unknownAnswer(answer)
  return {
    name,
    admin: words === 'administratively down' ? 'down' : 'up',
    oper: stateOf(words, protocol) === 'up' ? 'up' : 'down',
    mtu: Number(mtu),
    mac: canonicalMac(/, address is (\S+)/.exec(text)?.[1] ?? '') ?? null,
    speedMbps: speedIn(text),
    description: (/^ {2}Description: (.*)$/m.exec(text)?.[1] ?? '').trim(),
  }
}

/** IOS refuses the name of an interface that is not there as it does a wrong command: the list of all decides. */
async function observeState(context: ReadContext, name: string): Promise<InterfaceStateFacts | Unreadable> {
  const answer = await context.ask(`show interfaces ${name}`)
  const problem = incomplete(answer)
  if (problem !== null) return problem
  const refusal = refused(answer)
  if (refusal === null) {
    const port = readState(answer)
    return isUnreadable(port) ? port : { port, others: [] }
  }
  const list = await context.ask('show ip interface brief')
  const known = readAddresses(list)
  if (isUnreadable(known)) return known
  const names = linesOf(list).flatMap((line) => {
    const row = /^(\S+)\s+(?:\S+)\s+(?:YES|NO)\s/.exec(line)?.[1]
    return row === undefined ? [] : [{ name: row }]
  })
  return findPort(names, name) === undefined ? { port: null, others: namesOf(names) } : refusal
}

/** Addresses and state of interfaces. */
export const interfaces: readonly BoundReader[] = [
  reads(interfaceAddress, { observe: (context, params) => observeAddresses(context, familiesOf(params)) }, 'transcript'),
  reads(interfaceState, { observe: (context, params) => observeState(context, params.interface) }, 'transcript'),
]
