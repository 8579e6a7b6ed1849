import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../reading.ts'
import { readAddresses } from './answer.ts'
import { commands } from './command.ts'
import { hostnames } from './hostname.ts'
import { interfaces } from './interfaces.ts'
import { neighbours } from './neighbours.ts'
import { ospf, ospfView } from './ospf.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'
import { macsView, switching } from './switching.ts'

/** IOS and IOS-XE routers and switches. */
export const ciscoIos = definePlatform('cisco_ios', {
  addresses: [
    { command: 'show ip interface brief', read: readAddresses },
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [...hostnames, ...interfaces, ...neighbours, ...reachability, ...routes, ...commands, ...ospf, ...switching],
  views: { ospf: ospfView, macs: macsView },
  lacks: {
    bgp_peer: 'not-written',
    bgp_prefix: 'not-written',
    file: 'not-written',
    isis_neighbour: 'not-written',
    listening: 'not-written',
    process: 'not-written',
    sysctl: 'no-such-feature',
    tcp_port: 'not-written',
    dns: 'not-written',
    http: 'no-command',
  },
  configuration: {
    running: [{ kind: 'command', command: 'show running-config', timeoutMs: 60_000 }],
    saved: [{ kind: 'command', command: 'show startup-config', timeoutMs: 60_000 }],
  },
})
