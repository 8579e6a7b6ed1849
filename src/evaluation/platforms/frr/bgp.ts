import { z } from 'zod'
import { parseAsNumber, parseAsPath } from '../../as-number.ts'
import { type BgpFamily, type BgpFault, type BgpPeer, bgpPeer } from '../../command-modules/bgp-peer.ts'
import { type BgpPath, bgpPrefix } from '../../command-modules/bgp-prefix.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type BgpAsker, type BgpTable, bgpPeerReader, bgpPrefixReader, noBgp } from '../readings/bgp-reading.ts'
import { readBgpOrigin, readBgpState, readCommunities } from '../readings/bgp-words.ts'
import { readJson } from '../readings/json-answer.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'
import { isDaemonOff } from './daemons.ts'

/** A number, or dotted since `bgp ... as-notation` exists (FRR 9). */
const asSchema = z.union([z.number(), z.string()]).transform((value) => parseAsNumber(String(value)) ?? null)

const peerSchema = z.looseObject({
  remoteAs: asSchema,
  state: z.string(),
  pfxRcd: z.number().optional(),
})
/** `{}` where the family has no neighbour, and where there is no BGP at all. Fixtures: frr/bgp_peer. */
const summarySchema = z.looseObject({ as: asSchema.optional(), peers: z.record(z.string(), peerSchema).default({}) })
/** FRR 7 and 8 wrap it for some forms of the command. */
const wrappedSchema = z.union([
  z.looseObject({ ipv4Unicast: summarySchema }).transform(({ ipv4Unicast }) => ipv4Unicast),
  z.looseObject({ ipv6Unicast: summarySchema }).transform(({ ipv6Unicast }) => ipv6Unicast),
  summarySchema,
])

const instancesSchema = z.looseObject({ vrfs: z.record(z.string(), z.unknown()).default({}) })

async function askPeers(context: ReadContext, family: BgpFamily): Promise<BgpTable | Unreadable> {
  const answer = await askFrr(context, `show bgp ${family} unicast summary json`)
  if (isUnreadable(answer)) return answer
  const isOff = await isDaemonOff(context, 'bgpd', answer)
  if (typeof isOff !== 'boolean') return isOff
  if (isOff) return noBgp
  const summary = readJson(answer, wrappedSchema)
  if (isUnreadable(summary)) return summary
  if (summary.as === undefined) return askInstance(context)
  const peers = Object.entries(summary.peers).map(([address, peer]) => readPeer(address, peer))
  const known = peers.flatMap((peer) => peer ?? [])
  return known.length < peers.length ? unknownAnswer(answer) : { isRunning: true, localAs: summary.as, peers: known }
}

/** The summary of a family without neighbours does not say whether BGP runs. */
async function askInstance(context: ReadContext): Promise<BgpTable | Unreadable> {
  const answer = await askFrr(context, 'show bgp vrfs json')
  if (isUnreadable(answer)) return answer
  const instances = readJson(answer, instancesSchema)
  if (isUnreadable(instances)) return instances
  return { ...noBgp, isRunning: Object.hasOwn(instances.vrfs, 'default') }
}

function readPeer(address: string, { remoteAs, state, pfxRcd }: z.infer<typeof peerSchema>): BgpPeer | undefined {
  const known = readBgpState(state)
  return known === undefined ? undefined : { address, remoteAs, ...known, prefixes: pfxRcd ?? null }
}

const pathSchema = z.looseObject({
  aspath: z.looseObject({ string: z.string() }),
  origin: z.string(),
  metric: z.number().optional(),
  locPrf: z.number().optional(),
  sourced: z.boolean().default(false),
  bestpath: z.looseObject({ overall: z.boolean().default(false) }).default({ overall: false }),
  community: z.looseObject({ string: z.string() }).optional(),
  largeCommunity: z.looseObject({ string: z.string() }).optional(),
  nexthops: z.array(z.looseObject({ ip: z.string().optional() })).default([]),
  peer: z.looseObject({ peerId: z.string() }),
})
type FrrPath = z.infer<typeof pathSchema>
/** `{}` where the prefix is not there. Fixtures: frr/bgp_prefix. */
const prefixSchema = z.looseObject({ warning: z.string().optional(), paths: z.array(pathSchema).default([]) })

const capabilitySchema = z.looseObject({ advertisedAndReceived: z.boolean().default(false), received: z.boolean().default(false) })
const neighbourSchema = z.record(
  z.string(),
  z.looseObject({
    lastNotificationReason: z.string().default(''),
    lastResetDueTo: z.string().default(''),
    neighborCapabilities: z
      .looseObject({ multiprotocolExtensions: z.record(z.string(), capabilitySchema).default({}) })
      .default({ multiprotocolExtensions: {} }),
  }),
)

