import type { Gateway } from '../../command-modules/default-gateway.ts'
import { isUnreadable, type ReadContext, type Unreadable } from '../../platform.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { ifAsked, linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'
import { findIosRoute } from './route.ts'

const header = /^Protocol\s+Address\s+Age\s*\(min\)\s+Hardware Addr\s+Type\s+Interface$/

/**
 * `Internet  10.0.1.10   4   0050.7966.6800  ARPA   GigabitEthernet0/0`; `Incomplete` = nobody answered; `Vlan201 pv 202` = of a private
 * VLAN. Fixtures: cisco_ios/arp.
 */
const readLine: ReadArpLine = (line) => {
  if (header.test(line)) return undefined
  const [, address, mac, port = null] =
    /^Internet\s+(\d+\.\d+\.\d+\.\d+)\s+(?:\d+|-)\s+(\S+)\s+\S+(?:\s+(\S+)(?: +pv \d+)?)?$/.exec(line) ?? []
  return address === undefined || mac === undefined ? null : arpEntry(address, mac, port)
}

/** `Default gateway` is how a switch says it that does not route. Fixtures: cisco_ios/default_gateway. */
const gatewayLine = /^(?:Gateway of last resort|Default gateway) is (?:(not set)|(\d+\.\d+\.\d+\.\d+)(?: to network \d+\.\d+\.\d+\.\d+)?)$/

/** Of several next hops the line names but one. 0.0.0.0 = over an interface, without an address. Fixture: cisco_ios/default_gateway/two-of-one-cost.txt. */
async function askAll(context: ReadContext, named: Gateway): Promise<Gateway[] | Unreadable> {
  const found = await findIosRoute(context, '0.0.0.0/0')
  if (isUnreadable(found)) return found
  const hops = found.entry?.nextHops ?? []
  return hops.length > 1 ? hops.map(({ address, port }) => ({ address, port })) : [named]
}

/** The ARP table, and the gateway of last resort. */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askIos(context, 'show ip arp')
    if (isUnreadable(answer)) return answer
    return /^Protocol\s+Address\b/m.test(answer.text) ? readArpTable(answer, readLine) : unknownAnswer(answer)
  },
  askGateways: async (context) => {
    const answer = await askIos(context, 'show ip route | include ^Gateway of last resort|^Default gateway')
    if (isUnreadable(answer)) return answer
    const lines = linesOf(answer).filter((line) => line !== '')
    const [, notSet, address] = gatewayLine.exec(lines[0] ?? '') ?? []
    if (lines.length !== 1 || (notSet === undefined && address === undefined)) return unknownAnswer(answer)
    if (address === undefined) return []
    const gateway: Gateway = { address: address === '0.0.0.0' ? null : address, port: null }
    const all = /to network 0\.0\.0\.0$/.test(lines[0] ?? '') ? await ifAsked(() => askAll(context, gateway)) : null
    return all ?? [gateway]
  },
  provoke: async (context, address) => {
    const answer = await askIos(context, `ping ${address} repeat 2 timeout 1`)
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'transcript',
})
