import { BROADCAST_IP, broadcastOf, contains, isBroadcastMac, isGroupMac, isMulticast } from './address.ts'
import { type Arp, type ArpSettings, createArp } from './arp.ts'
import { type Frame, ICMP, type IcmpMessage, type Ipv4Packet, UNREACHABLE } from './frame.ts'
import type { RouteDecision, StackInterface } from './ip-interface.ts'
import { answerSegment, answerTo, type LocalServices } from './local-services.ts'
import type { Timers } from './simulation.ts'

/** How the operating systems differ; each device states its own. */
export interface StackBehaviour {
  readonly arp: ArpSettings
  isForwarding(): boolean
  /** Initial TTL of what it sends (IOS 255, others 64). */
  readonly ttl: number
  /** IOS throws the packet away that triggered an ARP request; Linux and VPCS keep it until the answer. */
  readonly queuesWhileResolving: boolean
  /** Linux answers "host unreachable" when ARP failed; IOS and VPCS stay silent. */
  readonly reportsUnresolved: boolean
  /** Without a route Linux says net unreachable (0), IOS host unreachable (1). */
  readonly noRouteCode: number
  /** IOS sends at most one unreachable in this time (500 ms): hence its `U.U.U`. 0 = no limit. */
  readonly unreachableIntervalMs: number
  /** Time to handle a packet, from the round trips such devices show. */
  readonly processingMs: { readonly least: number; readonly spread: number }
  readonly services: LocalServices
}

export type SendResult = 'sent' | 'no-route'

export interface IpStack {
  readonly arp: Arp
  receive(iface: StackInterface, frame: Frame): void
  /** Sends a packet of this host. `onUnresolved` is called when ARP failed for it. */
  send(packet: Ipv4Packet, onUnresolved?: (neighbour: number) => void): SendResult
  /** Everything for this host that the stack did not answer by itself. The answer ends listening. */
  listen(listener: (packet: Ipv4Packet) => void): () => void
  /** The address a packet to `destination` leaves with. */
  sourceFor(destination: number): number | undefined
  nextIdentification(): number
}

