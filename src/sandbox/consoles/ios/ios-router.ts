import { DOT1Q } from '../../network/frame.ts'
import { NOWHERE, type StackInterface } from '../../network/ip-interface.ts'
import { createIpStack, type IpStack } from '../../network/ip-stack.ts'
import { createPort, type Port } from '../../network/link.ts'
import { lookUpRoute, type ResolvedRoute, resolveRoutes } from '../../network/routing-table.ts'
import type { Timers } from '../../network/simulation.ts'
import { type IosConfig, type IosInterfaceConfig, sortedInterfaces } from './ios-config.ts'
import type { IosPort } from './ios-ports.ts'

/** A running router: its configuration at work. Commands read and change it. */
export interface IosRouter {
  readonly timers: Timers
  readonly config: IosConfig
  readonly ports: readonly IosPort[]
  readonly stack: IpStack
  /** Emulated ms when the system came up. */
  readonly bootedAt: number
  interfaces(): readonly StackInterface[]
  routes(): ResolvedRoute[]
  isUp(name: string): boolean
  hasCable(name: string): boolean
  macOf(name: string): string
  /** After a change of the configuration or a cable: interfaces go up and down in IOS's time, with its messages. */
  refresh(): void
  /** Takes the states at once and silently: at boot. */
  settle(): void
}

const LINK_MESSAGE_MS = 2_000
const PROTOCOL_MESSAGE_MS = 1_000

export const parentOf = (name: string): string => name.split('.')[0] ?? name

export function createIosRouter(parts: {
  timers: Timers
  config: IosConfig
  ports: readonly IosPort[]
  cables: ReadonlyMap<string, Port>
  syslog: (message: string) => void
}): IosRouter {
  const { timers, config, ports, cables, syslog } = parts
  const up = new Set<string>()
  const changing = new Map<string, () => void>()

  const hasCable = (name: string): boolean => (cables.get(parentOf(name))?.transmit ?? null) !== null
  const macOf = (name: string): string => ports.find((port) => port.name === parentOf(name))?.mac ?? ports[0]?.mac ?? '00:00:00:00:00:00'

  const shouldBeUp = (each: IosInterfaceConfig): boolean => {
    if (each.isShutdown) return false
    if (each.name.startsWith('Loopback')) return true
    const parent = config.interfaces.get(parentOf(each.name))
    return parent !== undefined && !parent.isShutdown && hasCable(each.name)
  }

  const layer3 = (each: IosInterfaceConfig): StackInterface => ({
    name: each.name,
    mac: macOf(each.name),
    addresses: [...(each.address === null ? [] : [each.address]), ...each.secondaries],
    tags: each.vlan === null || each.isNative ? [] : [{ ethertype: DOT1Q, vlan: each.vlan }],
    mtu: each.mtu,
    proxyArp: each.proxyArp,
    isPointToPoint: each.name.startsWith('Serial'),
    isUp: () => up.has(each.name),
    transmit: (frame) => cables.get(parentOf(each.name))?.transmit?.(frame),
    permits: (direction, packet) => {
      const list = config.accessLists.get((direction === 'in' ? each.accessIn : each.accessOut) ?? '')
      return list?.permits(packet) ?? true
    },
  })

  // Interfaces are asked for with every packet; they are rebuilt only when something changed.
  let cache: StackInterface[] | null = null
  const interfaces = (): readonly StackInterface[] => {
    cache ??= sortedInterfaces(config).map(layer3)
    return cache
  }

  const routes = (): ResolvedRoute[] =>
    config.ipRouting ? resolveRoutes(interfaces(), config.routes) : resolveRoutes(interfaces(), gatewayRoute(config))

  const stack = createIpStack({
    timers,
    behaviour: {
      arp: { lifeMs: 4 * 3_600_000, ignoresForeignSenders: true, answersForAllAddresses: false },
      isForwarding: () => config.ipRouting,
      ttl: 255,
      queuesWhileResolving: false,
      reportsUnresolved: false,
      noRouteCode: 1,
      unreachableIntervalMs: 500,
      processingMs: { least: 1, spread: 6 },
      services: { udp: 'closed', isTcpOpen: (port) => port === 23 },
    },
    interfaces,
    route: (destination) => (up.size === 0 ? NOWHERE : lookUpRoute(routes(), destination, interfaces())),
  })

  for (const [name, port] of cables) {
    port.receive = (frame) => {
      const [outer] = frame.tags
      const target = interfaces().find((each) => parentOf(each.name) === name && vlanOf(each) === outer?.vlan)
      if (target !== undefined) stack.receive(target, { ...frame, tags: [] })
    }
  }

  const finish = (name: string, isUp: boolean): void => {
    changing.delete(name)
    if (isUp) up.add(name)
    if (!name.includes('.')) syslog(`%LINEPROTO-5-UPDOWN: Line protocol on Interface ${name}, changed state to ${isUp ? 'up' : 'down'}`)
    if (isUp) announce(name)
  }

  const announce = (name: string): void => {
    const iface = interfaces().find((each) => each.name === name)
    for (const own of iface?.addresses ?? []) if (iface !== undefined && !iface.isPointToPoint) stack.arp.announce(iface, own.address)
  }

  const begin = (each: IosInterfaceConfig, isUp: boolean): void => {
    changing.get(each.name)?.()
    if (!isUp) {
      up.delete(each.name)
      stack.arp.clear(each.name)
    }
    const cancelFirst = timers.after(LINK_MESSAGE_MS, () => {
      if (!each.name.includes('.')) syslog(linkMessage(each, isUp))
      changing.set(
        each.name,
        timers.after(PROTOCOL_MESSAGE_MS, () => finish(each.name, isUp)),
      )
    })
    changing.set(each.name, cancelFirst)
  }

  const wanted = new Map<string, boolean>()
  return {
    timers,
    config,
    ports,
    stack,
    bootedAt: timers.now(),
    interfaces,
    routes,
    hasCable,
    macOf,
    isUp: (name) => up.has(name),
    refresh() {
      cache = null
      for (const each of config.interfaces.values()) {
        const isUp = shouldBeUp(each)
        if (wanted.get(each.name) !== isUp && !(wanted.get(each.name) === undefined && !isUp)) begin(each, isUp)
        wanted.set(each.name, isUp)
      }
      for (const name of [...up]) if (!config.interfaces.has(name)) up.delete(name)
    },
    settle() {
      cache = null
      for (const each of config.interfaces.values()) {
        wanted.set(each.name, shouldBeUp(each))
        if (shouldBeUp(each)) up.add(each.name)
      }
      for (const name of up) announce(name)
    },
  }
}

const vlanOf = (iface: StackInterface): number | undefined => iface.tags[0]?.vlan

/** Without routing a router is a host: everything goes to `ip default-gateway`. */
const gatewayRoute = (config: IosConfig) =>
  config.defaultGateway === null ? [] : [{ network: 0, length: 0, nextHop: config.defaultGateway, distance: 1 }]

function linkMessage(each: IosInterfaceConfig, isUp: boolean): string {
  if (!isUp && each.isShutdown) return `%LINK-5-CHANGED: Interface ${each.name}, changed state to administratively down`
  return `%LINK-3-UPDOWN: Interface ${each.name}, changed state to ${isUp ? 'up' : 'down'}`
}

export const makeCables = (ports: readonly IosPort[]): Map<string, Port> => new Map(ports.map((port) => [port.name, createPort()]))
