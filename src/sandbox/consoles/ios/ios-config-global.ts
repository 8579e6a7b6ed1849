import { networkOf, parseIp } from '../../network/address.ts'
import type { StaticRoute } from '../../network/routing-table.ts'
import { createAccessList, kindOfNumber, parseRule, withRule } from './access-list.ts'
import type { CommandMatch } from './command-tree.ts'
import { emptyInterface, emptyLine, type IosConfig, unhashed } from './ios-config.ts'
import { type ConfigCommand, type ConfigEffect, done, ipAt, keepGlobal, lengthAt, say, value } from './ios-config-kinds.ts'

function enterInterface(config: IosConfig, match: CommandMatch): ConfigEffect {
  const name = value(match)
  if (!config.interfaces.has(name)) {
    const isVirtual = name.startsWith('Loopback') || (name.includes('.') && config.interfaces.has(name.split('.')[0] ?? ''))
    if (!isVirtual) return say("                                  ^\r\n% Invalid input detected at '^' marker.\r\n")
    config.interfaces.set(name, emptyInterface(name))
  }
  return { context: { mode: name.includes('.') ? 'config-subif' : 'config-if', name } }
}

function removeInterface(config: IosConfig, match: CommandMatch): ConfigEffect {
  const name = value(match)
  if (name.startsWith('Loopback') || name.includes('.')) config.interfaces.delete(name)
  else if (config.interfaces.has(name)) return say('% Removal of physical interfaces is not permitted\r\n')
  return done
}

function readRoute(match: CommandMatch): StaticRoute | string {
  const [network, length] = [ipAt(match, 0), lengthAt(match, 1)]
  if (networkOf(network, length) !== network) return '%Inconsistent address and mask\r\n'
  const rest = match.values.slice(2)
  const interfaceName = rest.find((word) => /^[A-Z]/.test(word))
  const hopText = rest.find((word) => parseIp(word) !== undefined)
  const distance = Number(rest.find((word) => /^\d+$/.test(word)) ?? 1)
  return {
    network,
    length,
    ...(interfaceName === undefined ? {} : { interfaceName }),
    ...(hopText === undefined ? {} : { nextHop: parseIp(hopText) ?? 0 }),
    distance,
  }
}

const isSameWay = (a: StaticRoute, b: StaticRoute) => a.nextHop === b.nextHop && a.interfaceName === b.interfaceName
const isSamePrefix = (a: StaticRoute, b: StaticRoute) => a.network === b.network && a.length === b.length

function addRoute(config: IosConfig, match: CommandMatch): ConfigEffect {
  const route = readRoute(match)
  if (typeof route === 'string') return say(route)
  const ownHop = [...config.interfaces.values()].some((each) => route.nextHop !== undefined && each.address?.address === route.nextHop)
  if (ownHop) return say("%Invalid next hop address (it's this router)\r\n")
  config.routes = [...config.routes.filter((old) => !(isSamePrefix(old, route) && isSameWay(old, route))), route]
  return done
}

function removeRoute(config: IosConfig, match: CommandMatch): ConfigEffect {
  const route = readRoute(match)
  if (typeof route === 'string') return say(route)
  const isAny = route.nextHop === undefined && route.interfaceName === undefined
  const kept = config.routes.filter((old) => !(isSamePrefix(old, route) && (isAny || isSameWay(old, route))))
  if (kept.length === config.routes.length) return say('%No matching route to delete\r\n')
  config.routes = kept
  return done
}

function numberedRule(config: IosConfig, match: CommandMatch): ConfigEffect {
  const name = value(match)
  const kind = kindOfNumber(Number(name))
  if (kind === undefined) return say("% Invalid input detected at '^' marker.\r\n")
  const list = config.accessLists.get(name) ?? createAccessList(kind, false)
  if (value(match, 1).startsWith('remark')) return done
  const rule = parseRule(kind, value(match, 1))
  if (rule === undefined) return say("% Invalid input detected at '^' marker.\r\n")
  config.accessLists.set(name, withRule(list, rule))
  return done
}

const enterList =
  (kind: 'standard' | 'extended'): ConfigCommand =>
  (config, match) => {
    const name = value(match)
    if (!config.accessLists.has(name)) config.accessLists.set(name, createAccessList(kind, true))
    return { context: { mode: kind === 'standard' ? 'config-std-nacl' : 'config-ext-nacl', name } }
  }

const removeList: ConfigCommand = (config, match) => {
  config.accessLists.delete(value(match))
  return done
}

function enterLine(config: IosConfig, match: CommandMatch): ConfigEffect {
  const kind = ['console', 'vty', 'aux'].find((each) => match.keywords.has(each)) ?? 'console'
  const name = `${kind === 'console' ? 'con' : kind} ${match.values.join(' ')}`
  if (!config.lines.has(name)) config.lines.set(name, emptyLine())
  return { context: { mode: 'config-line', name } }
}

