import { isIPv4 } from 'node:net'
import { sameAddress } from '../../addresses.ts'
import { addressOrNull, type DhcpLeaseParams, dhcpLease } from '../../command-modules/dhcp-lease.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { deviceOfTarget } from '../../target.ts'
import { canonicalMac } from '../../values.ts'
import { type ClientReading, type DhcpReaders, dhcpReader } from '../readings/dhcp.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askShowIp, hasAddress, readIp } from './answer.ts'

/**
 * Whether the server still has the lease. VPCS goes on showing its server and the lease when an address is typed over it (seen on 0.5b2;
 * src/command.c of 0.8 clears neither), so its word alone proves nothing; a server that knows nothing of the PC may have been restarted.
 */
async function isConfirmed(
  { askOn, viewsOf }: ReadContext,
  { server = '' }: DhcpLeaseParams,
  { mac, address }: { readonly mac: string; readonly address: string },
): Promise<boolean | Unreadable> {
  const host = deviceOfTarget(server)?.device ?? server
  const view = viewsOf(host)?.leases
  if (view === undefined) return unreadable('DHCP_SERVER_NOT_SHOWN', 'exercise', { host })
  const given = await view({ ask: (command, options) => askOn(host, command, options) })
  if (isUnreadable(given)) return given
  const known = given.filter((one) => !one.isExpired && (one.mac === mac || (one.mac === null && sameAddress(one.address, address))))
  if (known.some((one) => one.mac === mac && sameAddress(one.address, address))) return true
  if (known.some((one) => one.mac === mac)) return false
  return unreadable('DHCP_NOT_CONFIRMED', 'lab', { host, address })
}

/**
 * `DHCP SERVER : 10.5.3.1` and, from 0.6 on, `DHCP LEASE  : 7141, 7200/3600/6300` stand in `show ip` once a server has given an address.
 * Fixtures: vpcs/dhcp_lease.
 */
const client: DhcpReaders['client'] = async (context, params) => {
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
  if (lease.isExpired) return { leases: [lease], byHand: [] }
  const mac = canonicalMac(/^MAC *: ([\da-f:]{17})$/im.exec(answer.text)?.[1] ?? '')
  if (mac === undefined) return unknownAnswer(answer)
  const confirmed = await isConfirmed(context, params, { mac, address: settings.address })
  if (typeof confirmed !== 'boolean') return confirmed
  return confirmed ? { leases: [lease], byHand: [] } : none
}

const clientUnsupported = ({ server }: DhcpLeaseParams): string | null =>
  server === undefined || deviceOfTarget(server) === undefined ? 'a check whose server is no device' : null

export const leases: readonly BoundReader[] = [reads(dhcpLease, dhcpReader({ client, clientUnsupported }), 'device')]
