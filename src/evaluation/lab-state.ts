/** What GNS3 says of a lab, read once per round and at submission. A GNS3 node is a *device* here. */
export interface LabDevice {
  readonly id: string
  readonly name: string
  /** GNS3's node type: vpcs, dynamips, iou, qemu, docker, ethernet_switch ... */
  readonly type: string
  readonly state: 'started' | 'stopped' | 'suspended'
  /** Where the console is; null where the node has none. `port` may be used only while the project is opened. */
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
