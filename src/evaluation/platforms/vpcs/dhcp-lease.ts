import { isIPv4 } from 'node:net'
import { addressOrNull, dhcpLease } from '../../command-modules/dhcp-lease.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { type ClientReading, type DhcpReaders, dhcpReader } from '../dhcp.ts'
import { askShowIp, hasAddress, readIp } from './answer.ts'

/**
 * `DHCP SERVER : 10.5.3.1` and, from 0.6 on, `DHCP LEASE  : 7141, 7200/3600/6300` stand in `show ip` once a server has given an address.
 * They stay when another address is typed over it (seen on 0.5b2; src/command.c of 0.8 clears neither): a server's own bindings are the
 * stronger proof. Fixtures: vpcs/dhcp_lease.
 */
const client: DhcpReaders['client'] = async (context) => {
  const answer = await askShowIp(context)
  if (isUnreadable(answer)) return answer
  const settings = readIp(answer)
  if (isUnreadable(settings)) return settings
  const none: ClientReading = { leases: [], byHand: hasAddress(settings) ? [settings.address] : [] }
  const server = /^DHCP SERVER *: (\S+)$/m.exec(answer.text)?.[1]
  if (server === undefined || !hasAddress(settings)) return none
  const left = /^DHCP LEASE *: (\d+),/m.exec(answer.text)?.[1]
  const dns = (/^DNS {2,}: ?(.*)$/m.exec(answer.text)?.[1] ?? '').split(/\s+/).filter((one) => isIPv4(one))
  const lease = {
    interface: null,
    mac: null,
    address: settings.address,
    gateway: settings.gateway,
    dns,
    server: addressOrNull(server),
    isExpired: left === '0',
  }
  return { leases: [lease], byHand: [] }
}

export const leases: readonly BoundReader[] = [reads(dhcpLease, dhcpReader({ client }), 'device')]
