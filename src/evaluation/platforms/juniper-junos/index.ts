import { definePlatform } from '../../platform.ts'
import { readAddresses, readConfiguredAddresses } from './answer.ts'
import { reachability } from './reachability.ts'

/** A commit makes the running configuration, and is what the device starts with: both are the same. */
const committed = [{ kind: 'command' as const, command: 'show configuration | display set', timeoutMs: 60_000 }]

/** Juniper routers, switches and firewalls with Junos. */
export const juniperJunos = definePlatform('juniper_junos', {
  addresses: [
    { command: 'show interfaces terse', read: readAddresses },
    { command: 'show configuration | display set', read: readConfiguredAddresses },
  ],
  readers: [...reachability],
  lacks: { route: 'not-written', tcp_port: 'not-written' },
  configuration: { running: committed, saved: committed },
})
