import { formatIp, maskOf } from '../../network/address.ts'
import type { OwnAddress } from '../../network/ip-interface.ts'
import type { StaticRoute } from '../../network/routing-table.ts'
import type { AccessList } from './access-list.ts'

/** The running configuration. */
export interface IosConfig {
  hostname: string
  enableSecret: string | null
  enablePassword: string | null
  interfaces: Map<string, IosInterfaceConfig>
  routes: StaticRoute[]
  ipRouting: boolean
  defaultGateway: number | null
  domainLookup: boolean
  accessLists: Map<string, AccessList>
  lines: Map<string, LineConfig>
  usernames: string[]
  banner: string | null
  /** Global lines that are accepted and kept, but change nothing here. */
  others: string[]
}

export interface IosInterfaceConfig {
  readonly name: string
  description: string | null
  address: OwnAddress | null
  secondaries: OwnAddress[]
  isShutdown: boolean
  /** 802.1Q VLAN of a subinterface. */
  vlan: number | null
  isNative: boolean
  proxyArp: boolean
  mtu: number
  accessIn: string | null
  accessOut: string | null
  others: string[]
}

export interface LineConfig {
  password: string | null
  login: boolean
  loggingSynchronous: boolean
  others: string[]
}

export function emptyInterface(name: string): IosInterfaceConfig {
  const isPhysical = /^(Fast|Gigabit)?Ethernet[^.]*$|^Serial[^.]*$/.test(name)
  return {
    name,
    description: null,
    address: null,
    secondaries: [],
    isShutdown: isPhysical,
    vlan: null,
    isNative: false,
    proxyArp: true,
    mtu: 1500,
    accessIn: null,
    accessOut: null,
    others: [],
  }
}

export const emptyLine = (): LineConfig => ({ password: null, login: false, loggingSynchronous: false, others: [] })

export function emptyConfig(portNames: readonly string[]): IosConfig {
  return {
    hostname: 'Router',
    enableSecret: null,
    enablePassword: null,
    interfaces: new Map(portNames.map((name) => [name, emptyInterface(name)])),
    routes: [],
    ipRouting: true,
    defaultGateway: null,
    domainLookup: true,
    accessLists: new Map(),
    lines: new Map([
      ['con 0', emptyLine()],
      ['aux 0', emptyLine()],
      ['vty 0 4', { ...emptyLine(), login: true }],
    ]),
    usernames: [],
    banner: null,
    others: [],
  }
}

/** The configuration as IOS prints and saves it, without the headings of `show`. */
export function renderConfig(config: IosConfig): string[] {
  return [
    '!',
    'version 12.4',
    'service timestamps debug datetime msec',
    'service timestamps log datetime msec',
    'no service password-encryption',
    '!',
    `hostname ${config.hostname}`,
    '!',
    'boot-start-marker',
    'boot-end-marker',
    '!',
    ...(config.enableSecret === null ? [] : [`enable secret 5 ${hashed(config.enableSecret)}`]),
    ...(config.enablePassword === null ? [] : [`enable password ${config.enablePassword}`]),
    '!',
    'no aaa new-model',
    ...(config.ipRouting ? [] : ['no ip routing']),
    'ip cef',
    '!',
    ...(config.domainLookup ? [] : ['no ip domain lookup']),
    ...config.usernames,
    ...config.others,
    '!',
    ...sortedInterfaces(config).flatMap(renderInterface),
    ...(config.defaultGateway === null ? [] : [`ip default-gateway ${formatIp(config.defaultGateway)}`]),
    'ip forward-protocol nd',
    ...config.routes.map(renderRoute),
    '!',
    ...[...config.accessLists].flatMap(([name, list]) => list.render(name)),
    '!',
    'control-plane',
    '!',
    ...(config.banner === null ? [] : [`banner motd ^C${config.banner}^C`]),
    ...[...config.lines].flatMap(([name, line]) => renderLine(name, line)),
    '!',
    '!',
    'end',
  ]
}

/** Not a real MD5 hash: a saved secret must only be recognised again. The student's text is in it in hexadecimal. */
const HASH_PREFIX = '$1$np$'
export const hashed = (secret: string): string => `${HASH_PREFIX}${Buffer.from(secret).toString('hex')}`

export const unhashed = (hash: string): string =>
  hash.startsWith(HASH_PREFIX) ? Buffer.from(hash.slice(HASH_PREFIX.length), 'hex').toString() : hash

/** Physical ports first in their order, subinterfaces behind their port, loopbacks first of all. */
export function sortedInterfaces(config: IosConfig): IosInterfaceConfig[] {
  const rank = (name: string) => (name.startsWith('Loopback') ? 0 : 1)
  const place = (name: string) =>
    (/[\d/.]+$/.exec(name)?.[0] ?? '')
      .split(/[/.]/)
      .map((part) => part.padStart(6, '0'))
      .join('.')
  const kind = (name: string) => name.replace(/[\d/.]+$/, '')
  return [...config.interfaces.values()].sort(
    (a, b) => rank(a.name) - rank(b.name) || kind(a.name).localeCompare(kind(b.name)) || place(a.name).localeCompare(place(b.name)),
  )
}

const addressText = (own: OwnAddress) => `${formatIp(own.address)} ${formatIp(maskOf(own.length))}`

export function renderInterface(each: IosInterfaceConfig): string[] {
  const isEthernet = /Ethernet[^.]*$/.test(each.name)
  return [
    `interface ${each.name}`,
    ...(each.description === null ? [] : [` description ${each.description}`]),
    ...(each.vlan === null ? [] : [` encapsulation dot1Q ${each.vlan}${each.isNative ? ' native' : ''}`]),
    each.address === null ? ' no ip address' : ` ip address ${addressText(each.address)}`,
    ...each.secondaries.map((own) => ` ip address ${addressText(own)} secondary`),
    ...(each.accessIn === null ? [] : [` ip access-group ${each.accessIn} in`]),
    ...(each.accessOut === null ? [] : [` ip access-group ${each.accessOut} out`]),
    ...(each.proxyArp ? [] : [' no ip proxy-arp']),
    ...(each.mtu === 1500 ? [] : [` ip mtu ${each.mtu}`]),
    ...each.others.map((line) => ` ${line}`),
    ...(each.isShutdown ? [' shutdown'] : []),
    ...(isEthernet ? [' duplex auto', ' speed auto'] : []),
    '!',
  ]
}

export function renderRoute(route: StaticRoute): string {
  const target = [route.interfaceName, route.nextHop === undefined ? undefined : formatIp(route.nextHop)]
    .filter((part) => part !== undefined)
    .join(' ')
  return `ip route ${formatIp(route.network)} ${formatIp(maskOf(route.length))} ${target}${route.distance === 1 ? '' : ` ${route.distance}`}`
}

function renderLine(name: string, line: LineConfig): string[] {
  return [
    `line ${name}`,
    ...line.others.map((each) => ` ${each}`),
    ...(line.password === null ? [] : [` password ${line.password}`]),
    ...(line.loggingSynchronous ? [' logging synchronous'] : []),
    ...(line.login ? [' login'] : []),
  ]
}
