import { definePlatform } from '../../platform.ts'
import { readAddresses } from './answer.ts'
import { reachability } from './reachability.ts'
import { tcpPorts } from './tcp-port.ts'

/** Virtual PC Simulator 0.5b2 (Debian) to 0.8 (GNS3). */
export const vpcs = definePlatform('vpcs', {
  addresses: [{ command: 'show ip', read: readAddresses }],
  readers: [...reachability, ...tcpPorts],
  lacks: { route: 'elsewhere' },
  configuration: {
    running: [{ kind: 'command', command: 'show ip' }],
    saved: [{ kind: 'file', path: 'startup.vpc' }],
  },
})
