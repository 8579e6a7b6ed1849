import { sameAddress } from '../../addresses.ts'
import type { BgpFamily, BgpFault, BgpPeer, BgpPeerFacts, BgpPeerParams, NamedPeer } from '../../command-modules/bgp-peer.ts'
import type { BgpPath, BgpPrefixFacts, BgpPrefixParams } from '../../command-modules/bgp-prefix.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable } from '../../platform.ts'
import { deviceOfTarget } from '../../target.ts'
import { parseCidr } from '../../values.ts'
import { addressesOfTarget } from './reading.ts'

/** What a device shows of its neighbours in one address family. */
export interface BgpTable {
  readonly isRunning: boolean
  readonly localAs: number | null
  readonly peers: readonly BgpPeer[]
}

/** No BGP on the device. */
export const noBgp: BgpTable = { isRunning: false, localAs: null, peers: [] }

/** How a platform shows its BGP. Both ask; what they cannot read stays unreadable. */
export interface BgpAsker {
  readonly peers: (context: ReadContext, family: BgpFamily) => Promise<BgpTable | Unreadable>
  /** @returns null where no BGP runs */
  readonly paths: (context: ReadContext, params: BgpPrefixParams, family: BgpFamily) => Promise<readonly BgpPath[] | null | Unreadable>
  /** Why a session does not come up, as far as the device shows it; what cannot be read stays unexplained. */
  readonly fault?: (context: ReadContext, peer: BgpPeer) => Promise<BgpFault | null>
  /** Whether both ends agreed on the family, for platforms whose table of neighbours does not say it. */
  readonly isFamilyUp?: (context: ReadContext, peer: BgpPeer, family: BgpFamily) => Promise<boolean | Unreadable>
}

async function named(context: ReadContext, name: string): Promise<NamedPeer | Unreadable> {
  const addresses = await addressesOfTarget(context, name)
  return isUnreadable(addresses) ? addresses : { name, addresses }
}

async function allNamed(context: ReadContext, names: readonly string[]): Promise<readonly NamedPeer[] | Unreadable> {
  const found: NamedPeer[] = []
  for (const name of names) {
    const one = await named(context, name)
    if (isUnreadable(one)) return one
    found.push(one)
  }
  return found
}

/** A platform's reader of BGP neighbours: resolves the names, and asks more of the wanted one where it is not up, or up without a prefix. */
export const bgpPeerReader = (asker: BgpAsker): Reader<BgpPeerParams, BgpPeerFacts> => ({
  observe: async (context, params) => {
    const table = await asker.peers(context, params.afi)
    if (isUnreadable(table)) return table
    const neighbour = await named(context, params.neighbour)
    if (isUnreadable(neighbour)) return neighbour
    const allowed = await allNamed(context, params.allowed)
    if (isUnreadable(allowed)) return allowed
    const facts = { ...table, neighbour, allowed, fault: null }
    const wanted = params.absent || params.state === 'down' ? undefined : nearest(table, neighbour)
    return wanted === undefined ? facts : lookCloser(context, asker, { facts, wanted, family: params.afi })
  },
})

/** The session with the device that is up, or else one that is not shut down. */
function nearest({ peers }: BgpTable, { addresses }: NamedPeer): BgpPeer | undefined {
  const own = peers.filter((peer) => addresses.some((address) => sameAddress(address, peer.address)))
  return own.find(({ state }) => state === 'established') ?? own.find(({ state }) => state !== 'shutdown')
}

async function lookCloser(
  context: ReadContext,
  { fault, isFamilyUp }: BgpAsker,
  { facts, wanted, family }: { readonly facts: BgpPeerFacts; readonly wanted: BgpPeer; readonly family: BgpFamily },
): Promise<BgpPeerFacts | Unreadable> {
  if (wanted.state !== 'established') return { ...facts, fault: (await fault?.(context, wanted)) ?? null }
  // a prefix of the family has come, so it is agreed on
  if (isFamilyUp === undefined || (wanted.prefixes ?? 0) > 0) return facts
  const isUp = await isFamilyUp(context, wanted, family)
  if (typeof isUp !== 'boolean') return isUp
  return { ...facts, peers: facts.peers.map((peer) => (peer === wanted ? { ...peer, isFamilyUp: isUp } : peer)) }
}

/** A platform's reader of a prefix in the BGP table: resolves the names. */
export const bgpPrefixReader = ({ paths }: BgpAsker): Reader<BgpPrefixParams, BgpPrefixFacts> => ({
  observe: async (context, params) => {
    const family = parseCidr(params.prefix)?.address.includes(':') ? 'ipv6' : 'ipv4'
    const found = await paths(context, params, family)
    if (found !== null && isUnreadable(found)) return found
    const from = params.from === undefined ? null : await named(context, params.from)
    if (from !== null && isUnreadable(from)) return from
    const nextHop = params.nextHop === undefined ? null : await named(context, params.nextHop)
    if (nextHop !== null && isUnreadable(nextHop)) return nextHop
    const isOwn = params.from !== undefined && deviceOfTarget(params.from)?.device === context.device
    return { isRunning: found !== null, paths: found ?? [], from, isOwn, nextHop }
  },
})
