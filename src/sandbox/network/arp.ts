import { BROADCAST_MAC, contains } from './address.ts'
import type { ArpPacket, Frame } from './frame.ts'
import type { StackInterface } from './ip-interface.ts'
import type { Timers } from './simulation.ts'

export interface ArpEntry {
  readonly ip: number
  readonly mac: string
  readonly interfaceName: string
  readonly learnedAt: number
}

export interface ArpSettings {
  /** How long an answer is believed (ms): VPCS 120 s, Linux about a minute, IOS 4 h. */
  readonly lifeMs: number
  /** IOS ignores requests from a sender that is not on the interface's subnet ("wrong cable"); Linux and VPCS answer. */
  readonly ignoresForeignSenders: boolean
  /** Linux answers for any of its addresses on any interface (arp_ignore 0). */
  readonly answersForAllAddresses: boolean
}

export interface Arp {
  lookup(iface: StackInterface, ip: number): string | undefined
  /** Asks three times, a second apart, then answers undefined (so after 3 s). Several askers share one question. */
  resolve(iface: StackInterface, ip: number, done: (mac: string | undefined) => void): void
  handle(iface: StackInterface, packet: ArpPacket, proxyFor: (ip: number) => boolean): void
  /** Tells the neighbours about an own address: an address set on IOS does so. */
  announce(iface: StackInterface, ip: number): void
  entries(): ArpEntry[]
  /** Addresses that nobody answered for lately: being asked for, or given up. */
  unanswered(): { readonly ip: number; readonly interfaceName: string; readonly isAsking: boolean }[]
  /** Also forgets what is being asked. */
  clear(interfaceName?: string): void
}

const TRIES = 3
const RETRY_MS = 1_000
/** How long a neighbour table shows an address that nobody answered for. */
const FAILED_MS = 60_000

export function createArp(timers: Timers, settings: ArpSettings, interfaces: () => readonly StackInterface[]): Arp {
  const cache = new Map<string, ArpEntry>()
  const asking = new Map<
    string,
    { ip: number; interfaceName: string; waiting: ((mac: string | undefined) => void)[]; cancel: () => void }
  >()
  const failed = new Map<string, { ip: number; interfaceName: string; at: number }>()
  const keyOf = (iface: StackInterface, ip: number) => `${iface.name} ${ip}`

  const lookup = (iface: StackInterface, ip: number): string | undefined => {
    const entry = cache.get(keyOf(iface, ip))
    return entry !== undefined && timers.now() - entry.learnedAt < settings.lifeMs ? entry.mac : undefined
  }

  const ask = (iface: StackInterface, ip: number): void =>
    iface.transmit(arpFrame(iface, 'request', ip, BROADCAST_MAC, sourceFor(iface, ip)))

  const learn = (iface: StackInterface, ip: number, mac: string): void => {
    const key = keyOf(iface, ip)
    cache.set(key, { ip, mac, interfaceName: iface.name, learnedAt: timers.now() })
    failed.delete(key)
    const question = asking.get(key)
    if (question === undefined) return
    asking.delete(key)
    question.cancel()
    for (const done of question.waiting) done(mac)
  }

  const resolve: Arp['resolve'] = (iface, ip, done) => {
    const known = lookup(iface, ip)
    if (known !== undefined) return done(known)
    const key = keyOf(iface, ip)
    const running = asking.get(key)
    if (running !== undefined) {
      running.waiting.push(done)
      return
    }
    const question = { ip, interfaceName: iface.name, waiting: [done], cancel: () => undefined as unknown }
    asking.set(key, question)
    const attempt = (number: number): void => {
      if (number > TRIES) {
        asking.delete(key)
        failed.set(key, { ip, interfaceName: iface.name, at: timers.now() })
        for (const each of question.waiting) each(undefined)
        return
      }
      question.cancel = timers.after(RETRY_MS, () => attempt(number + 1))
      ask(iface, ip)
    }
    attempt(1)
  }

  const owns = (iface: StackInterface, ip: number): boolean => {
    const candidates = settings.answersForAllAddresses ? interfaces().filter((each) => each.isUp()) : [iface]
    return candidates.some((each) => each.addresses.some((own) => own.address === ip))
  }

  const isForeign = (iface: StackInterface, ip: number): boolean => !iface.addresses.some((own) => contains(own.address, own.length, ip))

  const handle: Arp['handle'] = (iface, packet, proxyFor) => {
    const own = owns(iface, packet.targetIp)
    if (packet.operation === 'reply') {
      if (packet.targetMac === iface.mac || own) learn(iface, packet.senderIp, packet.senderMac)
      return
    }
    if (settings.ignoresForeignSenders && isForeign(iface, packet.senderIp)) return
    if (packet.senderIp !== 0 && (own || cache.has(keyOf(iface, packet.senderIp)))) learn(iface, packet.senderIp, packet.senderMac)
    if (!own && !(iface.proxyArp && packet.senderIp !== packet.targetIp && proxyFor(packet.targetIp))) return
    iface.transmit({
      source: iface.mac,
      destination: packet.senderMac,
      tags: iface.tags,
      payload: {
        ...packet,
        operation: 'reply',
        senderMac: iface.mac,
        senderIp: packet.targetIp,
        targetMac: packet.senderMac,
        targetIp: packet.senderIp,
      },
    })
  }

  return {
    lookup,
    resolve,
    handle,
    announce: (iface, ip) => iface.transmit(arpFrame(iface, 'reply', ip, BROADCAST_MAC, ip)),
    entries: () => [...cache.values()].filter((entry) => timers.now() - entry.learnedAt < settings.lifeMs),
    unanswered: () => [
      ...[...asking.values()].map((each) => ({ ip: each.ip, interfaceName: each.interfaceName, isAsking: true })),
      ...[...failed.values()].filter((each) => timers.now() - each.at < FAILED_MS).map((each) => ({ ...each, isAsking: false })),
    ],
    clear(interfaceName) {
      for (const [key, each] of failed) if (interfaceName === undefined || each.interfaceName === interfaceName) failed.delete(key)
      for (const [key, entry] of cache) if (interfaceName === undefined || entry.interfaceName === interfaceName) cache.delete(key)
    },
  }
}

/** The own address in the target's subnet; else the first one, as hosts with a wrong mask do; 0 without any. */
function sourceFor(iface: StackInterface, ip: number): number {
  const near = iface.addresses.find((own) => contains(own.address, own.length, ip))
  return (near ?? iface.addresses[0])?.address ?? 0
}

function arpFrame(iface: StackInterface, operation: 'request' | 'reply', targetIp: number, destination: string, senderIp: number): Frame {
  const targetMac = operation === 'request' ? '00:00:00:00:00:00' : destination
  return {
    source: iface.mac,
    destination,
    tags: iface.tags,
    payload: { kind: 'arp', operation, senderMac: iface.mac, senderIp, targetMac, targetIp },
  }
}