async function askNeighbour(context: ReadContext, { address }: BgpPeer): Promise<z.infer<typeof neighbourSchema>[string] | Unreadable> {
  const answer = await askFrr(context, `show bgp neighbors ${address} json`)
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, neighbourSchema)
  if (isUnreadable(shown)) return shown
  return shown[address] ?? unknownAnswer(answer)
}

/** In the words of FRR: fixtures frr/bgp_peer/bad-peer-as.txt, no-route-to-peer.txt. */
async function askFault(context: ReadContext, peer: BgpPeer): Promise<BgpFault | null> {
  const shown = await askNeighbour(context, peer)
  if (isUnreadable(shown)) return null
  const { lastNotificationReason, lastResetDueTo } = shown
  if (/\/Bad Peer AS$/.test(lastNotificationReason) && /^BGP Notification/.test(lastResetDueTo)) return 'bad-as'
  return /^(?:Waiting for NHT|No path to specified Neighbor)$/.test(lastResetDueTo) ? 'no-route' : null
}

/** The summary in JSON calls a session established that its own table shows as NoNeg. Fixture: frr/bgp_peer/family-not-agreed.txt. */
async function askFamily(context: ReadContext, peer: BgpPeer, family: BgpFamily): Promise<boolean | Unreadable> {
  const shown = await askNeighbour(context, peer)
  if (isUnreadable(shown)) return shown
  const families = shown.neighborCapabilities.multiprotocolExtensions
  // a neighbour that announces no families at all speaks IPv4 alone (RFC 4760, 8)
  const isOld = Object.values(families).every(({ advertisedAndReceived, received }) => !advertisedAndReceived && !received)
  return families[`${family}Unicast`]?.advertisedAndReceived ?? (isOld && family === 'ipv4')
}

function readPath({
  aspath,
  origin,
  metric,
  locPrf,
  sourced,
  bestpath,
  community,
  largeCommunity,
  nexthops,
  peer,
}: FrrPath): BgpPath | undefined {
  const asPath = parseAsPath(sourced || aspath.string === 'Local' ? '' : aspath.string)
  if (asPath === undefined) return undefined
  return {
    from: sourced ? null : peer.peerId,
    isBest: bestpath.overall,
    nextHops: nexthops.flatMap(({ ip }) => ip ?? []),
    asPath,
    localPref: locPrf ?? null,
    med: metric ?? null,
    origin: readBgpOrigin(origin),
    communities: readCommunities(`${community?.string ?? ''} ${largeCommunity?.string ?? ''}`),
  }
}

const tableHeadSchema = z.looseObject({ defaultLocPrf: z.number() })

/** A path from another AS has none of its own: the device's default counts. */
async function withDefaultLocalPref(
  context: ReadContext,
  paths: readonly BgpPath[],
  table: string,
): Promise<readonly BgpPath[] | Unreadable> {
  if (paths.every(({ localPref }) => localPref !== null)) return paths
  const answer = await askFrr(context, `${table} longer-prefixes json`)
  const head = isUnreadable(answer) ? answer : readJson(answer, tableHeadSchema)
  if (isUnreadable(head)) return head
  return paths.map((path) => ({ ...path, localPref: path.localPref ?? head.defaultLocPrf }))
}

const askPaths: BgpAsker['paths'] = async (context, { prefix, localPref }, family) => {
  const table = `show bgp ${family} unicast ${prefix}`
  const answer = await askFrr(context, `${table} json`)
  if (isUnreadable(answer)) return answer
  const isOff = await isDaemonOff(context, 'bgpd', answer)
  if (typeof isOff !== 'boolean') return isOff
  if (isOff) return null
  const shown = readJson(answer, prefixSchema)
  if (isUnreadable(shown)) return shown
  if (shown.warning !== undefined) return /instance not found/.test(shown.warning) ? null : unknownAnswer(answer)
  const paths = shown.paths.map(readPath)
  const known = paths.flatMap((path) => path ?? [])
  if (known.length < paths.length) return unknownAnswer(answer)
  return localPref === undefined ? known : withDefaultLocalPref(context, known, table)
}

const asker: BgpAsker = { peers: askPeers, paths: askPaths, fault: askFault, isFamilyUp: askFamily }

/** BGP neighbours and prefixes. */
export const bgp: readonly BoundReader[] = [
  reads(bgpPeer, bgpPeerReader(asker), 'device'),
  reads(bgpPrefix, bgpPrefixReader(asker), 'device'),
]
