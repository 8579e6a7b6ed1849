import { contains, networkOf } from '../../network/address.ts'
import { NOWHERE, type OwnAddress, type RouteDecision, type StackInterface } from '../../network/ip-interface.ts'
import { createIpStack, type IpStack } from '../../network/ip-stack.ts'
import type { Port } from '../../network/link.ts'
import type { Timers } from '../../network/simulation.ts'
import type { LinuxTty } from './linux-tty.ts'
import type { FindProgram } from './shell.ts'

export interface LinuxInterface {
  readonly name: string
  readonly index: number
  readonly mac: string
  /** Null for the loopback. */
  readonly port: Port | null
  isUp: boolean
  mtu: number
  addresses: OwnAddress[]
  /** A VLAN device `eth0.10`: its tag and the device under it. */
  readonly vlan: { readonly id: number; readonly parent: string } | null
}

export interface LinuxRoute {
  readonly network: number
  readonly length: number
  readonly device: string | null
  readonly gateway: number | null
  readonly metric: number
  readonly kind: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit'
  /** Made by the kernel for an address. */
  readonly isKernel: boolean
  readonly source: number | null
}

/** A running Linux machine: kernel, files, terminal. */
export interface LinuxHost {
  readonly timers: Timers
  readonly tty: LinuxTty
  readonly stack: IpStack
  readonly interfaces: LinuxInterface[]
  readonly history: string[]
  readonly findProgram: FindProgram
  routes: LinuxRoute[]
  isForwarding: boolean
  /** Exit status of the last `$(...)`, for plain assignments. */
  lastSubstitution: number
  hostname(): string
  setHostname(name: string): void
  readFile(path: string): string | undefined
  writeFile(path: string, text: string): void
  removeFile(path: string): boolean
  listFiles(): string[]
  hasCarrier(device: LinuxInterface): boolean
  /** Adds an address and its kernel route; false when it is there. */
  addAddress(device: LinuxInterface, own: OwnAddress): boolean
  removeAddress(device: LinuxInterface, own: OwnAddress): boolean
  setUp(device: LinuxInterface, isUp: boolean): void
  addVlan(name: string, parent: LinuxInterface, id: number): void
  /** Call after interfaces or addresses changed. */
  rebuild(): void
  lookUp(destination: number): LinuxRoute | undefined
}

export interface FileStore {
  read(path: string): string | undefined
  write(path: string, text: string): void
  remove(path: string): boolean
  list(): string[]
}

