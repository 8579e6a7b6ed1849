import type { Ipv4Packet, TcpSegment, UdpDatagram } from './frame.ts'

/** What listens on a host. */
export interface LocalServices {
  /** VPCS echoes UDP datagrams, but answers "port unreachable" when the TTL arrives as 1: that is how its trace ends. */
  readonly udp: 'echo-unless-last-ttl' | 'closed'
  isTcpOpen(port: number): boolean
}

/** Marks an echoed datagram, so that two echoing hosts do not answer each other for ever. */
const ECHOED = 'echo:'
/** Marks what the far side says, for the same reason. */
const ANSWER = 'answer'

export function answerTo(datagram: UdpDatagram, packet: Ipv4Packet, services: LocalServices): UdpDatagram | 'port-unreachable' | undefined {
  if (datagram.data.startsWith(ECHOED) || datagram.sourcePort === 53 || datagram.destinationPort === 68) return undefined
  if (services.udp === 'closed' || packet.ttl === 1) return 'port-unreachable'
  return { protocol: 17, sourcePort: datagram.destinationPort, destinationPort: datagram.sourcePort, data: ECHOED + datagram.data }
}

/** The far side of a connection, stateless: enough for an open port, a closed one, data and close. */
export function answerSegment(segment: TcpSegment, services: LocalServices): TcpSegment | undefined {
  const { flags } = segment
  if (flags.rst || segment.data === ANSWER) return undefined
  const ports = { protocol: 6 as const, sourcePort: segment.destinationPort, destinationPort: segment.sourcePort, data: ANSWER }
  if (!services.isTcpOpen(segment.destinationPort)) return flags.syn ? { ...ports, flags: { rst: true, ack: true } } : undefined
  if (flags.syn) return { ...ports, flags: { syn: true, ack: true } }
  if (flags.fin) return { ...ports, flags: { fin: true, ack: true } }
  return flags.push ? { ...ports, flags: { ack: true } } : undefined
}
