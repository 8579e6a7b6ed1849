import type { DhcpLease, DhcpLeaseFacts, DhcpLeaseParams } from '../../command-modules/dhcp-lease.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable, unreadable, type View } from '../../platform.ts'
import { samePort } from '../../target.ts'
import { canonicalMac } from '../../values.ts'
import { addressesOfTarget } from './reading.ts'

export type ClientReading = Pick<DhcpLeaseFacts, 'leases' | 'byHand'>

export interface DhcpReaders {
  /** What the device itself was given. */
  readonly client?: (context: ReadContext, params: DhcpLeaseParams) => Promise<ClientReading | Unreadable>
  /** What the device gave to others. */
  readonly server?: View<readonly DhcpLease[]>
  /** What the client cannot be asked with these parameters. */
  readonly clientUnsupported?: (params: DhcpLeaseParams) => string | null
}

/** A platform's reader of dhcp_lease: with a hardware address the device is the server, without one the client. */
export const dhcpReader = ({ client, server, clientUnsupported }: DhcpReaders): Reader<DhcpLeaseParams, DhcpLeaseFacts> => ({
  unsupported: (params) => {
    if (params.mac !== undefined) return server === undefined ? 'mac' : null
    if (client === undefined) return 'a check without mac'
    return clientUnsupported?.(params) ?? null
  },
  observe: async (context, params) => {
    const serverAddresses = params.server === undefined ? [] : await addressesOfTarget(context, params.server)
    if (isUnreadable(serverAddresses)) return serverAddresses
    const seen = params.mac === undefined ? await client?.(context, params) : await bindingsOf(context, params.mac, server)
    if (seen === undefined) throw new Error('asked what this platform cannot do')
    if (isUnreadable(seen)) return seen
    // a device that names no interface has but one
    const isWanted = (port: string | null) => params.interface === undefined || port === null || samePort(port, params.interface)
    return {
      ...seen,
      leases: params.mac === undefined ? seen.leases.filter((one) => isWanted(one.interface)) : seen.leases,
      serverAddresses,
    }
  },
})

async function bindingsOf(
  context: ReadContext,
  mac: string,
  server: DhcpReaders['server'],
): Promise<ClientReading | Unreadable | undefined> {
  const leases = await server?.(context)
  if (leases === undefined || isUnreadable(leases)) return leases
  const own = leases.filter((one) => one.mac !== null && canonicalMac(one.mac) === mac)
  // a binding whose client cannot be told may be the one that is looked for
  if (own.length === 0 && leases.some((one) => one.mac === null)) return unreadable('DHCP_CLIENT_UNCLEAR', 'exercise')
  return { leases: own, byHand: [] }
}
