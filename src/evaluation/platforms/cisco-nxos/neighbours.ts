import { isUnreadable } from '../../platform.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

const headings = [
  // the later the release, the longer the legend: `CP - Added via L2RIB, Control plane Adjacencies`
  /^(?:Flags:)?\s*(?:[*+#]|[A-Z]{1,2}) - .*$/,
  /^Flags:.*$/,
  /^IP ARP Table for .*$/,
  /^Total number of entries: \d+$/,
  /^Address\s+Age\s+MAC Address\s+Interface(?:\s+\S.*)?$/,
]

/** `10.0.0.2   00:00:04  2cc2.60ff.0021  Vlan10   *`; an age may be `-` or a part of a second. Fixtures: cisco_nxos/arp. */
const readLine: ReadArpLine = (line) => {
  if (headings.some((heading) => heading.test(line))) return undefined
  const [, address, mac, port] = /^(\d+\.\d+\.\d+\.\d+)\s+(?:-|[\d:.]+)\s+(\S+)\s+(\S+)(?:\s+.*)?$/.exec(line) ?? []
  return address === undefined || mac === undefined || port === undefined ? null : arpEntry(address, mac, port)
}

/** `    *via 10.0.12.2, Eth1/1, [1/0], 6d02h, static`; the star = used. Fixtures: cisco_nxos/default_gateway. */
const viaLine = /^\s+\*via (\d+\.\d+\.\d+\.\d+|[A-Z]\w+)(?:%\S+)?,(?: ([A-Za-z][\w./-]*),)? \[\d+\/\d+\]/

/** The ARP table of all VRFs, and the default route of the default one. */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askNxos(context, 'show ip arp vrf all')
    if (isUnreadable(answer)) return answer
    return /^IP ARP Table for /m.test(answer.text) ? readArpTable(answer, readLine) : unknownAnswer(answer)
  },
  askGateways: async (context) => {
    const answer = await askNxos(context, 'show ip route 0.0.0.0/0')
    if (isUnreadable(answer)) return answer
    if (/^Route not found$/m.test(answer.text.trim())) return []
    const gateways = linesOf(answer).flatMap((line) => {
      const [, hop, port = null] = viaLine.exec(line) ?? []
      return hop === undefined ? [] : [/^\d/.test(hop) ? { address: hop, port } : { address: null, port: hop }]
    })
    // an answer about another route would be the longest match; only this one is the default
    return /^0\.0\.0\.0\/0, ubest\/mbest: /m.test(answer.text) && gateways.length > 0 ? gateways : unknownAnswer(answer)
  },
  provoke: async (context, address) => {
    const answer = await askNxos(context, `ping ${address} count 2 timeout 1`)
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'transcript',
})