export function createIpStack(options: {
  timers: Timers
  behaviour: StackBehaviour
  interfaces: () => readonly StackInterface[]
  route: (destination: number) => RouteDecision
}): IpStack {
  const { timers, behaviour, interfaces, route } = options
  const arp = createArp(timers, behaviour.arp, interfaces)
  const listeners = new Set<(packet: Ipv4Packet) => void>()
  let identification = Math.floor(timers.random() * 0xffff)
  let lastUnreachable = Number.NEGATIVE_INFINITY
  let busyUntil = 0

  const upInterfaces = () => interfaces().filter((each) => each.isUp())
  const isOwn = (ip: number) => ip >>> 24 === 127 || upInterfaces().some((each) => each.addresses.some((own) => own.address === ip))
  const nextIdentification = () => {
    identification = (identification + 1) & 0xffff
    return identification
  }

  /** Packets are handled one after the other: order is kept. */
  const afterProcessing = (run: () => void): void => {
    const { least, spread } = behaviour.processingMs
    busyUntil = Math.max(busyUntil, timers.now() + least + timers.random() * spread)
    timers.after(busyUntil - timers.now(), run)
  }

  const emit = (iface: StackInterface, nextHop: number, packet: Ipv4Packet, onUnresolved: (neighbour: number) => void): void => {
    const frameTo = (mac: string) => iface.transmit({ source: iface.mac, destination: mac, tags: iface.tags, payload: packet })
    const broadcast =
      nextHop === BROADCAST_IP || iface.addresses.some((own) => own.length < 31 && broadcastOf(own.address, own.length) === nextHop)
    if (iface.isPointToPoint === true || broadcast || isMulticast(nextHop)) {
      frameTo('ff:ff:ff:ff:ff:ff')
      return
    }
    const known = arp.lookup(iface, nextHop)
    if (known !== undefined) {
      frameTo(known)
      return
    }
    const queues = behaviour.queuesWhileResolving
    arp.resolve(iface, nextHop, (mac) => {
      if (mac === undefined) onUnresolved(nextHop)
      else if (queues) frameTo(mac)
    })
  }

  const send: IpStack['send'] = (packet, onUnresolved = () => undefined) => {
    if (isOwn(packet.destination)) {
      timers.after(0.02, () => deliver(packet, undefined))
      return 'sent'
    }
    const decision = route(packet.destination)
    if (decision.to !== 'interface') return 'no-route'
    if (!decision.iface.isUp()) return 'no-route'
    emit(decision.iface, decision.nextHop, packet, onUnresolved)
    return 'sent'
  }

  const sourceFor = (destination: number): number | undefined => {
    if (isOwn(destination)) return destination
    const decision = route(destination)
    if (decision.to !== 'interface') return undefined
    if (decision.source !== undefined) return decision.source
    const near = decision.iface.addresses.find((own) => contains(own.address, own.length, decision.nextHop))
    return (near ?? decision.iface.addresses[0])?.address
  }

  const sendError = (iface: StackInterface | undefined, original: Ipv4Packet, type: number, code: number): void => {
    if (original.body.protocol === 1 && original.body.type !== ICMP.echo && original.body.type !== ICMP.echoReply) return
    if (isMulticast(original.destination) || original.source === 0) return
    if (type === ICMP.unreachable && behaviour.unreachableIntervalMs > 0) {
      if (timers.now() - lastUnreachable < behaviour.unreachableIntervalMs) return
      lastUnreachable = timers.now()
    }
    const source = iface?.addresses[0]?.address ?? sourceFor(original.source)
    if (source === undefined) return
    const message: IcmpMessage = { protocol: 1, type, code, identifier: 0, sequence: 0, original }
    send({
      kind: 'ipv4',
      source,
      destination: original.source,
      ttl: behaviour.ttl,
      identification: nextIdentification(),
      dontFragment: false,
      size: 56,
      body: message,
    })
  }

  const deliver = (packet: Ipv4Packet, iface: StackInterface | undefined): void => {
    const { body } = packet
    const reply = (answer: Ipv4Packet['body'], size: number) =>
      send({
        ...packet,
        source: packet.destination,
        destination: packet.source,
        ttl: behaviour.ttl,
        identification: nextIdentification(),
        size,
        body: answer,
      })
    if (body.protocol === 1 && body.type === ICMP.echo) {
      reply({ ...body, type: ICMP.echoReply }, packet.size)
      return
    }
    for (const listener of [...listeners]) listener(packet)
    if (body.protocol === 17) {
      const answer = answerTo(body, packet, behaviour.services)
      if (answer === 'port-unreachable') sendError(iface, packet, ICMP.unreachable, UNREACHABLE.port)
      else if (answer !== undefined) reply(answer, packet.size)
    }
    if (body.protocol === 6) {
      const answer = answerSegment(body, behaviour.services)
      if (answer !== undefined) reply(answer, 40)
    }
  }

  const forward = (packet: Ipv4Packet, from: StackInterface): void => {
    if (packet.ttl <= 1) {
      sendError(from, packet, ICMP.timeExceeded, 0)
      return
    }
    const decision = route(packet.destination)
    if (decision.to === 'discard') return
    if (decision.to === 'unreachable') {
      sendError(from, packet, ICMP.unreachable, UNREACHABLE.host)
      return
    }
    if (decision.to === 'nowhere' || !decision.iface.isUp()) {
      sendError(from, packet, ICMP.unreachable, behaviour.noRouteCode)
      return
    }
    const { iface, nextHop } = decision
    if (iface.permits?.('out', packet) === false) {
      sendError(from, packet, ICMP.unreachable, UNREACHABLE.admin)
      return
    }
    if (packet.size > iface.mtu && packet.dontFragment) {
      sendError(from, packet, ICMP.unreachable, UNREACHABLE.needFragmentation)
      return
    }
    emit(iface, nextHop, { ...packet, ttl: packet.ttl - 1 }, () => {
      if (behaviour.reportsUnresolved) sendError(from, packet, ICMP.unreachable, UNREACHABLE.host)
    })
  }

  const isForUs = (packet: Ipv4Packet, iface: StackInterface): boolean =>
    packet.destination === BROADCAST_IP ||
    isOwn(packet.destination) ||
    iface.addresses.some((own) => own.length < 31 && broadcastOf(own.address, own.length) === packet.destination)

  const handlePacket = (iface: StackInterface, packet: Ipv4Packet, addressed: boolean): void => {
    if (iface.permits?.('in', packet) === false) {
      sendError(iface, packet, ICMP.unreachable, UNREACHABLE.admin)
      return
    }
    if (isForUs(packet, iface)) {
      // A broadcast echo is answered by nobody here: Linux ignores it by default, VPCS wants its own address.
      if (isOwn(packet.destination) || packet.body.protocol === 17) deliver(packet, iface)
      return
    }
    if (addressed && behaviour.isForwarding()) forward(packet, iface)
  }

  /** Proxy ARP: the target is elsewhere, and this router would send it out by another interface. */
  const proxyFor =
    (iface: StackInterface) =>
    (ip: number): boolean => {
      if (!behaviour.isForwarding() || iface.addresses.some((own) => contains(own.address, own.length, ip))) return false
      const decision = route(ip)
      return decision.to === 'interface' && decision.iface.isUp() && decision.iface.name !== iface.name
    }

  return {
    arp,
    send,
    sourceFor,
    nextIdentification,
    receive(iface, frame) {
      if (!iface.isUp() || (frame.destination !== iface.mac && !isGroupMac(frame.destination))) return
      const payload = frame.payload
      if (payload.kind === 'arp') {
        afterProcessing(() => iface.isUp() && arp.handle(iface, payload, proxyFor(iface)))
        return
      }
      const addressed = iface.isPointToPoint === true || !isBroadcastMac(frame.destination)
      afterProcessing(() => iface.isUp() && handlePacket(iface, payload, addressed))
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
