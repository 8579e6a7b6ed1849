import type { Observation } from '../../observation.ts'
import { isUnreadable } from '../../platform.ts'
import { arpEntry, type HostPlatform, neighbourReaders, type ReadArpLine, readArpTable } from '../readings/neighbour-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
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

/** An entry lives so long, counted down; what was learnt in the last seconds answered the ping before. */
const entrySeconds = 120
const newSeconds = 3

const repliesIn = (answer: Observation): string[] => linesOf(answer).filter((line) => line !== '')
const showsReply = (answer: Observation): boolean => repliesIn(answer).some((line) => replyLine.test(line))

/** How the one interface meets its neighbours. */
export const meeting: HostPlatform = {
  askArp: async (context) => {
    const answer = await askVpcs(context, 'show arp')
    if (isUnreadable(answer)) return answer
    return answer.text.trim() === '' ? unknownAnswer(answer) : readArpTable(answer, readLine)
  },
  provoke: async (context, address) => {
    const answer = await askVpcs(context, `ping ${address} -c 1 -w 1000`)
    if (isUnreadable(answer)) return answer
    if (showsReply(answer)) return true
    return repliesIn(answer).some((line) => silentLine.test(line)) ? false : unknownAnswer(answer)
  },
  showsReply,
  answersArp: async (context, { address }) => {
    const answer = await askVpcs(context, 'show arp')
    if (isUnreadable(answer)) return answer
    const left = linesOf(answer).flatMap((line) => {
      const [, of, seconds] = /^[\da-f:]{17}\s+(\S+) expires in (\d+) seconds?$/.exec(line) ?? []
      return of === address ? [Number(seconds)] : []
    })
    return left.length === 1 && left.every((seconds) => seconds >= entrySeconds - newSeconds) ? true : null
  },
}

/** The ARP cache of the one interface, and the gateway that was set. */
export const neighbours = neighbourReaders({
  ...meeting,
  askGateways: async (context) => {
    const settings = await showIp(context)
    if (isUnreadable(settings)) return settings
    return settings.gateway === null ? [] : [{ address: settings.gateway, port: null }]
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'device',
})
