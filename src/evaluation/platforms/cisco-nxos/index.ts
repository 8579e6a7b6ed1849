import { definePlatform } from '../../platform.ts'
import { readConfiguredAddresses } from '../reading.ts'
import { readAddresses } from './answer.ts'
import { reachability } from './reachability.ts'

/** Nexus switches with NX-OS. */
export const ciscoNxos = definePlatform('cisco_nxos', {
  addresses: [
    { command: 'show ip interface brief', read: readAddresses },
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [...reachability],
  lacks: { route: 'not-written', tcp_port: 'not-written' },
  configuration: {
    running: [{ kind: 'command', command: 'show running-config', timeoutMs: 60_000 }],
    saved: [{ kind: 'command', command: 'show startup-config', timeoutMs: 60_000 }],
  },
})
