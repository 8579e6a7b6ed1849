import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../readings/reading.ts'
import { planBlocks } from '../readings/restore-blocks.ts'
import { readAddresses } from './answer.ts'
import { linuxBelow } from './bash.ts'
import { bgp } from './bgp.ts'
import { commands } from './command.ts'
import { configurations } from './configuration.ts'
import { hostnames } from './hostname.ts'
import { interfaces, ipv6Addresses } from './interfaces.ts'
import { isis } from './isis.ts'
import { latencies } from './latency.ts'
import { neighbours } from './neighbours.ts'
import { ospf, ospfView } from './ospf.ts'
import { overrides } from './overrides.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'
import { macsView, switching } from './switching.ts'
import { tcpPorts } from './tcp-port.ts'

/** Arista switches with EOS. */
export const aristaEos = definePlatform('arista_eos', {
  addresses: [
    { command: 'show ip interface | json', read: readAddresses },
    ipv6Addresses,
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [
    ...linuxBelow,
    ...latencies,
    ...tcpPorts,
    ...bgp,
    ...isis,
    ...configurations,
    ...hostnames,
    ...interfaces,
    ...neighbours,
    ...reachability,
    ...commands,
    ...routes,
    ...ospf,
    ...switching,
  ],
  views: { ospf: ospfView, macs: macsView },
  lacks: {
    bandwidth: 'no-command',
    sysctl: 'no-such-feature',
    http: 'elsewhere',
    dhcp_lease: 'elsewhere',
    nat: 'elsewhere',
  },
  overrides,
  configuration: {
    running: [{ kind: 'command', command: 'show running-config', timeoutMs: 60_000 }],
    saved: [{ kind: 'command', command: 'show startup-config', timeoutMs: 60_000 }],
  },
  restore: planBlocks,
})
