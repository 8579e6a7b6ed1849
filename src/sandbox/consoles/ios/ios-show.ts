import { ciscoMac, formatIp, networkOf, parseIp } from '../../network/address.ts'
import type { ResolvedRoute } from '../../network/routing-table.ts'
import { type IosInterfaceConfig, renderConfig, renderInterface, sortedInterfaces } from './ios-config.ts'
import { type IosRouter, parentOf } from './ios-router.ts'

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('')

/** What the two columns of the brief table say. */
export function lineStates(router: IosRouter, each: IosInterfaceConfig): { line: string; protocol: string } {
  if (each.isShutdown) return { line: 'administratively down', protocol: 'down' }
  if (router.isUp(each.name)) return { line: 'up', protocol: 'up' }
  const parent = router.config.interfaces.get(parentOf(each.name))
  if (parent?.isShutdown) return { line: 'administratively down', protocol: 'down' }
  return { line: router.hasCable(each.name) ? 'up' : 'down', protocol: 'down' }
}

export function showIpInterfaceBrief(router: IosRouter): string {
  const rows = sortedInterfaces(router.config).map((each) => {
    const { line, protocol } = lineStates(router, each)
    const address = each.address === null ? 'unassigned' : formatIp(each.address.address)
    const method = each.address === null ? 'unset' : 'manual'
    return `${each.name.padEnd(26)} ${address.padEnd(15)} YES ${method.padEnd(6)} ${line.padEnd(21)} ${protocol.padEnd(8)}`
  })
  return text(['Interface                  IP-Address      OK? Method Status                Protocol', ...rows])
}

const nameOf = (words: readonly string[]): string | undefined => words[0]

export function showInterfaces(router: IosRouter, words: readonly string[]): string {
  const wanted = nameOf(words)
  const list = sortedInterfaces(router.config).filter((each) => wanted === undefined || each.name === wanted)
  if (list.length === 0) return "                                  ^\r\n% Invalid input detected at '^' marker.\r\n"
  return list.map((each) => describeInterface(router, each)).join('')
}

function describeInterface(router: IosRouter, each: IosInterfaceConfig): string {
  const { line, protocol } = lineStates(router, each)
  const isLoopback = each.name.startsWith('Loopback')
  const mac = ciscoMac(router.macOf(each.name))
  const hardware = isLoopback ? '  Hardware is Loopback' : `  Hardware is ${hardwareOf(each.name)}, address is ${mac} (bia ${mac})`
  return text([
    `${each.name} is ${line}, line protocol is ${protocol} `,
    hardware,
    ...(each.description === null ? [] : [`  Description: ${each.description}`]),
    ...(each.address === null ? [] : [`  Internet address is ${formatIp(each.address.address)}/${each.address.length}`]),
    `  MTU ${each.mtu} bytes, BW ${each.name.startsWith('Fast') ? 100000 : 10000} Kbit/sec, DLY ${each.name.startsWith('Fast') ? 100 : 1000} usec, `,
    '     reliability 255/255, txload 1/255, rxload 1/255',
    ...(each.vlan === null
      ? [`  Encapsulation ${isLoopback ? 'LOOPBACK' : 'ARPA'}, loopback not set`]
      : [`  Encapsulation 802.1Q Virtual LAN, Vlan ID  ${each.vlan}.`]),
    '  Keepalive set (10 sec)',
    '  ARP type: ARPA, ARP Timeout 04:00:00',
    '  Last input never, output never, output hang never',
    '  Last clearing of "show interface" counters never',
    '  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0',
    '  Queueing strategy: fifo',
    '  Output queue: 0/40 (size/max)',
    '  5 minute input rate 0 bits/sec, 0 packets/sec',
    '  5 minute output rate 0 bits/sec, 0 packets/sec',
  ])
}

function hardwareOf(name: string): string {
  if (name.startsWith('FastEthernet')) return 'Gt96k FE'
  if (name.startsWith('GigabitEthernet')) return 'i82543 (Livengood)'
  return name.startsWith('Serial') ? 'M4T' : 'AmdP2'
}

export function showIpInterface(router: IosRouter, words: readonly string[]): string {
  const wanted = nameOf(words)
  return sortedInterfaces(router.config)
    .filter((each) => wanted === undefined || each.name === wanted)
    .map((each) => {
      const { line, protocol } = lineStates(router, each)
      const head = `${each.name} is ${line}, line protocol is ${protocol}`
      if (each.address === null) return text([head, '  Internet protocol processing disabled'])
      return text([
        head,
        `  Internet address is ${formatIp(each.address.address)}/${each.address.length}`,
        '  Broadcast address is 255.255.255.255',
        '  Address determined by setup command',
        `  MTU is ${each.mtu} bytes`,
        '  Helper address is not set',
        '  Directed broadcast forwarding is disabled',
        ...each.secondaries.map((own) => `  Secondary address ${formatIp(own.address)}/${own.length}`),
        `  Outgoing access list is ${each.accessOut ?? 'not set'}`,
        `  Inbound  access list is ${each.accessIn ?? 'not set'}`,
        `  Proxy ARP is ${each.proxyArp ? 'enabled' : 'disabled'}`,
        '  Local Proxy ARP is disabled',
        '  Security level is default',
        '  Split horizon is enabled',
        '  ICMP redirects are always sent',
        '  ICMP unreachables are always sent',
        '  ICMP mask replies are never sent',
      ])
    })
    .join('')
}

