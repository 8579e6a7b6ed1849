import { isIPv6 } from 'node:net'
import { bgpPeer } from '../../command-modules/bgp-peer.ts'
import { bgpPrefix } from '../../command-modules/bgp-prefix.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { readBgpEntry } from '../readings/bgp-entry-text.ts'
import { type BgpAsker, bgpPeerReader, bgpPrefixReader, noBgp } from '../readings/bgp-reading.ts'
import { readBgpSummary } from '../readings/bgp-summary-text.ts'
import { linesOf } from '../readings/reading.ts'
import { askNxos } from './answer.ts'
import { isFeatureOn } from './feature.ts'

const timeoutMs = 60_000

/** @returns null where the feature is off, thus no BGP runs */
async function askBgp(context: ReadContext, command: string): Promise<Observation | null | Unreadable> {
  const answer = await askNxos(context, command, { timeoutMs })
  if (!isUnreadable(answer) || answer.unreadable !== 'COMMAND_REFUSED') return answer
  const isOn = await isFeatureOn(context, 'bgp')
  return isOn === false ? null : answer
}

/** A family without neighbours is its heading alone. Fixture: cisco_nxos/bgp_peer/no-neighbours-of-the-family.txt. */
const isEmptyFamily = (answer: Observation): boolean => {
  const lines = linesOf(answer).filter((line) => line.trim() !== '')
  return lines.length === 1 && /^BGP summary information for VRF default, address family IPv[46] Unicast$/.test(lines[0] ?? '')
}

const askPeers: BgpAsker['peers'] = async (context, family) => {
  const answer = await askBgp(context, `show bgp ${family} unicast summary`)
  if (answer === null) return noBgp
  if (isUnreadable(answer)) return answer
  return isEmptyFamily(answer) ? { ...noBgp, isRunning: true } : readBgpSummary(answer)
}

/** Only the heading where the prefix is not there. Fixture: cisco_nxos/bgp_prefix/missing.txt. */
const isEmptyTable = (answer: Observation): boolean => {
  const lines = linesOf(answer).filter((line) => line.trim() !== '')
  return lines.length === 1 && /^BGP routing table information for VRF default, address family IPv[46] Unicast$/.test(lines[0] ?? '')
}

const askPaths: BgpAsker['paths'] = async (context, { prefix }) => {
  const family = isIPv6(prefix.split('/')[0] ?? '') ? 'ipv6' : 'ipv4'
  const answer = await askBgp(context, `show bgp ${family} unicast ${prefix}`)
  if (answer === null || isUnreadable(answer)) return answer
  return isEmptyTable(answer) ? [] : readBgpEntry(answer, prefix)
}

const asker: BgpAsker = { peers: askPeers, paths: askPaths }

/** BGP neighbours and prefixes. */
export const bgp: readonly BoundReader[] = [
  reads(bgpPeer, bgpPeerReader(asker), 'transcript'),
  reads(bgpPrefix, bgpPrefixReader(asker), 'transcript'),
]
