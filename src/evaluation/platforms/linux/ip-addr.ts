import type { AddressedPort, PortAddress } from '../../command-modules/interface-address.ts'
import type { Observation } from '../../observation.ts'
import { isUnreadable, type ReadContext, type Unreadable } from '../../platform.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askLinux } from './answer.ts'

/** One interface of `ip addr`, in the words of the kernel. */
export interface LinuxPort {
  readonly name: string
  readonly isAdminUp: boolean
  readonly isOperUp: boolean
  readonly mtu: number
  /** Null where it has none (tunnels). */
  readonly mac: string | null
  readonly addresses: readonly PortAddress[]
}

/** `2: eth0@if2: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP …`; busybox shows no state. Fixtures: linux/interface_address. */
const headerLine = /^\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)> mtu (\d+)\b(.*)$/
const linkLine = /^ +link\/\S+(?: (\S+))?/
const inetLine = /^ +inet6? (\S+)(?: peer (\S+))?(?: .*)?$/
/** Life times, aliases and details of tunnels stand below, always with blanks in front. */
const restLine = /^ {4}/

interface Reading {
  readonly name: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly state: string | undefined
  mac: string | null
  readonly addresses: PortAddress[]
}

/** A peer's length counts: `inet 10.0.0.1 peer 10.0.0.2/32`. */
function addressOf(line: string): PortAddress | undefined {
  const [, own = '', peer] = inetLine.exec(line) ?? []
  const cidr = parseCidr(own.includes('/') ? own : `${own}/${peer?.split('/')[1] ?? (own.includes(':') ? '128' : '32')}`)
  if (cidr === undefined) return undefined
  const words = line.split(/\s+/)
  if (words.includes('dadfailed')) return { ...cidr, dad: 'duplicate' }
  return words.includes('tentative') ? { ...cidr, dad: 'tentative' } : cidr
}

const deadStates: readonly string[] = ['DOWN', 'LOWERLAYERDOWN', 'DORMANT', 'NOTPRESENT']

/** A virtual port without a carrier of its own says UNKNOWN and works. */
const worksIn = ({ flags, state }: Reading): boolean => flags.includes('LOWER_UP') && !deadStates.includes(state ?? '')

/** Every line must be known: a port or an address that is missed could turn a verdict. */
export function readPorts(answer: Observation): LinuxPort[] | Unreadable {
  const ports: Reading[] = []
  for (const line of linesOf(answer)) {
    if (line === '') continue
    const [, name, flags, mtu, rest] = headerLine.exec(line) ?? []
    if (name !== undefined && flags !== undefined) {
      const state = / state (\S+)/.exec(rest ?? '')?.[1]
      ports.push({ name, flags: flags.split(','), mtu: Number(mtu), state, mac: null, addresses: [] })
      continue
    }
    const port = ports.at(-1)
    if (port === undefined || !restLine.test(line)) return unknownAnswer(answer)
    port.mac = canonicalMac(linkLine.exec(line)?.[1] ?? '') ?? port.mac
    if (!inetLine.test(line)) continue
    const address = addressOf(line)
    if (address === undefined) return unknownAnswer(answer)
    port.addresses.push(address)
  }
  if (ports.length === 0) return unknownAnswer(answer)
  return ports.map((port) => ({
    name: port.name,
    isAdminUp: port.flags.includes('UP'),
    isOperUp: worksIn(port),
    mtu: port.mtu,
    mac: port.mac,
    addresses: port.addresses,
  }))
}

/** The text form: old busybox has no other, and it is what is captured and asked for anyway. */
export async function askPorts(context: ReadContext): Promise<LinuxPort[] | Unreadable> {
  const answer = await askLinux(context, 'ip addr')
  return isUnreadable(answer) ? answer : readPorts(answer)
}

/** As every platform's are. */
export const asAddressed = ({ name, isAdminUp, isOperUp, addresses }: LinuxPort): AddressedPort => {
  if (!isAdminUp) return { name, state: 'off', addresses }
  return { name, state: isOperUp ? 'up' : 'down', addresses }
}