const CODES = [
  'Codes: C - connected, S - static, R - RIP, M - mobile, B - BGP',
  '       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area ',
  '       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2',
  '       E1 - OSPF external type 1, E2 - OSPF external type 2',
  '       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2',
  '       ia - IS-IS inter area, * - candidate default, U - per-user static route',
  '       o - ODR, P - periodic downloaded static route',
  '',
]

const classLength = (ip: number): number => {
  const first = ip >>> 24
  if (first < 128) return 8
  return first < 192 ? 16 : 24
}

/** `show ip route [connected|static]`, grouped under classful networks as IOS 12.4 does. */
export function showIpRoute(router: IosRouter, only?: 'connected' | 'static'): string {
  if (!router.config.ipRouting) return showHostRoutes(router)
  const routes = router.routes().filter((route) => only === undefined || route.kind === only)
  const gateway = router.routes().find((route) => route.length === 0)
  const last =
    gateway?.nextHop === undefined
      ? 'Gateway of last resort is not set'
      : `Gateway of last resort is ${formatIp(gateway.nextHop)} to network 0.0.0.0`
  const lastLine = gateway !== undefined && gateway.nextHop === undefined ? 'Gateway of last resort is 0.0.0.0 to network 0.0.0.0' : last
  return text([...(only === undefined ? [...CODES, lastLine, ''] : []), ...groupRoutes(routes)])
}

function showHostRoutes(router: IosRouter): string {
  const gateway = router.config.defaultGateway
  return text([
    `Default gateway is ${gateway === null ? 'not set' : formatIp(gateway)}`,
    '',
    'Host               Gateway           Last Use    Total Uses  Interface',
    'ICMP redirect cache is empty',
  ])
}

function groupRoutes(routes: readonly ResolvedRoute[]): string[] {
  const majors = new Map<number, ResolvedRoute[]>()
  for (const route of [...routes].sort((a, b) => a.network - b.network || a.length - b.length)) {
    const major = route.length < classLength(route.network) ? route.network : networkOf(route.network, classLength(route.network))
    majors.set(major, [...(majors.get(major) ?? []), route])
  }
  const last = majors.get(0) ?? []
  majors.delete(0)
  return [...[...majors].flatMap(([major, list]) => groupLines(major, list)), ...last.flatMap((route) => routeLines(route, '', true))]
}

function groupLines(major: number, routes: readonly ResolvedRoute[]): string[] {
  const natural = classLength(major)
  const prefixes = new Set(routes.map((route) => `${route.network}/${route.length}`))
  const masks = new Set(routes.map((route) => route.length))
  const [first] = routes
  if (first === undefined) return []
  if (masks.size === 1 && first.length <= natural) return routes.flatMap((route) => routeLines(route, '', true))
  if (masks.size === 1) {
    const heading = `     ${formatIp(major)}/${first.length} is subnetted, ${prefixes.size} subnet${prefixes.size === 1 ? 's' : ''}`
    return [heading, ...routes.flatMap((route) => routeLines(route, '   ', false))]
  }
  const heading = `     ${formatIp(major)}/${natural} is variably subnetted, ${prefixes.size} subnets, ${masks.size} masks`
  return [heading, ...routes.flatMap((route) => routeLines(route, '   ', true))]
}

function routeLines(route: ResolvedRoute, indent: string, withLength: boolean): string[] {
  const prefix = `${formatIp(route.network)}${withLength ? `/${route.length}` : ''}`
  const code = route.kind === 'connected' ? 'C' : `S${route.length === 0 ? '*' : ''}`
  return [`${code.padEnd(5)}${indent}${prefix} ${routeTarget(route)}`]
}

function routeTarget(route: ResolvedRoute): string {
  if (route.nextHop === undefined) return `is directly connected, ${route.iface?.name ?? 'Null0'}`
  const via = route.interfaceName === undefined ? '' : `, ${route.interfaceName}`
  return `[${route.distance}/0] via ${formatIp(route.nextHop)}${via}`
}

/** `show ip route A [M]`: with a mask exactly that prefix, without one the longest that covers the address. */
export function showIpRouteTo(router: IosRouter, addressText: string, maskText?: string): string {
  const address = parseIp(addressText) ?? 0
  const table = router.routes()
  const length = maskText === undefined ? undefined : 32 - Math.round(Math.log2(2 ** 32 - (parseIp(maskText) ?? 0)))
  const covering = table
    .filter((route) =>
      length === undefined
        ? networkOf(route.network, route.length) === networkOf(address, route.length)
        : route.network === address && route.length === length,
    )
    .sort((a, b) => b.length - a.length)
  const best = covering[0]
  const usable = length === undefined && best?.length === 0 && address !== 0 ? undefined : best // the default route is not shown for an address
  if (usable === undefined) {
    const isMajorKnown = table.some(
      (route) => route.length > 0 && networkOf(route.network, classLength(address)) === networkOf(address, classLength(address)),
    )
    return isMajorKnown ? '% Subnet not in table\r\n' : '% Network not in table\r\n'
  }
  return describeRoute(
    covering.filter((route) => route.length === usable.length),
    usable,
  )
}

