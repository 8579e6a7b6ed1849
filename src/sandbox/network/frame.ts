/** Frames and packets as the simulation carries them: objects, not bytes. Sizes are kept, since MTU, `size` and `df-bit` depend on them. */

export interface VlanTag {
  readonly ethertype: number
  readonly vlan: number
}

export interface ArpPacket {
  readonly kind: 'arp'
  readonly operation: 'request' | 'reply'
  readonly senderMac: string
  readonly senderIp: number
  readonly targetMac: string
  readonly targetIp: number
}

export interface IcmpMessage {
  readonly protocol: 1
  readonly type: number
  readonly code: number
  readonly identifier: number
  readonly sequence: number
  /** What an error message quotes. */
  readonly original?: Ipv4Packet
}

export interface UdpDatagram {
  readonly protocol: 17
  readonly sourcePort: number
  readonly destinationPort: number
  /** Free text standing for the payload. */
  readonly data: string
}

export interface TcpSegment {
  readonly protocol: 6
  readonly sourcePort: number
  readonly destinationPort: number
  readonly flags: {
    readonly syn?: boolean
    readonly ack?: boolean
    readonly rst?: boolean
    readonly fin?: boolean
    readonly push?: boolean
  }
  readonly data: string
}

export interface Ipv4Packet {
  readonly kind: 'ipv4'
  readonly source: number
  readonly destination: number
  readonly ttl: number
  readonly identification: number
  readonly dontFragment: boolean
  /** Total length with the IP header. */
  readonly size: number
  readonly body: IcmpMessage | UdpDatagram | TcpSegment
}

export interface Frame {
  readonly source: string
  readonly destination: string
  /** Outermost first. */
  readonly tags: readonly VlanTag[]
  readonly payload: ArpPacket | Ipv4Packet
}

export const DOT1Q = 0x8100

export const ICMP = { echoReply: 0, unreachable: 3, redirect: 5, echo: 8, timeExceeded: 11 } as const

export const UNREACHABLE = { net: 0, host: 1, port: 3, needFragmentation: 4, admin: 13 } as const

export const frameSize = (frame: Frame): number => 14 + 4 * frame.tags.length + (frame.payload.kind === 'arp' ? 28 : frame.payload.size)

/** True when the error quotes a packet that this host sent. */
export function quotes(message: IcmpMessage, matches: (original: Ipv4Packet) => boolean): boolean {
  return message.original !== undefined && matches(message.original)
}
