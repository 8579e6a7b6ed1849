import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../readings/reading.ts'
import { planBlocks } from '../readings/restore-blocks.ts'
import { readAddresses } from './answer.ts'
import { bgp } from './bgp.ts'
import { commands } from './command.ts'
import { configurations } from './configuration.ts'
import { leases, leasesView } from './dhcp-lease.ts'
import { names } from './dns.ts'
import { hostnames } from './hostname.ts'
import { interfaces, moreAddresses } from './interfaces.ts'
import { isis } from './isis.ts'
import { latencies } from './latency.ts'
import { listeners } from './listening.ts'
import { translations } from './nat.ts'
import { neighbours } from './neighbours.ts'
import { ospf, ospfView } from './ospf.ts'
import { overrides } from './overrides.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'
import { macsView, switching } from './switching.ts'
import { tcpPorts } from './tcp-port.ts'

/** IOS and IOS-XE routers and switches. */
export const ciscoIos = definePlatform('cisco_ios', {
  addresses: [
    { command: 'show ip interface brief', read: readAddresses },
    ...moreAddresses,
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [
    ...names,
    ...listeners,
    ...latencies,
    ...tcpPorts,
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
    ...switching,
    ...leases,
    ...translations,
  ],
  views: { ospf: ospfView, macs: macsView, leases: leasesView },
  lacks: {
    bandwidth: 'no-command',
    file: 'elsewhere',
    process: 'elsewhere',
    sysctl: 'no-such-feature',
    http: 'no-command',
  },
  overrides,
  configuration: {
    running: [
      { kind: 'command', command: 'show running-config', timeoutMs: 60_000 },
      { kind: 'command', command: 'show privilege' },
    ],
    saved: [{ kind: 'command', command: 'show startup-config', timeoutMs: 60_000 }],
  },
  restore: planBlocks,
})
