/** What the rest of the sandbox sees of a simulated lab: nodes, links, power, consoles. Made by `createLabNetwork`. */

/** A node's folder on the GNS3 server's disk: `startup.vpc`, `configs/i1_startup-config.cfg`, the persistent files of a container. */
export interface NodeFiles {
  read(path: string): Uint8Array | undefined
  write(path: string, data: Uint8Array): void
}

export interface NodeSpec {
  readonly id: string
  readonly name: string
  /** GNS3's node_type: vpcs, ethernet_switch, ethernet_hub, dynamips, iou, qemu, docker; every other type (cloud, nat) is inert. */
  readonly type: string
  /** The node's `properties` as GNS3 shows them. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly files: NodeFiles
}

export interface PortInfo {
  readonly adapter: number
  readonly port: number
  readonly name: string
  readonly shortName: string
  readonly linkType: 'ethernet' | 'serial'
}

export interface LinkEnd {
  readonly nodeId: string
  readonly adapter: number
  readonly port: number
}

export type NodeState = 'started' | 'stopped' | 'suspended'

/** One persistent session shared by all clients: what is printed while nobody is attached is delivered to the next one. */
export interface SharedConsole {
  /** `onClose` is called once when the device stops. Attaching to a stopped device calls it at once. */
  attach(onData: (chunk: Uint8Array) => void, onClose: () => void): ConsoleAttachment
}

export interface ConsoleAttachment {
  /** Bytes as typed, free of telnet negotiation. */
  write(bytes: Uint8Array): void
  detach(): void
}

export interface LabNetwork {
  addNode(spec: NodeSpec): void
  removeNode(id: string): void
  /** For example the `ports_mapping` of a switch. */
  updateNode(id: string, change: { name?: string; properties?: Readonly<Record<string, unknown>> }): void
  ports(id: string): PortInfo[]
  addLink(link: { id: string; ends: readonly [LinkEnd, LinkEnd] }): void
  removeLink(id: string): void
  /** `filters` as GNS3 names them: frequency_drop, packet_loss, delay, corrupt, bpf. */
  setLink(id: string, change: { suspended?: boolean; filters?: Readonly<Record<string, readonly unknown[]>> }): void
  /** Hears every frame of a cable as bytes of a capture file; null ends that. */
  tapLink(id: string, hear: ((record: Uint8Array) => void) | null): void
  /** Resolves when the node runs (its console answers; the device itself may still be booting). */
  start(id: string): Promise<void>
  stop(id: string): Promise<void>
  suspend(id: string): Promise<void>
  reload(id: string): Promise<void>
  state(id: string): NodeState
  /** Null for nodes without one (switches, hubs, clouds). */
  console(id: string): SharedConsole | null
  /** The VM is suspended: nothing moves, nothing is lost. */
  freeze(): void
  thaw(): void
  /** JSON-able run-time state for hibernation, what the devices did not save included. */
  snapshot(): unknown
  /** Takes up a state of `snapshot` for the same nodes and links, which were added before. */
  restore(state: unknown): void
  /** Power cut: everything not saved in NodeFiles is lost. */
  close(): Promise<void>
}
