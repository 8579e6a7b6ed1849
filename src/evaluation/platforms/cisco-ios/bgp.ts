import { type BgpFault, type BgpPeer, bgpPeer } from '../../command-modules/bgp-peer.ts'
import { bgpPrefix } from '../../command-modules/bgp-prefix.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads } from '../../platform.ts'
import { lengthToMask, parsePrefix } from '../../values.ts'
import { readBgpEntry } from '../readings/bgp-entry-text.ts'
import { type BgpAsker, bgpPeerReader, bgpPrefixReader, noBgp } from '../readings/bgp-reading.ts'
import { readBgpSummary } from '../readings/bgp-summary-text.ts'
import { linesOf } from '../readings/reading.ts'
import { askIos } from './answer.ts'

const timeoutMs = 60_000

/** Fixture: cisco_ios/bgp_peer/not-running.txt. */
const isWithoutBgp = ({ text }: Observation): boolean => /^% ?BGP not active$/m.test(text)

const askPeers: BgpAsker['peers'] = async (context, family) => {
  const answer = await askIos(context, family === 'ipv4' ? 'show ip bgp summary' : 'show bgp ipv6 unicast summary', { timeoutMs })
  if (isUnreadable(answer)) return answer
  return isWithoutBgp(answer) ? noBgp : readBgpSummary(answer)
}

/** Network and mask: an address alone is answered with the route that covers it. */
const askPaths: BgpAsker['paths'] = async (context, { prefix }, family) => {
  const { address = '', length = 0 } = parsePrefix(prefix) ?? {}
  const command = family === 'ipv4' ? `show ip bgp ${address} ${lengthToMask(length)}` : `show bgp ipv6 unicast ${prefix}`
  const answer = await askIos(context, command, { timeoutMs })
  if (isUnreadable(answer)) return answer
  return isWithoutBgp(answer) ? null : readBgpEntry(answer, prefix)
}

/** What IOS says of a session that is down: fixtures cisco_ios/bgp_peer/no-route-to-peer.txt, bad-peer-as.txt. */
async function askFault(context: ReadContext, { address }: BgpPeer): Promise<BgpFault | null> {
  const answer = await askIos(context, `show ip bgp neighbors ${address}`, { timeoutMs })
  if (isUnreadable(answer)) return null
  const lines = linesOf(answer)
  if (lines.some((line) => /the RIB does not have a route to /.test(line))) return 'no-route'
  return lines.some((line) => /^\s*Last reset .*peer in wrong AS/.test(line)) ? 'bad-as' : null
}

const asker: BgpAsker = { peers: askPeers, paths: askPaths, fault: askFault }

/** BGP neighbours and prefixes. */
export const bgp: readonly BoundReader[] = [
  reads(bgpPeer, bgpPeerReader(asker), 'transcript'),
  reads(bgpPrefix, bgpPrefixReader(asker), 'transcript'),
]
