import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../reading.ts'
import { readAddresses } from './answer.ts'
import { reachability } from './reachability.ts'
import { routes } from './route.ts'

/** FRRouting's vtysh. */
export const frr = definePlatform('frr', {
  addresses: [
    { command: 'show interface brief', read: readAddresses },
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [...reachability, ...routes],
  lacks: { tcp_port: 'no-command' },
  configuration: {
    running: [{ kind: 'command', command: 'show running-config' }],
    saved: [{ kind: 'command', command: 'show startup-config' }],
  },
})
