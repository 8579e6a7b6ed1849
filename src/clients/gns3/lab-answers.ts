import type { LabDevice, LabLink } from './lab.ts'
import type { LinkAnswer, NodeAnswer } from './schemas.ts'

/** A node as a device; what GNS3 lists of a closed project is taken for what it is. */
export function toDevice(node: NodeAnswer, isOpened: boolean): LabDevice {
  const type = node.console_type ?? 'none'
  // Of a closed project GNS3 lists the numbers of the machine that exported it, and no status.
  const state = isOpened ? node.status : undefined
  const port = state ? node.console : undefined
  return {
    id: node.node_id,
    name: node.name,
    type: node.node_type,
    state: state ?? 'stopped',
    console: type === 'none' ? null : { type, port: port ?? null },
    properties: node.properties ?? {},
    ports: (node.ports ?? []).map((port) => ({ adapter: port.adapter_number, port: port.port_number, name: port.name ?? '' })),
    x: node.x ?? 0,
    y: node.y ?? 0,
    symbol: node.symbol ?? '',
  }
}

/** A link with one end is one that somebody is drawing in the web UI: no cable yet. */
export function toLink(link: LinkAnswer): LabLink[] {
  const [first, second] = link.nodes.map((end) => ({
    deviceId: end.node_id,
    adapter: end.adapter_number,
    port: end.port_number,
    label: end.label?.text ?? null,
  }))
  return first && second && link.nodes.length === 2 ? [{ id: link.link_id, ends: [first, second], suspended: link.suspend ?? false }] : []
}