function describeRoute(routes: readonly ResolvedRoute[], first: ResolvedRoute): string {
  const supernet = first.length < classLength(first.network) ? ', supernet' : ''
  const how =
    first.kind === 'connected' ? 'metric 0 (connected, via interface)' : `metric 0${first.length === 0 ? ', candidate default path' : ''}`
  return text([
    `Routing entry for ${formatIp(first.network)}/${first.length}${supernet}`,
    `  Known via "${first.kind}", distance ${first.distance}, ${how}`,
    '  Routing Descriptor Blocks:',
    ...routes.flatMap((route, index) => [
      `  ${index === 0 ? '*' : ' '} ${blockTarget(route)}`,
      '      Route metric is 0, traffic share count is 1',
    ]),
  ])
}

function blockTarget(route: ResolvedRoute): string {
  if (route.nextHop === undefined) return `directly connected, via ${route.iface?.name ?? 'Null0'}`
  return `${formatIp(route.nextHop)}${route.interfaceName === undefined ? '' : `, via ${route.interfaceName}`}`
}

export function showArp(router: IosRouter): string {
  const own = sortedInterfaces(router.config)
    .filter((each) => each.address !== null && router.isUp(each.name) && !each.name.startsWith('Loopback'))
    .map((each) => ({ ip: each.address?.address ?? 0, mac: router.macOf(each.name), age: '-', name: each.name }))
  const learned = router.stack.arp.entries().map((entry) => ({
    ip: entry.ip,
    mac: entry.mac,
    age: String(Math.floor((router.timers.now() - entry.learnedAt) / 60_000)),
    name: entry.interfaceName,
  }))
  const rows = [...own, ...learned]
    .sort((a, b) => a.ip - b.ip)
    .map((row) => `Internet  ${formatIp(row.ip).padEnd(15)} ${row.age.padStart(8)}   ${ciscoMac(row.mac)}  ARPA   ${row.name}`)
  return text(['Protocol  Address          Age (min)  Hardware Addr   Type   Interface', ...rows])
}

export function showRunningConfig(router: IosRouter, onlyInterface?: string): string {
  const lines = renderConfig(router.config)
  const size = lines.join('\n').length
  if (onlyInterface === undefined) return text(['Building configuration...', '', `Current configuration : ${size} bytes`, ...lines])
  const each = router.config.interfaces.get(onlyInterface)
  const part = each === undefined ? [] : renderInterface(each)
  return text([
    'Building configuration...',
    '',
    `Current configuration : ${part.join('\n').length} bytes`,
    '!',
    ...part.slice(0, -1),
    'end',
  ])
}

export function showVersion(router: IosRouter, platform: string, image: string): string {
  const seconds = Math.floor((router.timers.now() - router.bootedAt) / 1_000)
  const minutes = Math.floor(seconds / 60)
  const model = platform.replace(/^c/, '')
  const interfaces = router.ports.filter((port) => port.linkType === 'ethernet').length
  return text([
    `Cisco IOS Software, ${model} Software (${platform.toUpperCase()}-ADVENTERPRISEK9-M), Version 12.4(15)T14, RELEASE SOFTWARE (fc2)`,
    'Technical Support: http://www.cisco.com/techsupport',
    'Copyright (c) 1986-2010 by Cisco Systems, Inc.',
    'Compiled Tue 17-Aug-10 12:08 by prod_rel_team',
    '',
    'ROM: ROMMON Emulation Microcode',
    `ROM: ${model} Software (${platform.toUpperCase()}-ADVENTERPRISEK9-M), Version 12.4(15)T14, RELEASE SOFTWARE (fc2)`,
    '',
    `${router.config.hostname} uptime is ${minutes} minute${minutes === 1 ? '' : 's'}`,
    'System returned to ROM by unknown reload cause - suspect boot_data[BOOT_COUNT] 0x0, BOOT_COUNT 0, BOOTDATA 19',
    `System image file is "tftp://255.255.255.255/${image || 'unknown'}"`,
    '',
    `Cisco ${model} (R7000) processor (revision 0.1) with 249856K/12288K bytes of memory.`,
    'Processor board ID FTX0945W0MY',
    'R7000 CPU at 240MHz, Implementation 39, Rev 2.1, 256KB L2, 512KB L3 Cache',
    `${interfaces} FastEthernet interfaces`,
    'DRAM configuration is 64 bits wide with parity enabled.',
    '55K bytes of NVRAM.',
    '',
    'Configuration register is 0x2102',
    '',
  ])
}

export function describeInterfaces(router: IosRouter): string[] {
  return sortedInterfaces(router.config).map((each) => {
    const { line, protocol } = lineStates(router, each)
    const status = line === 'administratively down' ? 'admin down' : line
    return `${each.name.padEnd(30)} ${status.padEnd(14)} ${protocol.padEnd(8)} ${each.description ?? ''}`
  })
}
