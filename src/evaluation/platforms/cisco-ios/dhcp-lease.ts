import { addressOrNull, type DhcpLease, dhcpLease } from '../../command-modules/dhcp-lease.ts'
import { type BoundReader, isUnreadable, reads, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { type DhcpReaders, dhcpReader } from '../readings/dhcp.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos, readAddresses } from './answer.ts'

/** Paragraphs begin with `Temp IP addr: A  for peer on Interface: X`; only in the state Bound is it a lease. Fixtures: cisco_ios/dhcp_lease. */
function readLeases(text: string): readonly DhcpLease[] {
  return text
    .split(/^(?=Temp IP addr:)/m)
    .filter((part) => part.startsWith('Temp IP addr:'))
    .flatMap((part): DhcpLease[] => {
      const [, address, port] = /^Temp IP addr: +(\S+) +for peer on Interface: +(\S+)/.exec(part) ?? []
      const [, server, state] = /^\s*DHCP Lease server: +([\d.]+) ?, +state: +(.+)$/m.exec(part) ?? []
      const given = addressOrNull(address)
      if (given === null || port === undefined || !/\bBound$/.test(state?.trim() ?? '')) return []
      const gateway = addressOrNull(/^\s*Temp default-gateway addr: +(\S+)/m.exec(part)?.[1])
      return [{ interface: port, mac: null, address: given, gateway, server: addressOrNull(server), isExpired: false }]
    })
}

const client: DhcpReaders['client'] = async (context) => {
  const answer = await askIos(context, 'show dhcp lease')
  if (isUnreadable(answer)) return answer
  const leases = readLeases(answer.text)
  // without a lease IOS prints nothing; anything else that is no paragraph is not known
  if (leases.length === 0 && answer.text.trim() !== '' && !/^Temp IP addr:/m.test(answer.text)) return unknownAnswer(answer)
  if (leases.length > 0) return { leases, byHand: [] }
  const brief = await askIos(context, 'show ip interface brief')
  if (isUnreadable(brief)) return brief
  const addresses = readAddresses(brief)
  return isUnreadable(addresses) ? addresses : { leases, byHand: addresses.map(({ address }) => address) }
}

/** `01aa.aaaa.aaaa.aa` = Ethernet and the MAC; a router as client writes `cisco-AAAA.AAAA.AAAA-Gi0/0` in hexadecimal. */
export function macOfClientId(id: string): string | null {
  const hex = id.replaceAll('.', '').toLowerCase()
  if (/^01[0-9a-f]{12}$/.test(hex)) return canonicalMac(hex.slice(2)) ?? null
  if (/^[0-9a-f]{12}$/.test(hex)) return canonicalMac(hex) ?? null
  const words = Buffer.from(hex, 'hex').toString('latin1')
  return canonicalMac(/cisco-([0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})-/i.exec(words)?.[1] ?? '') ?? null
}

/** Rows begin with the address; a long client id goes on below in its own column. Types: Automatic, Manual; newer IOS adds state and interface. */
const rowPattern = /^(\d+\.\d+\.\d+\.\d+)\s+([0-9a-f.]+)\s+(.+?)\s+(?:Automatic|Manual|On-demand)\b/i

/** The addresses that the device gave to others. */
export const leasesView: View<readonly DhcpLease[]> = async (context) => {
  const answer = await askIos(context, 'show ip dhcp binding')
  if (isUnreadable(answer)) return answer
  if (!/^IP address\s+Client-ID/m.test(answer.text)) return unknownAnswer(answer)
  const rows: { address: string; id: string }[] = []
  for (const line of linesOf(answer)) {
    const [, address, id] = rowPattern.exec(line) ?? []
    const more = /^\s{8,}([0-9a-f]{2,4}(?:\.[0-9a-f]{2,4})*\.?)$/i.exec(line)?.[1]
    const last = rows.at(-1)
    if (address !== undefined && id !== undefined) rows.push({ address, id })
    else if (more !== undefined && last !== undefined) last.id += more
  }
  return rows.map(({ address, id }) => ({ interface: null, mac: macOfClientId(id), address, isExpired: false }))
}

export const leases: readonly BoundReader[] = [reads(dhcpLease, dhcpReader({ client, server: leasesView }), 'transcript')]
