import type { Frame, Ipv4Packet, VlanTag } from './frame.ts'

export interface OwnAddress {
  readonly address: number
  readonly length: number
}

/** A layer-3 interface as the stack sees it: a port, a VLAN of a port, or a loopback. */
export interface StackInterface {
  readonly name: string
  readonly mac: string
  /** The primary address first. */
  readonly addresses: readonly OwnAddress[]
  /** The tags a sent frame carries and a received one must carry. */
  readonly tags: readonly VlanTag[]
  readonly mtu: number
  readonly proxyArp: boolean
  /** A serial line: one neighbour, no ARP. */
  readonly isPointToPoint?: boolean
  isUp(): boolean
  transmit(frame: Frame): void
  /** Access lists: false drops the packet and answers "administratively prohibited". */
  permits?(direction: 'in' | 'out', packet: Ipv4Packet): boolean
}

/** Where a packet goes next. `unresolvable` says what the routing table answers instead. */
export type RouteDecision =
  | { readonly to: 'interface'; readonly iface: StackInterface; readonly nextHop: number; readonly source?: number }
  | { readonly to: 'nowhere' }
  | { readonly to: 'discard' }
  | { readonly to: 'unreachable' }

export const NOWHERE: RouteDecision = { to: 'nowhere' }
