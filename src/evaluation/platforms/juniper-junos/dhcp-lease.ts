import { type DhcpLease, dhcpLease } from '../../command-modules/dhcp-lease.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { type DhcpReaders, dhcpReader } from '../readings/dhcp.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** `10.0.1.15  6  00:10:94:00:00:01  86180  BOUND  ge-1/0/0.0`; only in the state BOUND is it a lease. Fixtures: juniper_junos/dhcp_lease. */
async function askBindings(context: Pick<ReadContext, 'ask'>, role: 'client' | 'server'): Promise<readonly DhcpLease[] | Unreadable> {
  const answer = await askJunos(context, `show dhcp ${role} binding | no-more`)
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer).filter((line) => line.trim() !== '' && !/^\{\w+/.test(line))
  const head = lines.findIndex((line) => /^IP address\s+Session Id\s+Hardware address\s+Expires\s+State\s+Interface$/.test(line.trim()))
  if (head === -1) return unknownAnswer(answer)
  const rows = lines
    .slice(head + 1)
    .map((line) => /^(\d+\.\d+\.\d+\.\d+)\s+\d+\s+([0-9a-f:]{17})\s+(\d+)\s+([A-Z_()]+)\s+(\S+)$/i.exec(line.trim()))
  if (rows.some((row) => row === null)) return unknownAnswer(answer)
  return rows.flatMap((row) => {
    const [, address = '', mac = '', , state, port = ''] = row ?? []
    return state === 'BOUND' ? [{ interface: port, mac: canonicalMac(mac) ?? null, address, isExpired: false }] : []
  })
}

const client: DhcpReaders['client'] = async (context) => {
  const leases = await askBindings(context, 'client')
  return isUnreadable(leases) ? leases : { leases, byHand: [] }
}

/** The addresses that the device gave to others. */
export const leasesView: View<readonly DhcpLease[]> = (context) => askBindings(context, 'server')

export const leases: readonly BoundReader[] = [reads(dhcpLease, dhcpReader({ client, server: leasesView }), 'documented')]
