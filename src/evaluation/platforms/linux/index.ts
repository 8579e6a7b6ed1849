import { definePlatform } from '../../platform.ts'
import { readAddresses } from './answer.ts'
import { bandwidths } from './bandwidth.ts'
import { commands } from './command.ts'
import { configurations } from './configuration.ts'
import { leases, leasesView } from './dhcp-lease.ts'
import { names } from './dns.ts'
import { files } from './file.ts'
import { hostnames } from './hostname.ts'
import { pages } from './http.ts'
import { interfaces } from './interfaces.ts'
import { latencies } from './latency.ts'
import { listeners } from './listening.ts'
import { translations } from './nat.ts'
import { neighbours } from './neighbours.ts'
import { processes } from './process.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'
import { macsView, switching } from './switching.ts'
import { sysctls } from './sysctl.ts'
import { tcpPorts } from './tcp-port.ts'

/** Linux with iputils or busybox, over a console shell or SSH. */
export const linux = definePlatform('linux', {
  addresses: [{ command: 'ip addr', read: readAddresses }],
  readers: [
    ...configurations,
    ...hostnames,
    ...interfaces,
    ...neighbours,
    ...reachability,
    ...tcpPorts,
    ...routes,
    ...listeners,
    ...processes,
    ...sysctls,
    ...files,
    ...commands,
    ...names,
    ...switching,
    ...pages,
    ...leases,
    ...translations,
    ...latencies,
    ...bandwidths,
  ],
  views: { macs: macsView, leases: leasesView },
  lacks: {
    bgp_peer: 'no-such-feature',
    bgp_prefix: 'no-such-feature',
    isis_neighbour: 'no-such-feature',
    ospf_neighbour: 'no-such-feature',
    ospf_route: 'no-such-feature',
  },
  configuration: {
    running: ['ip addr', 'ip route', 'ip neigh', 'sysctl -n net.ipv4.ip_forward', 'cat /etc/resolv.conf'].map((command) => ({
      kind: 'command' as const,
      command,
    })),
    saved: ['cat /etc/hostname', 'cat /etc/network/interfaces', 'cat /etc/netplan/*.yaml'].map((command) => ({
      kind: 'command' as const,
      command,
    })),
  },
  restore: null,
})
