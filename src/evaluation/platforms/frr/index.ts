import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../readings/reading.ts'
import { planBlocks } from '../readings/restore-blocks.ts'
import { readAddresses } from './answer.ts'
import { bgp } from './bgp.ts'
import { commands } from './command.ts'
import { configurations } from './configuration.ts'
import { hostnames } from './hostname.ts'
import { interfaces, ipv6Addresses } from './interfaces.ts'
import { isis } from './isis.ts'
import { latencies } from './latency.ts'
import { macsView } from './mac.ts'
import { neighbours } from './neighbours.ts'
import { ospf, ospfView } from './ospf.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'

/** FRRouting's vtysh. */
export const frr = definePlatform('frr', {
  addresses: [
    { command: 'show interface brief', read: readAddresses },
    ipv6Addresses,
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [
    ...latencies,
    ...bgp,
    ...isis,
    ...configurations,
    ...hostnames,
    ...interfaces,
    ...neighbours,
    ...reachability,
    ...routes,
    ...commands,
    ...ospf,
  ],
  views: { ospf: ospfView, macs: macsView },
  lacks: {
    bandwidth: 'no-command',
    dns: 'no-command',
    file: 'no-command',
    listening: 'no-command',
    mac_table: 'no-such-feature',
    process: 'no-command',
    sysctl: 'no-command',
    tcp_port: 'no-command',
    trunk: 'no-such-feature',
    vlan: 'no-such-feature',
    http: 'no-command',
    dhcp_lease: 'no-command',
    nat: 'no-command',
  },
  configuration: {
    running: [{ kind: 'command', command: 'show running-config' }],
    saved: [{ kind: 'command', command: 'show startup-config' }],
  },
  restore: planBlocks,
})
