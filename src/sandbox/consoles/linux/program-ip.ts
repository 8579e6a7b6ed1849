import { contains, formatIp, formatPrefix, linkLocalOf, parseIp, parsePrefix } from '../../network/address.ts'
import type { LinuxHost, LinuxInterface, LinuxRoute } from './linux-host.ts'
import type { Program, Shell, Streams } from './shell.ts'

interface IpOptions {
  json: boolean
  brief: boolean
  oneLine: boolean
  family: 4 | 6 | null
}

const OBJECTS = ['address', 'link', 'route', 'neighbour', 'neighbor', 'rule', 'maddress']

/** iproute2's `ip`, as far as labs use it: addr, link, route, neigh, with -j, -br, -o, -4, -6. */
export const ipProgram: Program = function* (shell, words, streams) {
  const options: IpOptions = { json: false, brief: false, oneLine: false, family: null }
  const rest = [...words]
  while (rest[0]?.startsWith('-')) applyFlag(options, rest.shift() ?? '')
  const [object = '', ...args] = rest
  const name = object === '' ? undefined : OBJECTS.find((each) => each.startsWith(object))
  if (name === undefined) {
    streams.err(object === '' ? 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n' : `Object "${object}" is unknown, try "ip help".\n`)
    return object === '' ? 255 : 1
  }
  const handlers: Readonly<Record<string, (shell: Shell, options: IpOptions, args: string[], streams: Streams) => number>> = {
    address: runAddress,
    link: runLink,
    route: runRoute,
    neighbour: runNeighbour,
    neighbor: runNeighbour,
  }
  return handlers[name]?.(shell, options, args, streams) ?? 0
}

function applyFlag(options: IpOptions, flag: string): void {
  const name = flag.replace(/^--?/, '')
  if (name === '4') options.family = 4
  else if (name === '6') options.family = 6
  else if (name === 'o') options.oneLine = true
  else if (name.length > 1 && 'brief'.startsWith(name)) options.brief = true
  else if ('json'.startsWith(name)) options.json = true
}

const isVerb = (word: string | undefined, ...verbs: string[]): boolean => word !== undefined && verbs.some((verb) => verb.startsWith(word))

function deviceNamed(host: LinuxHost, name: string): LinuxInterface | undefined {
  return host.interfaces.find((each) => each.name === name)
}

const noDevice = (streams: Streams, name: string): number => {
  streams.err(`Device "${name}" does not exist.\n`)
  return 1
}

/** The word behind a keyword. */
const wordAfter = (args: readonly string[], keyword: string): string | undefined => {
  const at = args.indexOf(keyword)
  return at === -1 ? undefined : args[at + 1]
}

function shown(host: LinuxHost, args: readonly string[]): LinuxInterface[] | string {
  const name = wordAfter(args, 'dev') ?? args.find((word) => deviceNamed(host, word) !== undefined || /^(eth|ens|lo)/.test(word))
  if (name === undefined) return [...host.interfaces]
  const device = deviceNamed(host, name)
  return device === undefined ? name : [device]
}

function runAddress(shell: Shell, options: IpOptions, args: string[], streams: Streams): number {
  const { host } = shell
  const [verb, ...rest] = args
  if (isVerb(verb, 'add', 'replace', 'change') || isVerb(verb, 'delete')) return changeAddress(host, verb ?? '', rest, streams)
  if (isVerb(verb, 'flush')) {
    const device = deviceNamed(host, wordAfter(rest, 'dev') ?? rest[0] ?? '')
    if (device === undefined) return noDevice(streams, rest.at(-1) ?? '')
    for (const own of [...device.addresses]) host.removeAddress(device, own)
    return 0
  }
  const devices = shown(host, isVerb(verb, 'show', 'list', 'lst') ? rest : args)
  if (typeof devices === 'string') return noDevice(streams, devices)
  const wanted = args.includes('up') ? devices.filter((each) => each.isUp) : devices
  if (options.json)
    streams.out(`${JSON.stringify(wanted.map((each) => ({ ...linkJson(host, each), addr_info: addressJson(each, options) })))}\n`)
  else if (options.brief)
    streams.out(
      wanted
        .map(
          (each) =>
            `${briefHead(host, each)}${addressesOf(each, options)
              .map((text) => `${text} `)
              .join('')}\n`,
        )
        .join(''),
    )
  else if (options.oneLine) streams.out(wanted.map((each) => oneLineAddresses(each, options)).join(''))
  else streams.out(wanted.map((each) => describeLink(host, each) + describeAddresses(each, options)).join(''))
  return 0
}

function changeAddress(host: LinuxHost, verb: string, args: readonly string[], streams: Streams): number {
  const deviceName = wordAfter(args, 'dev')
  const text = args.find((word) => /^\d/.test(word)) ?? args[0] ?? ''
  const own = parsePrefix(text.includes('/') ? text : `${text}/32`)
  if (own === undefined) {
    streams.err(`Error: any valid prefix is expected rather than "${text}".\n`)
    return 1
  }
  if (deviceName === undefined) {
    streams.err('Not enough information: "dev" argument is required.\n')
    return 255
  }
  const device = deviceNamed(host, deviceName)
  if (device === undefined) {
    streams.err(`Cannot find device "${deviceName}"\n`)
    return 1
  }
  if (isVerb(verb, 'delete')) {
    if (host.removeAddress(device, own)) return 0
    streams.err('RTNETLINK answers: Cannot assign requested address\n')
    return 2
  }
  if (host.addAddress(device, own) || isVerb(verb, 'replace')) return 0
  streams.err('RTNETLINK answers: File exists\n')
  return 2
}

function runLink(shell: Shell, options: IpOptions, args: string[], streams: Streams): number {
  const { host } = shell
  const [verb, ...rest] = args
  if (isVerb(verb, 'set')) return setLink(host, rest, streams)
  if (isVerb(verb, 'add')) return addVlan(host, rest, streams)
  if (isVerb(verb, 'delete')) {
    const at = host.interfaces.findIndex((each) => each.vlan !== null && rest.includes(each.name))
    if (at === -1) {
      streams.err('RTNETLINK answers: Operation not supported\n')
      return 2
    }
    const [gone] = host.interfaces.splice(at, 1)
    host.routes = host.routes.filter((route) => route.device !== gone?.name)
    host.rebuild()
    return 0
  }
  const devices = shown(host, isVerb(verb, 'show', 'list') ? rest : args)
  if (typeof devices === 'string') return noDevice(streams, devices)
  if (options.json) streams.out(`${JSON.stringify(devices.map((each) => linkJson(host, each)))}\n`)
  else if (options.brief)
    streams.out(devices.map((each) => `${briefHead(host, each)}${each.mac} <${flagsOf(host, each).join(',')}> \n`).join(''))
  else streams.out(devices.map((each) => describeLink(host, each)).join(''))
  return 0
}

function setLink(host: LinuxHost, args: readonly string[], streams: Streams): number {
  const name = wordAfter(args, 'dev') ?? args[0] ?? ''
  const device = deviceNamed(host, name)
  if (device === undefined) {
    streams.err(`Cannot find device "${name}"\n`)
    return 1
  }
  if (args.includes('up')) host.setUp(device, true)
  if (args.includes('down')) host.setUp(device, false)
  const mtu = Number(wordAfter(args, 'mtu') ?? device.mtu)
  if (Number.isInteger(mtu) && mtu !== device.mtu) {
    device.mtu = mtu
    host.rebuild()
  }
  return 0
}

/** `ip link add link eth0 name eth0.10 type vlan id 10`. */
function addVlan(host: LinuxHost, args: readonly string[], streams: Streams): number {
  const parent = deviceNamed(host, wordAfter(args, 'link') ?? '')
  const id = Number(wordAfter(args, 'id'))
  const name = wordAfter(args, 'name') ?? args.find((word) => word.includes('.')) ?? ''
  if (parent === undefined || !Number.isInteger(id) || name === '') {
    streams.err('RTNETLINK answers: Invalid argument\n')
    return 2
  }
  if (deviceNamed(host, name) !== undefined) {
    streams.err('RTNETLINK answers: File exists\n')
    return 2
  }
  host.addVlan(name, parent, id)
  return 0
}

function runRoute(shell: Shell, options: IpOptions, args: string[], streams: Streams): number {
  const { host } = shell
  const [verb, ...rest] = args
  if (isVerb(verb, 'add', 'append', 'replace', 'change')) return addRoute(host, verb ?? '', rest, streams)
  if (isVerb(verb, 'delete')) return deleteRoute(host, rest, streams)
  if (isVerb(verb, 'get')) return getRoute(host, options, rest, streams)
  if (isVerb(verb, 'flush')) {
    host.routes = host.routes.filter((route) => route.isKernel && !rest.includes('all'))
    return 0
  }
  const words = isVerb(verb, 'show', 'list') ? rest : args
  const routes = selectRoutes(host, words)
  if (routes === undefined) {
    streams.err(`Error: any valid prefix is expected rather than "${words.at(-1) ?? ''}".\n`)
    return 1
  }
  if (options.family === 6) streams.out(options.json ? '[]\n' : '')
  else if (options.json) streams.out(`${JSON.stringify(routes.map((route) => routeJson(host, route)))}\n`)
  else streams.out(routes.map((route) => `${routeText(host, route)}\n`).join(''))
  return 0
}

function selectRoutes(host: LinuxHost, words: readonly string[]): LinuxRoute[] | undefined {
  const sorted = [...host.routes].sort(
    (a, b) => Number(a.length !== 0) - Number(b.length !== 0) || a.network - b.network || a.length - b.length,
  )
  const device = wordAfter(words, 'dev')
  const target = words.filter(
    (word, index) => !['exact', 'match', 'root', 'dev', 'table', 'main'].includes(word) && words[index - 1] !== 'dev',
  )[0]
  const onDevice = device === undefined ? sorted : sorted.filter((route) => route.device === device)
  if (target === undefined) return onDevice
  const prefix = target === 'default' ? { address: 0, length: 0 } : parsePrefix(target.includes('/') ? target : `${target}/32`)
  if (prefix === undefined) return undefined
  if (words.includes('match'))
    return onDevice.filter((route) => route.length <= prefix.length && contains(route.network, route.length, prefix.address))
  return onDevice.filter((route) => route.network === prefix.address && route.length === prefix.length)
}

const KINDS = ['blackhole', 'unreachable', 'prohibit'] as const

function readRoute(host: LinuxHost, args: readonly string[]): LinuxRoute | string {
  const kind = KINDS.find((each) => args.includes(each)) ?? 'unicast'
  const words = args.filter((word) => word !== kind && word !== 'unicast')
  const target = words[0] ?? ''
  const prefix = target === 'default' ? { address: 0, length: 0 } : parsePrefix(target.includes('/') ? target : `${target}/32`)
  if (prefix === undefined) return `Error: any valid prefix is expected rather than "${target}".\n`
  const viaText = wordAfter(words, 'via')
  const gateway = viaText === undefined ? null : parseIp(viaText)
  if (gateway === undefined) return `Error: inet address is expected rather than "${viaText}".\n`
  const deviceName = wordAfter(words, 'dev')
  const near =
    gateway === null
      ? undefined
      : host.interfaces.find((each) => each.isUp && each.addresses.some((own) => contains(own.address, own.length, gateway)))
  const device = deviceName === undefined ? near : deviceNamed(host, deviceName)
  if (deviceName !== undefined && device === undefined) return `Cannot find device "${deviceName}"\n`
  if (kind === 'unicast' && gateway !== null && near === undefined && !words.includes('onlink'))
    return 'Error: Nexthop has invalid gateway.\n'
  if (kind === 'unicast' && device === undefined) return 'RTNETLINK answers: No such device\n'
  if (device !== undefined && !device.isUp) return 'Error: Device for nexthop is not up.\n'
  const source = parseIp(wordAfter(words, 'src') ?? '') ?? null
  return {
    network: prefix.address,
    length: prefix.length,
    device: device?.name ?? null,
    gateway,
    metric: Number(wordAfter(words, 'metric') ?? 0),
    kind,
    isKernel: false,
    source,
  }
}

const isSamePrefix = (a: LinuxRoute, b: LinuxRoute): boolean => a.network === b.network && a.length === b.length && a.metric === b.metric

function addRoute(host: LinuxHost, verb: string, args: readonly string[], streams: Streams): number {
  const route = readRoute(host, args)
  if (typeof route === 'string') {
    streams.err(route)
    return route.startsWith('RTNETLINK') || route.includes('Nexthop') || route.includes('nexthop') ? 2 : 1
  }
  const exists = host.routes.some((each) => isSamePrefix(each, route))
  if (exists && isVerb(verb, 'add')) {
    streams.err('RTNETLINK answers: File exists\n')
    return 2
  }
  host.routes = [...host.routes.filter((each) => !isSamePrefix(each, route)), route]
  return 0
}

function deleteRoute(host: LinuxHost, args: readonly string[], streams: Streams): number {
  const target = args.find((word) => word === 'default' || /^\d/.test(word)) ?? ''
  const prefix = target === 'default' ? { address: 0, length: 0 } : parsePrefix(target.includes('/') ? target : `${target}/32`)
  const via = parseIp(wordAfter(args, 'via') ?? '')
  const found = host.routes.find(
    (route) => route.network === prefix?.address && route.length === prefix.length && (via === undefined || route.gateway === via),
  )
  if (found === undefined) {
    streams.err('RTNETLINK answers: No such process\n')
    return 2
  }
  host.routes = host.routes.filter((route) => route !== found)
  return 0
}

function getRoute(host: LinuxHost, options: IpOptions, args: readonly string[], streams: Streams): number {
  const destination = parseIp(args[0] ?? '')
  if (destination === undefined) {
    streams.err(`Error: any valid address is expected rather than "${args[0] ?? ''}".\n`)
    return 1
  }
  const own = host.interfaces.some((each) => each.addresses.some((one) => one.address === destination))
  if (own) {
    streams.out(`local ${formatIp(destination)} dev lo src ${formatIp(destination)} uid 0 \n    cache <local> \n`)
    return 0
  }
  const route = host.lookUp(destination)
  if (route === undefined || route.kind !== 'unicast') {
    streams.err(`RTNETLINK answers: ${route === undefined ? 'Network is unreachable' : 'No route to host'}\n`)
    return 2
  }
  const source = host.stack.sourceFor(destination)
  const from = source === undefined ? '' : ` src ${formatIp(source)}`
  const via = route.gateway === null ? '' : ` via ${formatIp(route.gateway)}`
  if (options.json) {
    streams.out(
      `${JSON.stringify([{ dst: formatIp(destination), ...(route.gateway === null ? {} : { gateway: formatIp(route.gateway) }), dev: route.device, ...(source === undefined ? {} : { prefsrc: formatIp(source) }), flags: [], uid: 0, cache: [] }])}\n`,
    )
  } else streams.out(`${formatIp(destination)}${via} dev ${route.device ?? ''}${from} uid 0 \n    cache \n`)
  return 0
}

const prefixText = (route: LinuxRoute): string => {
  if (route.length === 0) return 'default'
  return route.length === 32 ? formatIp(route.network) : formatPrefix({ address: route.network, length: route.length })
}

/** `linkdown` is shown when the cable is gone. */
function routeText(host: LinuxHost, route: LinuxRoute): string {
  const kind = route.kind === 'unicast' ? '' : `${route.kind} `
  const via = route.gateway === null ? '' : ` via ${formatIp(route.gateway)}`
  const device = route.device === null ? '' : ` dev ${route.device}`
  const kernel = route.isKernel ? ' proto kernel scope link' : ''
  const link = !route.isKernel && route.gateway === null && route.device !== null ? ' scope link' : ''
  const source = route.source === null ? '' : ` src ${formatIp(route.source)}`
  const metric = route.metric === 0 ? '' : ` metric ${route.metric}`
  const down = host.interfaces.some((each) => each.name === route.device && !host.hasCarrier(each)) ? ' linkdown' : ''
  return `${kind}${prefixText(route)}${via}${device}${kernel}${link}${source}${metric}${down} `
}

function routeJson(_host: LinuxHost, route: LinuxRoute): unknown {
  return {
    ...(route.kind === 'unicast' ? {} : { type: route.kind }),
    dst: prefixText(route),
    ...(route.gateway === null ? {} : { gateway: formatIp(route.gateway) }),
    ...(route.device === null ? {} : { dev: route.device }),
    ...(route.isKernel ? { protocol: 'kernel', scope: 'link' } : {}),
    ...(route.source === null ? {} : { prefsrc: formatIp(route.source) }),
    ...(route.metric === 0 ? {} : { metric: route.metric }),
    flags: [],
  }
}

function runNeighbour(shell: Shell, options: IpOptions, args: string[], streams: Streams): number {
  const { arp } = shell.host.stack
  if (isVerb(args[0], 'flush')) {
    arp.clear(wordAfter(args, 'dev'))
    return 0
  }
  const known = arp
    .entries()
    .map((entry) => ({ ip: entry.ip, dev: entry.interfaceName, mac: entry.mac as string | null, state: 'REACHABLE' }))
  const silent = arp
    .unanswered()
    .map((entry) => ({ ip: entry.ip, dev: entry.interfaceName, mac: null, state: entry.isAsking ? 'INCOMPLETE' : 'FAILED' }))
  const rows = [...known, ...silent]
  if (options.json) {
    streams.out(
      `${JSON.stringify(rows.map((row) => ({ dst: formatIp(row.ip), dev: row.dev, ...(row.mac === null ? {} : { lladdr: row.mac }), state: [row.state] })))}\n`,
    )
  } else
    streams.out(
      rows
        .map((row) =>
          `${formatIp(row.ip)} dev ${row.dev}${row.mac === null ? ' ' : ` lladdr ${row.mac}`} ${row.state} \n`.replace('  ', ' '),
        )
        .join(''),
    )
  return 0
}

function flagsOf(host: LinuxHost, device: LinuxInterface): string[] {
  const isLoopback = device.name === 'lo'
  return [
    ...(device.isUp && !host.hasCarrier(device) ? ['NO-CARRIER'] : []),
    ...(isLoopback ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST']),
    ...(device.isUp ? ['UP'] : []),
    ...(device.isUp && host.hasCarrier(device) ? ['LOWER_UP'] : []),
  ]
}

function stateOf(host: LinuxHost, device: LinuxInterface): string {
  if (device.name === 'lo') return 'UNKNOWN'
  return device.isUp && host.hasCarrier(device) ? 'UP' : 'DOWN'
}

const fullName = (device: LinuxInterface): string => (device.vlan === null ? device.name : `${device.name}@${device.vlan.parent}`)
const broadcastMac = (device: LinuxInterface): string => (device.name === 'lo' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff')
const queueOf = (device: LinuxInterface): string => (device.name === 'lo' || device.vlan !== null ? 'noqueue' : 'pfifo_fast')
const isLinkLocal = (device: LinuxInterface): boolean => device.name !== 'lo' && device.isUp

const briefHead = (host: LinuxHost, device: LinuxInterface): string => `${fullName(device).padEnd(16)} ${stateOf(host, device).padEnd(14)} `

function describeLink(host: LinuxHost, device: LinuxInterface): string {
  const kind = device.name === 'lo' ? 'loopback' : 'ether'
  const state = device.name === 'lo' ? 'UNKNOWN' : stateOf(host, device)
  return (
    `${device.index}: ${fullName(device)}: <${flagsOf(host, device).join(',')}> mtu ${device.mtu} qdisc ${device.isUp ? queueOf(device) : 'noop'} state ${state} group default qlen 1000\n` +
    `    link/${kind} ${device.mac} brd ${broadcastMac(device)}\n`
  )
}

function linkJson(host: LinuxHost, device: LinuxInterface) {
  return {
    ifindex: device.index,
    ...(device.vlan === null ? {} : { link: device.vlan.parent }),
    ifname: device.name,
    flags: flagsOf(host, device),
    mtu: device.mtu,
    qdisc: device.isUp ? queueOf(device) : 'noop',
    operstate: stateOf(host, device),
    group: 'default',
    txqlen: 1000,
    link_type: device.name === 'lo' ? 'loopback' : 'ether',
    address: device.mac,
    broadcast: broadcastMac(device),
  }
}

const scopeOf = (device: LinuxInterface): string => (device.name === 'lo' ? 'host' : 'global')

function addressesOf(device: LinuxInterface, options: IpOptions): string[] {
  const four = options.family === 6 ? [] : device.addresses.map((own) => formatPrefix(own))
  if (options.family === 4) return four
  const six = device.name === 'lo' ? ['::1/128'] : [`${linkLocalOf(device.mac)}/64`]
  return [...four, ...(device.name === 'lo' || isLinkLocal(device) ? six : [])]
}

const LIFETIME = 'valid_lft forever preferred_lft forever'

function describeAddresses(device: LinuxInterface, options: IpOptions): string {
  return addressesOf(device, options)
    .map((text) => `    ${addressLine(device, text)}\n       ${LIFETIME}\n`)
    .join('')
}

function addressLine(device: LinuxInterface, text: string): string {
  if (!text.includes(':')) return `inet ${text} scope ${scopeOf(device)} ${device.name}`
  return `inet6 ${text} scope ${device.name === 'lo' ? 'host' : 'link'} `
}

const oneLineAddresses = (device: LinuxInterface, options: IpOptions): string =>
  addressesOf(device, options)
    .map((text) => `${device.index}: ${device.name}    ${addressLine(device, text)}\\       ${LIFETIME}\n`)
    .join('')

function addressJson(device: LinuxInterface, options: IpOptions) {
  const forever = { valid_life_time: 4294967295, preferred_life_time: 4294967295 }
  return addressesOf(device, options).map((text) => {
    const [local = '', length = ''] = text.split('/')
    const isSix = local.includes(':')
    const scope = isSix && device.name !== 'lo' ? 'link' : scopeOf(device)
    return {
      family: isSix ? 'inet6' : 'inet',
      local,
      prefixlen: Number(length),
      scope,
      ...(isSix ? {} : { label: device.name }),
      ...forever,
    }
  })
}
