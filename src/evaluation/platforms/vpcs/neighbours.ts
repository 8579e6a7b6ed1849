import { isUnreadable } from '../../platform.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable } from '../neighbour-reading.ts'
import { linesOf, unknownAnswer } from '../reading.ts'
import { askVpcs, showIp } from './answer.ts'

/** `16:8c:1a:02:ba:3c  10.1.1.1 expires in 119 seconds`, or `arp table is empty`. Fixtures: vpcs/arp. */
const readLine: ReadArpLine = (line) => {
  if (line === 'arp table is empty') return undefined
  const [, mac, address] = /^([\da-f:]{17})\s+(\d+\.\d+\.\d+\.\d+) expires in \d+ seconds?$/.exec(line) ?? []
  return mac === undefined || address === undefined ? null : arpEntry(address, mac, null)
}

/** `84 bytes from A icmp_seq=1` (0.8), `A icmp_seq=1 ttl=64 time=…` (0.5); an error begins with a star. */
const replyLine = /^(?:\d+ bytes from )?\d+\.\d+\.\d+\.\d+ icmp_seq=\d+ ttl=\d+ time=[\d.]+ ms$/
const silentLine =
  /^(?:\*?\d+\.\d+\.\d+\.\d+ icmp_seq=\d+ (?:timeout|ttl=.*\(ICMP type:.*)|host \(\d+\.\d+\.\d+\.\d+\) not reachable|No gateway found)$/

/** The ARP cache of the one interface, and the gateway that was set. */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askVpcs(context, 'show arp')
    if (isUnreadable(answer)) return answer
    return answer.text.trim() === '' ? unknownAnswer(answer) : readArpTable(answer, readLine)
  },
  askGateways: async (context) => {
    const settings = await showIp(context)
    if (isUnreadable(settings)) return settings
    return settings.gateway === null ? [] : [{ address: settings.gateway, port: null }]
  },
  provoke: async (context, address) => {
    const answer = await askVpcs(context, `ping ${address} -c 1 -w 1000`)
    if (isUnreadable(answer)) return answer
    const lines = linesOf(answer).filter((line) => line !== '')
    if (lines.some((line) => replyLine.test(line))) return true
    return lines.some((line) => silentLine.test(line)) ? false : unknownAnswer(answer)
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'device',
})