/** Commands of the global configuration mode. */
export const globalCommands: readonly (readonly [string, ConfigCommand])[] = [
  [
    'hostname <name>',
    (config, match) => {
      config.hostname = value(match)
      return done
    },
  ],
  [
    'no hostname [<name>]',
    (config) => {
      config.hostname = 'Router'
      return done
    },
  ],
  ['interface <interface>', enterInterface],
  ['no interface <interface>', removeInterface],
  ['ip route <ip> <mask> <ip>', addRoute],
  ['ip route <ip> <mask> <ip> <number>', addRoute],
  ['ip route <ip> <mask> <interface>', addRoute],
  ['ip route <ip> <mask> <interface> <number>', addRoute],
  ['ip route <ip> <mask> <interface> <ip>', addRoute],
  ['ip route <ip> <mask> <interface> <ip> <number>', addRoute],
  ['no ip route <ip> <mask>', removeRoute],
  ['no ip route <ip> <mask> <ip>', removeRoute],
  ['no ip route <ip> <mask> <ip> <number>', removeRoute],
  ['no ip route <ip> <mask> <interface>', removeRoute],
  ['no ip route <ip> <mask> <interface> <ip>', removeRoute],
  [
    'ip default-gateway <ip>',
    (config, match) => {
      config.defaultGateway = ipAt(match, 0)
      return done
    },
  ],
  [
    'no ip default-gateway [<ip>]',
    (config) => {
      config.defaultGateway = null
      return done
    },
  ],
  [
    'ip routing',
    (config) => {
      config.ipRouting = true
      return done
    },
  ],
  [
    'no ip routing',
    (config) => {
      config.ipRouting = false
      return done
    },
  ],
  [
    'ip domain lookup',
    (config) => {
      config.domainLookup = true
      return done
    },
  ],
  [
    'ip domain-lookup',
    (config) => {
      config.domainLookup = true
      return done
    },
  ],
  [
    'no ip domain lookup',
    (config) => {
      config.domainLookup = false
      return done
    },
  ],
  [
    'no ip domain-lookup',
    (config) => {
      config.domainLookup = false
      return done
    },
  ],
  [
    'enable secret <word>',
    (config, match) => {
      config.enableSecret = value(match)
      return done
    },
  ],
  [
    'enable secret 5 <word>',
    (config, match) => {
      config.enableSecret = unhashed(value(match))
      return done
    },
  ],
  [
    'enable secret 0 <word>',
    (config, match) => {
      config.enableSecret = value(match)
      return done
    },
  ],
  [
    'no enable secret [<line>]',
    (config) => {
      config.enableSecret = null
      return done
    },
  ],
  [
    'enable password <word>',
    (config, match) => {
      config.enablePassword = value(match)
      return done
    },
  ],
  [
    'no enable password [<line>]',
    (config) => {
      config.enablePassword = null
      return done
    },
  ],
  ['access-list <number> <line>', numberedRule],
  ['no access-list <number>', removeList],
  ['ip access-list standard <name>', enterList('standard')],
  ['ip access-list extended <name>', enterList('extended')],
  ['no ip access-list standard <name>', removeList],
  ['no ip access-list extended <name>', removeList],
  ['line console <number>', enterLine],
  ['line aux <number>', enterLine],
  ['line vty <number> [<number>]', enterLine],
  [
    'username <line>',
    (config, match) => {
      config.usernames.push(`username ${value(match)}`)
      return done
    },
  ],
  [
    'router <word> [<line>]',
    (config, match) => {
      config.others.push(`router ${match.values.join(' ')}`)
      return { context: { mode: 'config-router', name: match.values.join(' ') } }
    },
  ],
  [
    'banner motd <line>',
    (config, match) => {
      config.banner = readBanner(value(match))
      return done
    },
  ],
  [
    'no banner motd',
    (config) => {
      config.banner = null
      return done
    },
  ],
  ...[
    'service',
    'no service',
    'version',
    'boot-start-marker',
    'boot-end-marker',
    'control-plane',
    'no aaa',
    'no mpls',
    'multilink',
    'memory-size',
    'voice-card',
    'no ip http',
    'no ip icmp',
    'ip cef',
    'no ip cef',
    'ip forward-protocol',
    'ip classless',
    'ip subnet-zero',
    'no logging',
    'logging',
    'cdp',
    'no cdp',
    'no ipv6',
    'mgcp',
    'gatekeeper',
    'archive',
    'ip tcp',
    'clock',
  ].map((prefix): readonly [string, ConfigCommand] => [`${prefix} [<line>]`, () => done]),
  ['alias <line>', keepGlobal('alias')],
  ['ntp <line>', keepGlobal('ntp')],
  ['snmp-server <line>', keepGlobal('snmp-server')],
  ['ip host <line>', keepGlobal('ip host')],
  ['ip name-server <line>', keepGlobal('ip name-server')],
  ['ip domain-name <line>', keepGlobal('ip domain-name')],
]

const readBanner = (text: string): string => text.replace(/^\^C|^(.)/, '').replace(/(\^C|.)$/, '')
