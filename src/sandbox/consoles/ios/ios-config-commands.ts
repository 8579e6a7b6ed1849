import { broadcastOf, contains, formatIp, lengthOf, networkOf, parseIp } from '../../network/address.ts'
import type { StaticRoute } from '../../network/routing-table.ts'
import { createAccessList, kindOfNumber, parseRule, withoutRule, withRule } from './access-list.ts'
import { type CommandMatch, createCommandTree } from './command-tree.ts'
import { emptyInterface, emptyLine, type IosConfig, type IosInterfaceConfig, type LineConfig, unhashed } from './ios-config.ts'

/** Where the next configuration line applies. */
export type ConfigContext =
  | { readonly mode: 'config' }
  | { readonly mode: 'config-if' | 'config-subif'; readonly name: string }
  | { readonly mode: 'config-line'; readonly name: string }
  | { readonly mode: 'config-router'; readonly name: string }
  | { readonly mode: 'config-std-nacl' | 'config-ext-nacl'; readonly name: string }

export interface ConfigEffect {
  /** What IOS prints at once. */
  readonly text?: string
  readonly context?: ConfigContext
}

type ConfigCommand = (config: IosConfig, match: CommandMatch, context: ConfigContext) => ConfigEffect

const done: ConfigEffect = {}
const say = (text: string): ConfigEffect => ({ text })

/** Settings that are taken and shown but change nothing here. */
const keepGlobal =
  (prefix: string): ConfigCommand =>
  (config, match) => {
    config.others.push(`${prefix} ${match.values.join(' ')}`.trim())
    return done
  }

const onInterface =
  (change: (each: IosInterfaceConfig, match: CommandMatch, config: IosConfig) => ConfigEffect): ConfigCommand =>
  (config, match, context) => {
    const each = 'name' in context ? config.interfaces.get(context.name) : undefined
    return each === undefined ? done : change(each, match, config)
  }

const onLine =
  (change: (line: LineConfig, match: CommandMatch) => void): ConfigCommand =>
  (config, match, context) => {
    const line = 'name' in context ? config.lines.get(context.name) : undefined
    if (line !== undefined) change(line, match)
    return done
  }

const value = (match: CommandMatch, index = 0): string => match.values[index] ?? ''
const ipAt = (match: CommandMatch, index: number): number => parseIp(value(match, index)) ?? 0
const lengthAt = (match: CommandMatch, index: number): number => lengthOf(ipAt(match, index)) ?? 0

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

const setAddress = onInterface((each, match, config) => {
  const own = { address: ipAt(match, 0), length: lengthAt(match, 1) }
  if (each.name.includes('.') && each.vlan === null) {
    return say(
      '\r\n% Configuring IP routing on a LAN subinterface is only allowed if that\r\nsubinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\r\nor ISL vLAN.\r\n\r\n',
    )
  }
  if (own.length < 31 && (own.address === networkOf(own.address, own.length) || own.address === broadcastOf(own.address, own.length))) {
    return say(`Bad mask /${own.length} for address ${formatIp(own.address)}\r\n`)
  }
  const other = [...config.interfaces.values()].find(
    (iface) =>
      iface !== each && iface.address !== null && contains(iface.address.address, Math.min(iface.address.length, own.length), own.address),
  )
  if (other?.address != null) {
    return say(`% ${formatIp(networkOf(other.address.address, other.address.length))} overlaps with ${other.name}\r\n`)
  }
  if (match.keywords.has('secondary')) each.secondaries = [...each.secondaries.filter((old) => old.address !== own.address), own]
  else each.address = own
  return done
})

const clearAddress = onInterface((each, match) => {
  if (match.keywords.has('secondary')) each.secondaries = each.secondaries.filter((own) => own.address !== ipAt(match, 0))
  else {
    each.address = null
    if (match.values.length === 0) each.secondaries = []
  }
  return done
})

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

