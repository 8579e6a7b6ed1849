import { type AddressedPort, interfaceAddress, type PortAddress } from '../../command-modules/interface-address.ts'
import {
  type InterfaceStateFacts,
  type InterfaceStateParams,
  interfaceState,
  type PortState,
} from '../../command-modules/interface-state.ts'
import type { Observation } from '../../observation.ts'
import { type AddressSource, type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { findPort, namesOf } from '../../ports.ts'
import { samePort } from '../../target.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { deviceAddresses } from '../readings/port-reading.ts'
import { incomplete, linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos, refused } from './answer.ts'

const header = /^Interface\s+Admin\s+Link\s+Proto\s+Local\s+Remote$/
const rowLine = /^(\S+)\s+(up|down)\s+(up|down)\b(.*)$/
const roleLine = /^\{[a-z]+(?::\w*\d)?\}$/

interface TerseRow {
  readonly name: string
  readonly admin: 'up' | 'down'
  readonly link: 'up' | 'down'
  readonly addresses: PortAddress[]
}

const asUpDown = (word: string | undefined): 'up' | 'down' => (word === 'up' ? 'up' : 'down')

/** `inet 10.0.1.1/24`, `10.1.1.1 --> 0/0` of a loopback, which is one address alone; other families are passed over. */
function addressesIn(rest: string): PortAddress[] {
  const local = rest.trim().replace(/^(?:inet6?|mpls|iso|multiservice|eth-switch|aenet|tnp|ccc|vpls|bridge)\b\s*/, '')
  const [word = '', arrow] = local.split(/\s+/)
  const single = arrow === '-->' && !word.includes('/') ? `${word}/${word.includes(':') ? '128' : '32'}` : word
  const cidr = parseCidr(single)
  return cidr === undefined ? [] : [cidr]
}

/** `show interfaces terse`. Fixtures: juniper_junos/interface_address. */
function readTerse(answer: Observation): TerseRow[] | Unreadable {
  const rows: TerseRow[] = []
  let isKnown = false
  for (const line of linesOf(answer)) {
    if (line === '' || roleLine.test(line)) continue
    if (header.test(line)) {
      isKnown = true
      continue
    }
    const [, name, admin, link, rest = ''] = rowLine.exec(line) ?? []
    if (name !== undefined) rows.push({ name, admin: asUpDown(admin), link: asUpDown(link), addresses: addressesIn(rest) })
    else if (line.startsWith(' ') && rows.length > 0) rows.at(-1)?.addresses.push(...addressesIn(line))
    else return unknownAnswer(answer)
  }
  return isKnown ? rows : unknownAnswer(answer)
}

/** What the list of addresses leaves out (answer.ts): those of IPv6. */
export const ipv6Addresses: AddressSource = {
  command: 'show interfaces terse',
  adds: 'ipv6',
  read: (answer) => {
    const rows = incomplete(answer) ?? refused(answer) ?? readTerse(answer)
    if (isUnreadable(rows)) return rows
    return deviceAddresses(rows.map((row) => ({ name: row.name, state: stateOf(row), addresses: row.addresses })))
  },
}

async function askTerse(context: ReadContext): Promise<TerseRow[] | Unreadable> {
  const answer = await askJunos(context, 'show interfaces terse')
  return isUnreadable(answer) ? answer : readTerse(answer)
}

const stateOf = ({ admin, link }: TerseRow): AddressedPort['state'] => (admin === 'down' ? 'off' : link)

/** Addresses are on units: a port is listed by itself only where it has none. */
const withoutCarriers = (rows: readonly TerseRow[]): TerseRow[] =>
  rows.filter(({ name }) => !rows.some((other) => other.name === `${name}.0`))

/** `show interfaces X` of a physical port. Fixtures: juniper_junos/interface_state. */
function readPhysical(answer: Observation, row: TerseRow): PortState | Unreadable {
  // what stands below are its units, with descriptions of their own
  const [text = ''] = answer.text.split(/^ {2}Logical interface /m)
  const name = /^Physical interface: ([^,\s]+),/m.exec(text)?.[1]
  if (name === undefined || !samePort(name, row.name)) return unknownAnswer(answer)
  const mtu = /\bMTU: (\d+|Unlimited)/.exec(text)?.[1]
  const [, speed, unit] = /\bSpeed: (\d+)(mbps|m|Gbps|g)\b/i.exec(text) ?? []
  return {
    ...base(row),
    mtu: mtu === undefined || mtu === 'Unlimited' ? null : Number(mtu),
    mac: canonicalMac(/\bCurrent address: ([\da-fA-F:]+)/.exec(text)?.[1] ?? '') ?? null,
    speedMbps: speed === undefined ? null : Number(speed) * (/^g/i.test(unit ?? '') ? 1_000 : 1),
    description: (/^ {2}Description: (.*)$/m.exec(text)?.[1] ?? '').trim(),
  }
}

const base = ({ name, admin, link }: TerseRow): PortState => ({
  name,
  admin,
  oper: admin === 'up' ? link : 'down',
  mtu: null,
  mac: null,
  speedMbps: null,
  description: null,
})

const needsDetail = ({ mtu, mac, speed, description }: InterfaceStateParams): boolean =>
  [mtu, mac, speed, description].some((value) => value !== undefined)

async function observeState(context: ReadContext, params: InterfaceStateParams): Promise<InterfaceStateFacts | Unreadable> {
  const rows = await askTerse(context)
  if (isUnreadable(rows)) return rows
  const row = findPort(rows, params.interface)
  if (row === undefined) return { port: null, others: namesOf(withoutCarriers(rows)) }
  if (!needsDetail(params)) return { port: base(row), others: [] }
  const answer = await askJunos(context, `show interfaces ${row.name}`)
  if (isUnreadable(answer)) return answer
  const port = readPhysical(answer, row)
  return isUnreadable(port) ? port : { port, others: [] }
}

/** A unit shows up and down only; the rest belongs to its port. */
const unsupported = (params: InterfaceStateParams): string | null =>
  needsDetail(params) && /\.\d+$/.test(params.interface) ? 'mtu, mac, speed, description of a unit' : null

/** Addresses and state of interfaces. */
export const interfaces: readonly BoundReader[] = [
  reads(
    interfaceAddress,
    {
      observe: async (context) => {
        const rows = await askTerse(context)
        if (isUnreadable(rows)) return rows
        const ports = withoutCarriers(rows).map((row) => ({ name: row.name, state: stateOf(row), addresses: row.addresses }))
        return { ports, lists: 'all' as const }
      },
    },
    'transcript',
  ),
  reads(interfaceState, { unsupported, observe: observeState }, 'transcript'),
]
