import { createHash } from 'node:crypto'
import { asNumber, asObject, asString, type Json, type JsonObject } from './json.ts'
import type { LabNode } from './project.types.ts'
import { alwaysRunning } from './project.types.ts'

/** Width and height of the symbols we know; the genuine server reads them from the SVG. */
const symbolSizes: Readonly<Record<string, readonly [number, number]>> = {
  ':/symbols/vpcs_guest.svg': [65, 59],
  ':/symbols/ethernet_switch.svg': [72, 32],
  ':/symbols/router.svg': [66, 45],
  ':/symbols/hub.svg': [72, 32],
  ':/symbols/cloud.svg': [159, 71],
  ':/symbols/computer.svg': [65, 59],
}

const defaultSymbol = ':/symbols/computer.svg'

export const sizeOf = (symbol: string): readonly [number, number] =>
  symbolSizes[symbol] ?? (symbol.includes('/affinity/square/') ? [60, 60] : [65, 59])

const telnetTypes = new Set(['vpcs', 'dynamips', 'iou', 'qemu', 'docker', 'virtualbox', 'vmware', 'traceng'])

/** Members of a request that are about the drawing or the server, never an emulator's property. */
const ownMembers = new Set([
  'compute_id',
  'project_id',
  'node_id',
  'template_id',
  'node_type',
  'node_directory',
  'command_line',
  'name',
  'console',
  'console_host',
  'console_type',
  'console_auto_start',
  'properties',
  'status',
  'label',
  'symbol',
  'width',
  'height',
  'x',
  'y',
  'z',
  'locked',
  'port_name_format',
  'port_segment_size',
  'first_port_name',
  'custom_adapters',
  'ports',
  'aux',
  'aux_type',
  'category',
])

/** A node from its file, a request or a template, not yet part of a project. */
export function nodeOf(id: string, from: JsonObject): LabNode {
  const type = asString(from.node_type) ?? 'vpcs'
  const name = asString(from.name) ?? type
  const symbol = asString(from.symbol) ?? defaultSymbol
  const [width, height] = sizeOf(symbol)
  return {
    id,
    type,
    name,
    computeId: asString(from.compute_id) ?? 'local',
    templateId: asString(from.template_id) ?? null,
    console: asNumber(from.console) ?? null,
    consoleType: consoleTypeOf(type, from.console_type),
    aux: asNumber(from.aux) ?? null,
    auxType: asString(from.aux_type) ?? null,
    consoleAutoStart: from.console_auto_start === true,
    properties: propertiesOf(id, type, from),
    status: alwaysRunning.has(type) ? 'started' : 'stopped',
    commandLine: alwaysRunning.has(type) ? null : '',
    directory: null,
    label: asObject(from.label) ?? { text: name, x: null, y: labelOffset(height), style: null, rotation: 0 },
    x: asNumber(from.x) ?? 0,
    y: asNumber(from.y) ?? 0,
    z: asNumber(from.z) ?? 1,
    locked: from.locked === true,
    width,
    height,
    symbol,
    portNameFormat: asString(from.port_name_format) ?? (type === 'iou' ? 'Ethernet{segment0}/{port0}' : 'Ethernet{0}'),
    portSegmentSize: asNumber(from.port_segment_size) ?? (type === 'iou' ? 4 : 0),
    firstPortName: asString(from.first_port_name) ?? null,
    customAdapters: Array.isArray(from.custom_adapters) ? from.custom_adapters : [],
    innerPort: null,
    listener: null,
    screen: null,
  }
}

/** controller/node.py puts the name above the symbol. */
const labelOffset = (height: number): number => -Math.round(height / 2) - 10

function consoleTypeOf(type: string, wanted: Json | undefined): string | null {
  if (typeof wanted === 'string') return wanted
  if (telnetTypes.has(type)) return 'telnet'
  return type === 'ethernet_hub' ? null : 'none'
}

function propertiesOf(id: string, type: string, from: JsonObject): JsonObject {
  const loose = Object.entries(from).filter(([name, value]) => !ownMembers.has(name) && value !== null && value !== '')
  const given: JsonObject = { ...Object.fromEntries(loose), ...(asObject(from.properties) ?? {}) }
  return { ...(defaultProperties[type]?.(id) ?? {}), ...given }
}

const switchPorts = (more: JsonObject): JsonObject => ({
  ports_mapping: Array.from({ length: 8 }, (_, port) => ({ name: `Ethernet${port}`, port_number: port, ...more })),
})

/** What the computes of 3.x add to the properties they are given. */
export function extraProperties3(node: LabNode): JsonObject {
  if (node.type === 'vpcs') return { usage: null }
  if (node.type !== 'ethernet_switch') return {}
  const ports = Array.isArray(node.properties.ports_mapping) ? node.properties.ports_mapping : []
  return { usage: '', ports_mapping: ports.map((port) => ({ ethertype: '0x8100', ...(asObject(port) ?? {}) })) }
}

/** What each emulator answers for members that nobody gave (compute/.../__json__); only those a reader may look at. */
const defaultProperties: Readonly<Record<string, (id: string) => JsonObject>> = {
  ethernet_switch: () => switchPorts({ type: 'access', vlan: 1 }),
  ethernet_hub: () => switchPorts({}),
  docker: (id) => ({
    adapters: 1,
    mac_address: macOf('02:42', id),
    start_command: null,
    environment: null,
    console_resolution: '1024x768',
  }),
  qemu: (id) => ({
    adapters: 1,
    adapter_type: 'e1000',
    mac_address: macOf('0c', id),
    ram: 256,
    cpus: 1,
    on_close: 'power_off',
    options: '',
  }),
  iou: () => ({ ethernet_adapters: 2, serial_adapters: 2, ram: 256, nvram: 128, l1_keepalives: false, use_default_iou_values: true }),
  dynamips: (id) => ({
    platform: 'c7200',
    ram: 128,
    nvram: 128,
    mmap: true,
    sparsemem: true,
    idlepc: '',
    idlemax: 500,
    idlesleep: 30,
    mac_addr: dottedMac(id),
  }),
  nat: () => ({ ports_mapping: [{ interface: 'virbr0', name: 'nat0', port_number: 0, type: 'ethernet' }] }),
  cloud: () => ({ ports_mapping: [{ interface: 'eth0', name: 'eth0', port_number: 0, type: 'ethernet' }] }),
}

function macOf(prefix: string, id: string): string {
  const digits = prefix.replaceAll(':', '') + createHash('sha256').update(id).digest('hex').slice(0, 12)
  return digits.slice(0, 12).match(/../g)?.join(':') ?? ''
}

const dottedMac = (id: string): string => `ca01.${createHash('sha256').update(id).digest('hex').slice(0, 4)}.0000`