const namedRule =
  (action: string): ConfigCommand =>
  (config, match, context) => {
    if (context.mode !== 'config-std-nacl' && context.mode !== 'config-ext-nacl') return done
    const list = config.accessLists.get(context.name)
    if (list === undefined) return done
    const isRemoval = action.startsWith('no ')
    const rule = parseRule(list.kind, `${action.replace('no ', '')} ${value(match)}`)
    if (rule === undefined) return say("% Invalid input detected at '^' marker.\r\n")
    config.accessLists.set(context.name, isRemoval ? withoutRule(list, rule.text) : withRule(list, rule))
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

const GLOBAL: readonly (readonly [string, ConfigCommand])[] = [
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

const acceptOnInterface = (prefix: string): readonly [string, ConfigCommand] => [`${prefix} [<line>]`, () => done]

const INTERFACE: readonly (readonly [string, ConfigCommand])[] = [
  ['ip address <ip> <mask> [secondary]', setAddress],
  ['no ip address', clearAddress],
  ['no ip address <ip> <mask> [secondary]', clearAddress],
  [
    'shutdown',
    onInterface((each) => {
      each.isShutdown = true
      return done
    }),
  ],
  [
    'no shutdown',
    onInterface((each) => {
      each.isShutdown = false
      return done
    }),
  ],
  [
    'description <line>',
    onInterface((each, match) => {
      each.description = value(match)
      return done
    }),
  ],
  [
    'no description [<line>]',
    onInterface((each) => {
      each.description = null
      return done
    }),
  ],
  ['encapsulation dot1q <number> [native]', onInterface(setVlan)],
  [
    'no encapsulation dot1q <number> [native]',
    onInterface((each) => {
      each.vlan = null
      return done
    }),
  ],
  [
    'ip access-group <name> in',
    onInterface((each, match) => {
      each.accessIn = value(match)
      return done
    }),
  ],
  [
    'ip access-group <name> out',
    onInterface((each, match) => {
      each.accessOut = value(match)
      return done
    }),
  ],
  [
    'no ip access-group <name> in',
    onInterface((each) => {
      each.accessIn = null
      return done
    }),
  ],
  [
    'no ip access-group <name> out',
    onInterface((each) => {
      each.accessOut = null
      return done
    }),
  ],
  [
    'ip proxy-arp',
    onInterface((each) => {
      each.proxyArp = true
      return done
    }),
  ],
  [
    'no ip proxy-arp',
    onInterface((each) => {
      each.proxyArp = false
      return done
    }),
  ],
  [
    'ip mtu <number>',
    onInterface((each, match) => {
      each.mtu = Number(value(match))
      return done
    }),
  ],
  [
    'mtu <number>',
    onInterface((each, match) => {
      each.mtu = Number(value(match))
      return done
    }),
  ],
  ...[
    'duplex',
    'speed',
    'no duplex',
    'no speed',
    'no keepalive',
    'keepalive',
    'no cdp',
    'cdp',
    'no ip redirects',
    'ip redirects',
    'no ip unreachables',
    'ip unreachables',
    'no ip directed-broadcast',
    'no fair-queue',
    'serial',
    'no mop',
    'load-interval',
    'arp',
    'no ip route-cache',
    'ip route-cache',
    'no clns',
  ].map(acceptOnInterface),
  ...['bandwidth', 'delay', 'clock rate'].map((prefix): readonly [string, ConfigCommand] => [
    `${prefix} <number>`,
    onInterface((each, match) => {
      each.others = [...each.others.filter((line) => !line.startsWith(prefix)), `${prefix} ${value(match)}`]
      return done
    }),
  ]),
]

function setVlan(each: IosInterfaceConfig, match: CommandMatch): ConfigEffect {
  const vlan = Number(value(match))
  if (!each.name.includes('.')) return say("% Invalid input detected at '^' marker.\r\n")
  if (vlan < 1 || vlan > 4094) return say("% Invalid input detected at '^' marker.\r\n")
  each.vlan = vlan
  each.isNative = match.keywords.has('native')
  return done
}

const LINE: readonly (readonly [string, ConfigCommand])[] = [
  [
    'password <word>',
    onLine((line, match) => {
      line.password = value(match)
    }),
  ],
  [
    'no password [<line>]',
    onLine((line) => {
      line.password = null
    }),
  ],
  [
    'login [local]',
    onLine((line) => {
      line.login = true
    }),
  ],
  [
    'no login',
    onLine((line) => {
      line.login = false
    }),
  ],
  [
    'logging synchronous',
    onLine((line) => {
      line.loggingSynchronous = true
    }),
  ],
  [
    'no logging synchronous',
    onLine((line) => {
      line.loggingSynchronous = false
    }),
  ],
  [
    'exec-timeout <line>',
    onLine((line, match) => {
      line.others = [...line.others.filter((each) => !each.startsWith('exec-timeout')), `exec-timeout ${value(match)}`]
    }),
  ],
  [
    'privilege level <number>',
    onLine((line, match) => {
      line.others.push(`privilege level ${value(match)}`)
    }),
  ],
  ...['transport', 'stopbits', 'no exec', 'no exec-timeout', 'length', 'speed', 'history'].map(
    (prefix): readonly [string, ConfigCommand] => [`${prefix} [<line>]`, () => done],
  ),
]

const LIST: readonly (readonly [string, ConfigCommand])[] = [
  ['permit <line>', namedRule('permit')],
  ['deny <line>', namedRule('deny')],
  ['no permit <line>', namedRule('no permit')],
  ['no deny <line>', namedRule('no deny')],
  ['remark <line>', () => done],
]

const ROUTER: readonly (readonly [string, ConfigCommand])[] = [
  [
    '<line>',
    (config, match, context) => {
      const heading = `router ${'name' in context ? context.name : ''}`
      const at = config.others.indexOf(heading)
      config.others.splice(at + 1, 0, ` ${value(match)}`)
      return done
    },
  ],
]

const trees = {
  config: createCommandTree(GLOBAL),
  interface: createCommandTree(INTERFACE),
  line: createCommandTree(LINE),
  list: createCommandTree(LIST),
  router: createCommandTree(ROUTER),
}

/** The commands of the mode itself; global ones are allowed in every mode, as on IOS. */
export function treesFor(context: ConfigContext) {
  switch (context.mode) {
    case 'config':
      return [trees.config]
    case 'config-if':
    case 'config-subif':
      return [trees.interface, trees.config]
    case 'config-line':
      return [trees.line, trees.config]
    case 'config-router':
      return [trees.config, trees.router]
    default:
      return [trees.list, trees.config]
  }
}

export type ConfigOutcome =
  | ({ readonly kind: 'done' } & ConfigEffect)
  | { readonly kind: 'incomplete' | 'ambiguous' }
  | { readonly kind: 'invalid'; readonly at: number }

/** One configuration line, typed or read from NVRAM. */
export function applyConfigLine(config: IosConfig, context: ConfigContext, line: string): ConfigOutcome {
  let worst: ConfigOutcome = { kind: 'done' }
  for (const tree of treesFor(context)) {
    const parsed = tree.parse(line)
    if (parsed.kind === 'empty') return { kind: 'done' }
    if (parsed.kind === 'command') return { kind: 'done', ...parsed.run(config, parsed.match, context) }
    // The first mode that understood the beginning says what is wrong.
    if (worst.kind === 'done' || (worst.kind === 'invalid' && worst.at === 0)) worst = parsed
  }
  return worst
}

/** A saved configuration, from the start. `%h` is GNS3's placeholder for the node's name. Lines that are not understood are skipped, as IOS does at boot. */
export function loadConfig(config: IosConfig, text: string, nodeName: string): void {
  let context: ConfigContext = { mode: 'config' }
  let banner: { end: string; lines: string[] } | null = null
  for (const raw of text.replaceAll('%h', nodeName).split(/\r?\n/)) {
    if (banner !== null) {
      if (raw.includes(banner.end)) banner = null
      continue
    }
    const opening = /^banner \S+ (\^C|.)(.*)$/.exec(raw)
    if (opening !== null && !(opening[2] ?? '').includes(opening[1] ?? '')) {
      banner = { end: opening[1] ?? '', lines: [] }
      continue
    }
    const line = raw.trim()
    if (line === '' || line.startsWith('!') || line === 'end') continue
    if (!raw.startsWith(' ')) context = { mode: 'config' }
    const isInterface = /^interface /.test(line)
    const outcome = applyConfigLine(config, context, line)
    if (outcome.kind !== 'done') continue
    context = outcome.context ?? context
    if (isInterface) openInterface(config, context)
  }
}

/** In a saved configuration an interface without `shutdown` is up. */
function openInterface(config: IosConfig, context: ConfigContext): void {
  const each = 'name' in context ? config.interfaces.get(context.name) : undefined
  if (each !== undefined) each.isShutdown = false
}
