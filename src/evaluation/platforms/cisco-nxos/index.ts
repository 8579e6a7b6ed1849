import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../reading.ts'
import { readAddresses } from './answer.ts'
import { commands } from './command.ts'
import { hostnames } from './hostname.ts'
import { interfaces } from './interfaces.ts'
import { neighbours } from './neighbours.ts'
import { reachability } from './reachability.ts'

/** Nexus switches with NX-OS. */
export const ciscoNxos = definePlatform('cisco_nxos', {
  addresses: [
    { command: 'show ip interface brief', read: readAddresses },
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [...hostnames, ...interfaces, ...neighbours, ...reachability, ...commands],
  lacks: {
    bgp_peer: 'not-written',
    bgp_prefix: 'not-written',
    dns: 'not-written',
    file: 'not-written',
    http: 'not-written',
    isis_neighbour: 'not-written',
    listening: 'not-written',
    mac_table: 'not-written',
    ospf_neighbour: 'not-written',
    ospf_route: 'not-written',
    process: 'not-written',
    route: 'not-written',
    sysctl: 'no-such-feature',
    tcp_port: 'not-written',
    trunk: 'not-written',
    vlan: 'not-written',
  },
  configuration: {
    running: [{ kind: 'command', command: 'show running-config', timeoutMs: 60_000 }],
    saved: [{ kind: 'command', command: 'show startup-config', timeoutMs: 60_000 }],
  },
})
