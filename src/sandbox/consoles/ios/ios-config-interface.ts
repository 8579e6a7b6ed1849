import { broadcastOf, contains, formatIp, networkOf } from '../../network/address.ts'
import type { CommandMatch } from './command-tree.ts'
import type { IosInterfaceConfig } from './ios-config.ts'
import { type ConfigCommand, type ConfigEffect, done, ipAt, lengthAt, onInterface, say, value } from './ios-config-kinds.ts'

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

const acceptOnInterface = (prefix: string): readonly [string, ConfigCommand] => [`${prefix} [<line>]`, () => done]

/** Commands below `interface`. */
export const interfaceCommands: readonly (readonly [string, ConfigCommand])[] = [
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
