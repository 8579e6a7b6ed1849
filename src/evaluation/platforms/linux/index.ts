import { definePlatform } from '../../platform.ts'
import { readAddresses } from './answer.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'
import { tcpPorts } from './tcp-port.ts'

/** Linux with iputils or busybox, over a console shell or SSH. */
export const linux = definePlatform('linux', {
  addresses: [{ command: 'ip addr', read: readAddresses }],
  readers: [...reachability, ...routes, ...tcpPorts],
  lacks: {},
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
})
