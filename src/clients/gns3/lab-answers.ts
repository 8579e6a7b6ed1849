import type { LabDevice, LabLink } from './lab.ts'
import type { LinkAnswer, NodeAnswer } from './schemas.ts'

/** A node as a device; what GNS3 lists of a closed project is taken for what it is. */
export function toDevice(node: NodeAnswer, isOpened: boolean): LabDevice {
  // Of a closed project GNS3 lists the numbers of the machine that exported it, and no status.
  const state = isOpened ? node.status : undefined
  const { type, port } = textConsole(node)
  return {
    id: node.node_id,
    name: node.name,
    type: node.node_type,
    state: state ?? 'stopped',
    console: type === 'none' ? null : { type, port: (state && port) || null },
    properties: node.properties ?? {},
    ports: (node.ports ?? []).map((port) => ({ adapter: port.adapter_number, port: port.port_number, name: port.name ?? '' })),
    x: node.x ?? 0,
    y: node.y ?? 0,
    symbol: node.symbol ?? '',
  }
}

/** A device whose console is graphical is asked at its auxiliary telnet console, where GNS3 3.x gives it one. */
function textConsole({ console_type, console, aux_type, aux }: NodeAnswer): { type: string; port: number | null } {
  const type = console_type ?? 'none'
  const isText = type === 'telnet' || type === 'none'
  return !isText && aux_type === 'telnet' && aux ? { type: 'telnet', port: aux } : { type, port: console ?? null }
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
