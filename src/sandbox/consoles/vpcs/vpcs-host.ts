import { contains, formatIp, maskOf } from '../../network/address.ts'
import type { Ipv4Packet } from '../../network/frame.ts'
import { NOWHERE, type StackInterface } from '../../network/ip-interface.ts'
import { createIpStack, type IpStack } from '../../network/ip-stack.ts'
import type { Port } from '../../network/link.ts'
import type { Process } from '../../network/process.ts'
import type { Timers } from '../../network/simulation.ts'
import type { NodeFiles } from '../../network/types.ts'
import type { History } from './vpcs-readline.ts'
import type { VpcsTty } from './vpcs-tty.ts'

/** What a virtual PC knows until its power goes. */
export interface VpcsSettings {
  name: string
  ip: number
  length: number
  gateway: number
  dns: number
  domain: string
  mtu: number
}

/** Everything a command of the virtual PC works on. */
export interface VpcsHost {
  readonly timers: Timers
  readonly tty: VpcsTty
  readonly settings: VpcsSettings
  readonly history: History
  readonly files: NodeFiles
  readonly mac: string
  readonly localPort: number
  readonly port: Port
  readonly iface: StackInterface
  readonly stack: IpStack
  /** `quit`: the program ends, as when its power goes. */
  readonly quit: () => void
}

export const emptySettings = (): VpcsSettings => ({ name: 'VPCS', ip: 0, length: 0, gateway: 0, dns: 0, domain: '', mtu: 1500 })

export function createVpcsHost(parts: {
  timers: Timers
  tty: VpcsTty
  settings: VpcsSettings
  history: History
  files: NodeFiles
  port: Port
  mac: string
  localPort: number
  quit: () => void
}): VpcsHost {
  const { settings, timers, port, mac } = parts
  const iface: StackInterface = {
    name: 'eth0',
    mac,
    get addresses() {
      return settings.ip === 0 ? [] : [{ address: settings.ip, length: settings.length }]
    },
    tags: [],
    get mtu() {
      return settings.mtu
    },
    proxyArp: false,
    isUp: () => true,
    transmit: (frame) => port.transmit?.(frame),
  }
  const stack = createIpStack({
    timers,
    behaviour: {
      arp: { lifeMs: 120_000, ignoresForeignSenders: false, answersForAllAddresses: false },
      isForwarding: () => false,
      ttl: 64,
      queuesWhileResolving: true,
      reportsUnresolved: false,
      noRouteCode: 0,
      unreachableIntervalMs: 0,
      processingMs: { least: 0.04, spread: 0.12 },
      services: { udp: 'echo-unless-last-ttl', isTcpOpen: () => true },
    },
    interfaces: () => [iface],
    route: (destination) => {
      const hop = nextHopOf(settings, destination)
      return hop === undefined ? NOWHERE : { to: 'interface', iface, nextHop: hop }
    },
  })
  port.receive = (frame) => {
    if (frame.tags.length === 0) stack.receive(iface, frame) // VPCS knows no VLAN tags
  }
  return { ...parts, iface, stack }
}

/** The neighbour to ask for: the target itself on the own net, else the gateway; undefined without one. An unset PC (0/0) takes everything as local. */
export function nextHopOf(settings: VpcsSettings, destination: number): number | undefined {
  if (contains(settings.ip, settings.length, destination)) return destination
  return settings.gateway === 0 ? undefined : settings.gateway
}

/** Asks for a MAC address, 3 s when nobody answers; Ctrl-C does not shorten it (recorded: gns3_vpcs/vpcs-13). */
export function* resolveNeighbour(host: VpcsHost, ip: number): Process<string | undefined> {
  let found: string | undefined
  yield (resume) => {
    host.stack.arp.resolve(host.iface, ip, (mac) => {
      found = mac
      resume()
    })
    return () => undefined
  }
  return found
}

/** The line of `show` and of `ip`. */
export const describeAddress = (settings: VpcsSettings): string =>
  `${formatIp(settings.ip)} ${formatIp(maskOf(settings.length))}${settings.gateway === 0 ? '' : ` gateway ${formatIp(settings.gateway)}`}`

/** Waits for the first packet that `accept` takes; undefined after `ms` or Ctrl-C. */
export function* receiveFor<T>(
  host: VpcsHost,
  ms: number,
  send: () => void,
  accept: (packet: Ipv4Packet) => T | undefined,
): Process<{ value: T; tookMs: number } | undefined> {
  let got: { value: T; tookMs: number } | undefined
  const sentAt = host.timers.now()
  yield* host.tty.await((resume) => {
    const stop = host.stack.listen((packet) => {
      const value = accept(packet)
      if (value === undefined || got !== undefined) return
      got = { value, tookMs: host.timers.now() - sentAt }
      resume()
    })
    const cancel = host.timers.after(ms, resume)
    send()
    return () => {
      stop()
      cancel()
    }
  })
  return got
}
