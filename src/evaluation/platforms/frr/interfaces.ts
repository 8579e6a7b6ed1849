import { z } from 'zod'
import { type AddressedPort, interfaceAddress } from '../../command-modules/interface-address.ts'
import { interfaceState, type PortState } from '../../command-modules/interface-state.ts'
import { type AddressSource, type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { findPort, namesOf } from '../../ports.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { deviceAddresses } from '../readings/port-reading.ts'
import { incomplete } from '../readings/reading.ts'
import { askFrr, refused } from './answer.ts'
import { type FrrPortText, readInterfaceText } from './interface-text.ts'

const upDown = z.enum(['up', 'down'])

/** `show interface json` (from 8.0 on). An interface that is shut down has no operational status. Fixtures: frr/interface_address. */
const portsSchema = z.record(
  z.string(),
  z.looseObject({
    administrativeStatus: upDown,
    operationalStatus: upDown.optional(),
    mtu: z.int().optional(),
    speed: z.int().optional(),
    description: z.string().default(''),
    hardwareAddress: z.string().optional(),
    ipAddresses: z.array(z.looseObject({ address: z.string() })).default([]),
  }),
)
type FrrPort = z.infer<typeof portsSchema>[string]

/** JSON where the release has it, else the text. */
async function askShown(context: ReadContext): Promise<Record<string, FrrPort | FrrPortText> | Unreadable> {
  const answer = await askFrr(context, 'show interface json')
  if (!isUnreadable(answer)) return readJson(answer, portsSchema)
  if (answer.unreadable !== 'COMMAND_REFUSED') return answer
  const text = await askFrr(context, 'show interface')
  return isUnreadable(text) ? text : readInterfaceText(text)
}

/** What `show interface brief` is not read for: the addresses of IPv6. */
export const ipv6Addresses: AddressSource = {
  command: 'show interface json',
  adds: 'ipv6',
  read: (answer) => {
    const shown = incomplete(answer) ?? refused(answer) ?? readJson(answer, portsSchema)
    if (isUnreadable(shown)) return shown
    const ports = Object.entries(shown).map(([name, port]) => readPort({ name, port, addresses: addressesOf(port) }).addressed)
    return deviceAddresses(ports)
  },
}

async function askPorts(context: ReadContext): Promise<AddressedOrState[] | Unreadable> {
  const shown = await askShown(context)
  if (isUnreadable(shown)) return shown
  const ports = Object.entries(shown).map(([name, port]) => ({ name, port, addresses: addressesOf(port) }))
  // loopback is always there
  const isKnown = ports.length > 0 && !ports.some(({ addresses }) => addresses.includes(null))
  return isKnown ? ports.map(readPort) : unreadable('ANSWER_UNREADABLE', 'infrastructure', { command: 'show interface' })
}

const addressesOf = ({ ipAddresses }: FrrPort | FrrPortText) => ipAddresses.map(({ address }) => parseCidr(address) ?? null)

interface AddressedOrState {
  readonly name: string
  readonly addressed: AddressedPort
  readonly state: PortState
}

/** A speed of 0 or of all ones is one that is not known. */
const isSpeed = (speed: number | undefined): speed is number => speed !== undefined && speed > 0 && speed < 2 ** 31

function readPort({
  name,
  port,
  addresses,
}: {
  name: string
  port: FrrPort | FrrPortText
  addresses: ReturnType<typeof addressesOf>
}): AddressedOrState {
  const admin = port.administrativeStatus
  const oper = port.operationalStatus ?? (admin === 'down' ? 'down' : null)
  const addressed = { name, state: admin === 'down' ? ('off' as const) : oper, addresses: addresses.flatMap((one) => one ?? []) }
  const mac = canonicalMac(port.hardwareAddress ?? '') ?? null
  const speedMbps = isSpeed(port.speed) ? port.speed : null
  return { name, addressed, state: { name, admin, oper, mtu: port.mtu ?? null, mac, speedMbps, description: port.description } }
}

/** Addresses and state of interfaces, as zebra has them. */
export const interfaces: readonly BoundReader[] = [
  reads(
    interfaceAddress,
    {
      observe: async (context) => {
        const ports = await askPorts(context)
        return isUnreadable(ports) ? ports : { ports: ports.map(({ addressed }) => addressed), lists: 'all' as const }
      },
    },
    'device',
  ),
  reads(
    interfaceState,
    {
      observe: async (context, params) => {
        const ports = await askPorts(context)
        if (isUnreadable(ports)) return ports
        return { port: findPort(ports, params.interface)?.state ?? null, others: namesOf(ports) }
      },
    },
    'device',
  ),
]
