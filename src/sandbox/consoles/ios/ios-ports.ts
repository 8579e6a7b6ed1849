import { macFrom } from '../../network/address.ts'
import { type Fields, fieldsOf } from '../../network/json.ts'
import type { NodeSpec, PortInfo } from '../../network/types.ts'

export interface IosPort extends PortInfo {
  readonly mac: string
}

interface Module {
  readonly kind: 'FastEthernet' | 'GigabitEthernet' | 'Ethernet' | 'Serial'
  readonly count: number
}

/** Dynamips' modules by GNS3's names (gns3server compute/dynamips/adapters). A module not listed has no port here. */
const MODULES: Readonly<Record<string, Module>> = {
  'GT96100-FE': { kind: 'FastEthernet', count: 2 },
  'Leopard-2FE': { kind: 'FastEthernet', count: 2 },
  'C7200-IO-FE': { kind: 'FastEthernet', count: 1 },
  'C7200-IO-2FE': { kind: 'FastEthernet', count: 2 },
  'C7200-IO-GE-E': { kind: 'GigabitEthernet', count: 1 },
  'C1700-MB-1FE': { kind: 'FastEthernet', count: 1 },
  'C1700-MB-WIC1': { kind: 'FastEthernet', count: 1 },
  'C2600-MB-1E': { kind: 'Ethernet', count: 1 },
  'C2600-MB-2E': { kind: 'Ethernet', count: 2 },
  'C2600-MB-1FE': { kind: 'FastEthernet', count: 1 },
  'C2600-MB-2FE': { kind: 'FastEthernet', count: 2 },
  'NM-1FE-TX': { kind: 'FastEthernet', count: 1 },
  'NM-1E': { kind: 'Ethernet', count: 1 },
  'NM-4E': { kind: 'Ethernet', count: 4 },
  'NM-4T': { kind: 'Serial', count: 4 },
  'NM-16ESW': { kind: 'FastEthernet', count: 16 },
  'PA-FE-TX': { kind: 'FastEthernet', count: 1 },
  'PA-2FE-TX': { kind: 'FastEthernet', count: 2 },
  'PA-GE': { kind: 'GigabitEthernet', count: 1 },
  'PA-4E': { kind: 'Ethernet', count: 4 },
  'PA-8E': { kind: 'Ethernet', count: 8 },
  'PA-4T+': { kind: 'Serial', count: 4 },
  'PA-8T': { kind: 'Serial', count: 8 },
}

const WICS: Readonly<Record<string, Module>> = {
  'WIC-1T': { kind: 'Serial', count: 1 },
  'WIC-2T': { kind: 'Serial', count: 2 },
  'WIC-1ENET': { kind: 'Ethernet', count: 1 },
}

/** What sits in slot 0 of a platform when the properties do not say. */
const MOTHERBOARDS: Readonly<Record<string, string>> = {
  c1700: 'C1700-MB-1FE',
  c2600: 'C2600-MB-1E',
  c2691: 'GT96100-FE',
  c3725: 'GT96100-FE',
  c3745: 'GT96100-FE',
  c7200: 'C7200-IO-FE',
}

/** GNS3 shortens names to the first letter: f0/0, g0/0, e0/0, s0/0. */
const shortName = (kind: string, place: string) => `${kind.slice(0, 1).toLowerCase()}${place}`

/** The ports of a router as GNS3 lists them. */
export function iosPorts(spec: NodeSpec, index: number): IosPort[] {
  const properties = fieldsOf(spec.properties)
  return spec.type === 'iou' ? iouPorts(properties, index) : dynamipsPorts(properties, index)
}

function dynamipsPorts(properties: Fields, index: number): IosPort[] {
  const base = properties.text('mac_addr') || `ca${(index + 1).toString(16).padStart(2, '0')}.0000.0000`
  const platform = properties.text('platform', 'c7200')
  const numbersWithSlot = platform !== 'c1700'
  const ports: IosPort[] = []
  for (let slot = 0; slot <= 6; slot += 1) {
    const name = properties.text(`slot${slot}`) || (slot === 0 ? (MOTHERBOARDS[platform] ?? '') : '')
    const module = MODULES[name]
    for (let port = 0; port < (module?.count ?? 0); port += 1) {
      ports.push(
        makePort(module?.kind ?? 'Ethernet', numbersWithSlot ? `${slot}/${port}` : `${port}`, slot, port, macFrom(base, slot * 16 + port)),
      )
    }
  }
  return [...ports, ...wicPorts(properties, base)]
}

/** WIC ports hang on adapter 0; GNS3 numbers them from 16 per WIC slot. */
function wicPorts(properties: Fields, base: string): IosPort[] {
  const ports: IosPort[] = []
  const used: Record<string, number> = {}
  for (let slot = 0; slot <= 2; slot += 1) {
    const module = WICS[properties.text(`wic${slot}`)]
    for (let port = 0; module !== undefined && port < module.count; port += 1) {
      const number = used[module.kind] ?? 0
      used[module.kind] = number + 1
      const position = 16 * (slot + 1) + port
      ports.push(makePort(module.kind, `0/${number}`, 0, position, macFrom(base, position)))
    }
  }
  return ports
}

function iouPorts(properties: Fields, index: number): IosPort[] {
  const ethernet = properties.number('ethernet_adapters', 2)
  const serial = properties.number('serial_adapters', 2)
  const base = `aabb.cc${((index + 1) >> 8).toString(16).padStart(2, '0')}.${((index + 1) & 255).toString(16).padStart(2, '0')}00`
  return Array.from({ length: ethernet + serial }, (_, adapter) => adapter).flatMap((adapter) =>
    Array.from({ length: 4 }, (_, port) =>
      makePort(adapter < ethernet ? 'Ethernet' : 'Serial', `${adapter}/${port}`, adapter, port, macFrom(base, adapter * 16 + port)),
    ),
  )
}

const makePort = (kind: string, place: string, adapter: number, port: number, mac: string): IosPort => ({
  adapter,
  port,
  name: `${kind}${place}`,
  shortName: shortName(kind, place),
  linkType: kind === 'Serial' ? 'serial' : 'ethernet',
  mac,
})

const TYPES = ['FastEthernet', 'GigabitEthernet', 'Ethernet', 'Serial', 'Loopback', 'Null', 'Vlan', 'Tunnel']

/** `fa0/0`, `FastEthernet 0/0.10`, `lo1` to the full name; undefined when it is no interface name or ambiguous. */
export function canonicalInterface(text: string): string | undefined {
  const match = /^([a-z]+)\s*(\d+(?:\/\d+)*(?:\.\d+)?)$/i.exec(text)
  const [, letters = '', place = ''] = match ?? []
  if (match === null) return undefined
  const types = TYPES.filter((type) => type.toLowerCase().startsWith(letters.toLowerCase()))
  return types.length === 1 ? `${types[0]}${place}` : undefined
}
