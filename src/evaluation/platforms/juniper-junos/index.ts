import { definePlatform } from '../../platform.ts'
import { readAddresses, readConfiguredAddresses } from './answer.ts'
import { bgp } from './bgp.ts'
import { commands } from './command.ts'
import { configurations } from './configuration.ts'
import { leases, leasesView } from './dhcp-lease.ts'
import { names } from './dns.ts'
import { hostnames } from './hostname.ts'
import { interfaces, ipv6Addresses } from './interfaces.ts'
import { isis } from './isis.ts'
import { latencies } from './latency.ts'
import { listeners } from './listening.ts'
import { translations } from './nat.ts'
import { neighbours } from './neighbours.ts'
import { ospf, ospfView } from './ospf.ts'
import { overrides } from './overrides.ts'
import { processes } from './process.ts'
import { reachability } from './reachability.ts'
import { planStatements } from './restore.ts'
import { routes } from './route.ts'
import { macsView, switching } from './switching.ts'
import { tcpPorts } from './tcp-port.ts'
import { vlans } from './vlans.ts'

/** A commit makes the running configuration, and is what the device starts with: both are the same. */
const committed = [{ kind: 'command' as const, command: 'show configuration | display set', timeoutMs: 60_000 }]

/** Juniper routers, switches and firewalls with Junos. */
export const juniperJunos = definePlatform('juniper_junos', {
  addresses: [
    { command: 'show interfaces terse', read: readAddresses },
    ipv6Addresses,
    { command: 'show configuration | display set', read: readConfiguredAddresses },
  ],
  readers: [
    ...names,
    ...listeners,
    ...latencies,
    ...tcpPorts,
    ...processes,
    ...bgp,
    ...isis,
    ...configurations,
    ...hostnames,
    ...interfaces,
    ...neighbours,
    ...reachability,
    ...commands,
    ...leases,
    ...translations,
    ...routes,
    ...ospf,
    ...switching,
    ...vlans,
  ],
  views: { ospf: ospfView, macs: macsView, leases: leasesView },
  lacks: {
    bandwidth: 'no-command',
    file: 'elsewhere',
    sysctl: 'no-such-feature',
    http: 'no-command',
  },
  overrides,
  configuration: { running: committed, saved: committed },
  restore: planStatements,
})