export function createLinuxHost(parts: {
  timers: Timers
  tty: LinuxTty
  name: string
  devices: readonly { name: string; mac: string; port: Port }[]
  files: FileStore
  findProgram: FindProgram
}): LinuxHost {
  const { timers, files, tty } = parts
  const loopback: LinuxInterface = {
    name: 'lo',
    index: 1,
    mac: '00:00:00:00:00:00',
    port: null,
    isUp: true,
    mtu: 65_536,
    addresses: [{ address: 0x7f000001, length: 8 }],
    vlan: null,
  }
  const interfaces: LinuxInterface[] = [
    loopback,
    ...parts.devices.map(
      (device, index): LinuxInterface => ({ ...device, index: index + 2, isUp: false, mtu: 1_500, addresses: [], vlan: null }),
    ),
  ]
  let hostname = parts.name
  let layer3: StackInterface[] = []

  const parentOf = (device: LinuxInterface): LinuxInterface => interfaces.find((each) => each.name === device.vlan?.parent) ?? device
  const hasCarrier = (device: LinuxInterface): boolean => device.name === 'lo' || (parentOf(device).port?.transmit ?? null) !== null
  const isRunning = (device: LinuxInterface): boolean => device.isUp && parentOf(device).isUp && hasCarrier(device)

  const toStack = (device: LinuxInterface): StackInterface => ({
    name: device.name,
    mac: device.mac,
    get addresses() {
      return device.addresses
    },
    tags: device.vlan === null ? [] : [{ ethertype: 0x8100, vlan: device.vlan.id }],
    mtu: device.mtu,
    proxyArp: false,
    isUp: () => isRunning(device),
    transmit: (frame) => parentOf(device).port?.transmit?.(frame),
  })

  const lookUp = (destination: number): LinuxRoute | undefined => {
    const usable = host.routes.filter((route) => contains(route.network, route.length, destination) && isUsable(route))
    return usable.sort((a, b) => b.length - a.length || a.metric - b.metric)[0]
  }
  const isUsable = (route: LinuxRoute): boolean =>
    route.device === null || interfaces.some((each) => each.name === route.device && each.isUp)

  const route = (destination: number): RouteDecision => {
    const found = lookUp(destination)
    if (found === undefined) return NOWHERE
    if (found.kind === 'blackhole') return { to: 'discard' }
    const iface = layer3.find((each) => each.name === found.device)
    if (found.kind !== 'unicast' || iface === undefined) return { to: 'unreachable' }
    return { to: 'interface', iface, nextHop: found.gateway ?? destination, ...(found.source === null ? {} : { source: found.source }) }
  }

  const stack = createIpStack({
    timers,
    behaviour: {
      arp: { lifeMs: 60_000, ignoresForeignSenders: false, answersForAllAddresses: true },
      isForwarding: () => host.isForwarding,
      ttl: 64,
      queuesWhileResolving: true,
      reportsUnresolved: true,
      noRouteCode: 0,
      unreachableIntervalMs: 0,
      processingMs: { least: 0.02, spread: 0.08 },
      services: { udp: 'closed', isTcpOpen: () => false },
    },
    interfaces: () => layer3,
    route,
  })

  const host: LinuxHost = {
    timers,
    tty,
    stack,
    interfaces,
    history: [],
    findProgram: parts.findProgram,
    routes: [],
    isForwarding: false,
    lastSubstitution: 0,
    hostname: () => hostname,
    setHostname(name) {
      hostname = name
    },
    readFile: files.read,
    writeFile(path, text) {
      if (path === '/proc/sys/net/ipv4/ip_forward') host.isForwarding = text.trim() === '1'
      else files.write(path, text)
    },
    removeFile: files.remove,
    listFiles: files.list,
    hasCarrier,
    lookUp,
    addAddress(device, own) {
      if (device.addresses.some((each) => each.address === own.address && each.length === own.length)) return false
      device.addresses.push(own)
      if (device.isUp) host.routes.push(kernelRoute(device, own))
      return true
    },
    removeAddress(device, own) {
      const before = device.addresses.length
      device.addresses = device.addresses.filter((each) => !(each.address === own.address && each.length === own.length))
      host.routes = host.routes.filter((each) => !(each.device === device.name && each.isKernel && each.source === own.address))
      // Routes over a gateway that is no longer on a connected net stay, as in the kernel; without any address they go.
      if (device.addresses.length === 0) host.routes = host.routes.filter((each) => each.device !== device.name)
      return device.addresses.length < before
    },
    setUp(device, isUp) {
      if (device.isUp === isUp) return
      device.isUp = isUp
      if (isUp) host.routes.push(...device.addresses.map((own) => kernelRoute(device, own)))
      else {
        host.routes = host.routes.filter((each) => each.device !== device.name) // the kernel forgets them all
        stack.arp.clear(device.name)
      }
    },
    addVlan(name, parent, id) {
      interfaces.push({
        name,
        index: interfaces.length + 1,
        mac: parent.mac,
        port: null,
        isUp: false,
        mtu: parent.mtu,
        addresses: [],
        vlan: { id, parent: parent.name },
      })
      host.rebuild()
    },
    rebuild() {
      layer3 = interfaces.filter((each) => each.name !== 'lo').map(toStack)
    },
  }
  host.rebuild()
  for (const device of interfaces) {
    if (device.port === null) continue
    device.port.receive = (frame) => {
      const vlan = frame.tags[0]?.vlan
      const target = layer3.find((each) => each.tags[0]?.vlan === vlan && isOver(each.name, device))
      if (target !== undefined) stack.receive(target, { ...frame, tags: [] })
    }
  }
  const isOver = (name: string, device: LinuxInterface): boolean => {
    const found = interfaces.find((each) => each.name === name)
    return found !== undefined && (found === device || found.vlan?.parent === device.name)
  }
  return host
}

const kernelRoute = (device: LinuxInterface, own: OwnAddress): LinuxRoute => ({
  network: networkOf(own.address, own.length),
  length: own.length,
  device: device.name,
  gateway: null,
  metric: 0,
  kind: 'unicast',
  isKernel: true,
  source: own.address,
})
