import type { Process } from '../../network/process.ts'
import type { VpcsHost } from './vpcs-host.ts'

/** Asks the DNS server, when one is set, for as long as VPCS does; no simulated device answers DNS, so no name resolves. */
export function* resolveName(host: VpcsHost, _name: string): Process<number | undefined> {
  if (host.settings.dns !== 0) yield* host.tty.pause(3_000)
  return undefined
}
