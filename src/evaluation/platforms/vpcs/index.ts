import { definePlatform } from '../../platform.ts'
import { readAddresses } from './answer.ts'
import { commands } from './command.ts'
import { leases } from './dhcp-lease.ts'
import { names } from './dns.ts'
import { hostnames } from './hostname.ts'
import { interfaces } from './interfaces.ts'
import { latencies } from './latency.ts'
import { macsView } from './mac.ts'
import { neighbours } from './neighbours.ts'
import { reachability } from './reachability.ts'
import { planVpcs } from './restore.ts'
import { tcpPorts } from './tcp-port.ts'

/** Virtual PC Simulator 0.5b2 (Debian) to 0.8 (GNS3). */
export const vpcs = definePlatform('vpcs', {
  addresses: [{ command: 'show ip', read: readAddresses }],
  readers: [...hostnames, ...interfaces, ...neighbours, ...reachability, ...tcpPorts, ...commands, ...names, ...leases, ...latencies],
  views: { macs: macsView },
  lacks: {
    bandwidth: 'no-such-feature',
    configuration: 'no-command',
    bgp_peer: 'no-such-feature',
    bgp_prefix: 'no-such-feature',
    file: 'no-such-feature',
    isis_neighbour: 'no-such-feature',
    listening: 'no-such-feature',
    mac_table: 'no-such-feature',
    ospf_neighbour: 'no-such-feature',
    ospf_route: 'no-such-feature',
    process: 'no-such-feature',
    route: 'elsewhere',
    sysctl: 'no-such-feature',
    trunk: 'no-such-feature',
    vlan: 'no-such-feature',
    http: 'no-such-feature',
    nat: 'no-such-feature',
  },
  configuration: {
    running: [{ kind: 'command', command: 'show ip' }],
    saved: [{ kind: 'file', path: 'startup.vpc' }],
  },
  restore: planVpcs,
})
