import type { Gateway } from '../../command-modules/default-gateway.ts'
import type { Observation } from '../../observation.ts'
import { isUnreadable, type Unreadable } from '../../platform.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

const headings = [/^MAC Address\s+Address\s+Interface\s+Flags(?:\s+TTE)?$/, /^Total entries: \d+$/, /^\{[a-z]+(?::\w*\d)?\}$/]

/** `00:0c:29:5e:2c:1a 10.0.1.10   ge-0/0/0.0   none`; behind a bridge the port stands in brackets. Fixtures: juniper_junos/arp. */
const readLine: ReadArpLine = (line) => {
  if (headings.some((heading) => heading.test(line))) return undefined
  const [, mac, address, port] = /^([\da-f:]{17})\s+(\d+\.\d+\.\d+\.\d+)\s+(\S+)(?: \[\S+\])?\s+\S.*$/.exec(line) ?? []
  return mac === undefined || address === undefined || port === undefined ? null : arpEntry(address, mac, port)
}

/** The active route has a star; the ways of one route stand below it, the one in use with `>`. Fixtures: juniper_junos/default_gateway. */
function readDefault(answer: Observation): Gateway[] | Unreadable {
  const found: Gateway[] = []
  let isActive = false
  for (const line of linesOf(answer)) {
    const route = /^(\S+)?\s+([*+-]?)\[[A-Za-z-]+\/\d+/.exec(line)
    if (route !== null) {
      if (route[1] !== undefined && route[1] !== '0.0.0.0/0') return unknownAnswer(answer)
      isActive = route[2] === '*'
      continue
    }
    const [, address, port = null] = /^\s+>?\s*to (\S+) via ([^\s,]+)/.exec(line) ?? []
    if (isActive && address !== undefined) found.push({ address, port })
    const only = /^\s+>?\s*via (\S+)$/.exec(line)?.[1]
    if (isActive && only !== undefined) found.push({ address: null, port: only })
  }
  return found.length > 0 || !/\[[A-Za-z-]+\/\d+/.test(answer.text) ? found : unknownAnswer(answer)
}

/** The ARP table, and the active default route. */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askJunos(context, 'show arp no-resolve')
    if (isUnreadable(answer)) return answer
    return /^MAC Address\s+Address\b/m.test(answer.text) ? readArpTable(answer, readLine) : unknownAnswer(answer)
  },
  askGateways: async (context) => {
    const answer = await askJunos(context, 'show route 0.0.0.0/0 exact table inet.0')
    if (isUnreadable(answer)) return answer
    // without such a route nothing is printed but, in some releases, the totals
    const isKnown = answer.text.trim() === '' || /^inet\.0: \d+ destinations/m.test(answer.text)
    return isKnown ? readDefault(answer) : unknownAnswer(answer)
  },
  provoke: async (context, address) => {
    const answer = await askJunos(context, `ping ${address} no-resolve count 2 wait 1`)
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'transcript',
})
