import type { LabDevice, LabLinkEnd, LabState } from '../evaluation/index.ts'

export interface TopologyJson {
  readonly devices: readonly {
    readonly name: string
    readonly platform: string | null
    readonly state: 'started' | 'stopped' | 'suspended' | 'unknown'
    /** Where the console is; told in the sandbox and of labs that let their student in directly; others are reached through this server alone. */
    readonly console: { readonly type: string; readonly host: string; readonly port: number } | null
    /** GNS3's word: telnet, vnc, http, none ...; null where the device has none. */
    readonly consoleType: string | null
    readonly x: number
    readonly y: number
    readonly type: string
    readonly symbol: string
  }[]
  readonly links: readonly {
    /** GNS3's, which is the same in every copy of a lab. */
    readonly id: string
    readonly a: { readonly device: string; readonly port: string }
    readonly b: { readonly device: string; readonly port: string }
  }[]
}

export const noTopology: TopologyJson = { devices: [], links: [] }

export interface TopologyFacts {
  readonly platformOf: (device: string) => string | null
  /** Of all devices, where nobody has looked; null takes each device's own. */
  readonly stateOfAll: 'stopped' | 'unknown' | null
  /** The host whose console ports are told; null tells none. */
  readonly consoleHost: string | null
}

function consoleOf({ console }: LabDevice, host: string | null): TopologyJson['devices'][number]['console'] {
  if (host === null || console?.type !== 'telnet' || !console.port) return null
  return { type: console.type, host, port: console.port }
}

/** A lab as pages and programs see it: by names. */
export function toTopology(lab: LabState, facts: TopologyFacts): TopologyJson {
  const byId = new Map(lab.devices.map((device) => [device.id, device]))
  const end = ({ deviceId, adapter, port, label }: LabLinkEnd) => {
    const device = byId.get(deviceId)
    const portName = label ?? device?.ports.find((one) => one.adapter === adapter && one.port === port)?.name
    return { device: device?.name ?? '', port: portName ?? `${adapter}/${port}` }
  }
  return {
    devices: lab.devices.map((device) => ({
      name: device.name,
      platform: facts.platformOf(device.name),
      state: facts.stateOfAll ?? device.state,
      console: consoleOf(device, facts.consoleHost),
      consoleType: device.console?.type ?? null,
      x: device.x,
      y: device.y,
      type: device.type,
      symbol: device.symbol,
    })),
    links: lab.links.map(({ id, ends: [a, b] }) => ({ id, a: end(a), b: end(b) })),
  }
}
