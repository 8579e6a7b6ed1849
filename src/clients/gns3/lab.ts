/**
 * What GNS3 says of a lab, in our words: a GNS3 node is a *device*. The same structure as the evaluator's contract (lab-state.ts);
 * written twice because clients and evaluation never import each other, and the compiler compares them where a job joins the two.
 */
export type DeviceState = 'started' | 'stopped' | 'suspended'

export interface LabDevice {
  readonly id: string
  readonly name: string
  /** GNS3's node type: vpcs, dynamips, iou, qemu, docker, ethernet_switch ... */
  readonly type: string
  readonly state: DeviceState
  /** Where the console is; null where the node has none. `port` is null while the project is closed: the numbers listed then are stale. */
  readonly console: { readonly type: string; readonly port: number | null } | null
  readonly properties: Readonly<Record<string, unknown>>
  readonly ports: readonly { readonly adapter: number; readonly port: number; readonly name: string }[]
  readonly x: number
  readonly y: number
  readonly symbol: string
}

export interface LabLinkEnd {
  readonly deviceId: string
  readonly adapter: number
  readonly port: number
  readonly label: string | null
}

export interface LabLink {
  readonly id: string
  readonly ends: readonly [LabLinkEnd, LabLinkEnd]
  readonly suspended: boolean
}

export interface LabState {
  readonly projectId: string
  readonly devices: readonly LabDevice[]
  readonly links: readonly LabLink[]
}

/** Node types that run as long as the project is opened: GNS3 answers `started` for them whatever is asked of them. */
const alwaysOnTypes: ReadonlySet<string> = new Set(['ethernet_switch', 'ethernet_hub', 'frame_relay_switch', 'atm_switch', 'cloud', 'nat'])

/** True for switches, hubs, clouds and NAT: nobody can start or stop them, and they have no console. */
export const isAlwaysOn = (device: { readonly type: string }): boolean => alwaysOnTypes.has(device.type)
