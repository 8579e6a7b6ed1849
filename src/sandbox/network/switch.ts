import { isGroupMac } from './address.ts'
import { DOT1Q, type Frame } from './frame.ts'
import { createPort, type Port } from './link.ts'
import type { Timers } from './simulation.ts'

export interface SwitchPortSettings {
  readonly number: number
  readonly name: string
  readonly mode: 'access' | 'dot1q' | 'qinq'
  /** Access VLAN, native VLAN of a dot1q port, outer VLAN of a qinq port. */
  readonly vlan: number
  /** Tag type of qinq. */
  readonly ethertype: number
}

/** Seconds are emulated; the customary ageing time of learned addresses. */
const AGEING_MS = 300_000

export interface EthernetSwitch {
  port(number: number): Port | undefined
  configure(settings: readonly SwitchPortSettings[]): void
  /** For tests and evidence: which port a MAC was learned on. */
  learned(vlan: number, mac: string): number | undefined
}

/** GNS3's built-in switch: VLANs by port, MAC learning per VLAN, no spanning tree. */
export function createEthernetSwitch(timers: Timers, settings: readonly SwitchPortSettings[]): EthernetSwitch {
  const ports = new Map<number, { port: Port; settings: SwitchPortSettings }>()
  const table = new Map<string, { port: number; expires: number }>()

  const learned = (vlan: number, mac: string): number | undefined => {
    const entry = table.get(`${vlan} ${mac}`)
    return entry !== undefined && entry.expires > timers.now() ? entry.port : undefined
  }

  const receive = (number: number, frame: Frame): void => {
    const entry = ports.get(number)
    if (entry === undefined) return
    const inside = enter(entry.settings, frame)
    table.set(`${inside.vlan} ${frame.source}`, { port: number, expires: timers.now() + AGEING_MS })
    const known = isGroupMac(frame.destination) ? undefined : learned(inside.vlan, frame.destination)
    for (const [other, { port, settings: out }] of ports) {
      if (other === number || (known !== undefined && known !== other)) continue
      const leaving = leave(out, inside.vlan, inside.frame)
      if (leaving !== undefined) port.transmit?.(leaving)
    }
  }

  const configure = (next: readonly SwitchPortSettings[]): void => {
    const kept = new Map(ports)
    ports.clear()
    table.clear() // GNS3 rewrites the ports; what was learned under other VLANs is gone
    for (const each of next) {
      const port = kept.get(each.number)?.port ?? createPort()
      port.receive = (frame) => receive(each.number, frame)
      ports.set(each.number, { port, settings: each })
    }
  }

  configure(settings)
  return { port: (number) => ports.get(number)?.port, configure, learned }
}

/** The VLAN a frame travels in, and the frame without the tag that said so. */
function enter(port: SwitchPortSettings, frame: Frame): { vlan: number; frame: Frame } {
  const [outer, ...inner] = frame.tags
  if (port.mode === 'dot1q' && outer !== undefined && outer.ethertype === DOT1Q)
    return { vlan: outer.vlan, frame: { ...frame, tags: inner } }
  return { vlan: port.vlan, frame }
}

/** The frame as it leaves by a port, undefined when the port is not in the VLAN. */
function leave(port: SwitchPortSettings, vlan: number, frame: Frame): Frame | undefined {
  if (port.mode === 'access') return port.vlan === vlan ? frame : undefined
  if (port.mode === 'qinq') return port.vlan === vlan ? { ...frame, tags: frame.tags } : undefined
  if (port.vlan === vlan) return frame // the native VLAN goes untagged
  return { ...frame, tags: [{ ethertype: DOT1Q, vlan }, ...frame.tags] }
}

/** Reads GNS3's `ports_mapping`; what is malformed becomes an access port of VLAN 1. */
export function parsePortsMapping(mapping: unknown): SwitchPortSettings[] {
  if (!Array.isArray(mapping)) return defaultPorts(8)
  return mapping.map((entry: unknown, index) => parseMappedPort(entry, index))
}

const defaultPorts = (count: number): SwitchPortSettings[] =>
  Array.from({ length: count }, (_, number) => ({ number, name: `Ethernet${number}`, mode: 'access' as const, vlan: 1, ethertype: DOT1Q }))

function parseMappedPort(entry: unknown, index: number): SwitchPortSettings {
  const fields: ReadonlyMap<string, unknown> = new Map(entry !== null && typeof entry === 'object' ? Object.entries(entry) : [])
  const number = fields.get('port_number')
  const name = fields.get('name')
  const type = fields.get('type')
  const vlan = Number(fields.get('vlan') ?? 1)
  const ethertype = fields.get('ethertype')
  return {
    number: typeof number === 'number' ? number : index,
    name: typeof name === 'string' ? name : `Ethernet${index}`,
    mode: type === 'dot1q' || type === 'qinq' ? type : 'access',
    vlan: Number.isInteger(vlan) ? vlan : 1,
    ethertype: typeof ethertype === 'string' && ethertype !== '' ? Number(ethertype) : DOT1Q,
  }
}

/** A hub repeats every frame on all other ports. */
export function createEthernetHub(numbers: readonly number[]): { port(number: number): Port | undefined } {
  const ports = new Map(numbers.map((number) => [number, createPort()]))
  for (const [number, port] of ports) {
    port.receive = (frame) => {
      for (const [other, out] of ports) if (other !== number) out.transmit?.(frame)
    }
  }
  return { port: (number) => ports.get(number) }
}
