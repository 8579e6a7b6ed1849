import { z } from 'zod'
import { parseAsNumber, parseAsPath } from '../../as-number.ts'
import { type BgpFamily, type BgpPeer, bgpPeer } from '../../command-modules/bgp-peer.ts'
import { type BgpPath, bgpPrefix } from '../../command-modules/bgp-prefix.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { type BgpAsker, type BgpTable, bgpPeerReader, bgpPrefixReader, noBgp } from '../readings/bgp-reading.ts'
import { canonicalCommunity, readBgpOrigin, readBgpState } from '../readings/bgp-words.ts'
import { readJson } from '../readings/json-answer.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askEos } from './answer.ts'

const asSchema = z.union([z.number(), z.string()]).transform((value) => parseAsNumber(String(value)) ?? null)

const peerSchema = z.looseObject({
  asn: asSchema,
  peerState: z.string(),
  peerStateIdleReason: z.string().default(''),
  prefixReceived: z.number().optional(),
})
/** Fixtures: arista_eos/bgp_peer. */
const summarySchema = z.looseObject({
  vrfs: z.record(z.string(), z.looseObject({ asn: asSchema.optional(), peers: z.record(z.string(), peerSchema).default({}) })),
})

/** `% BGP inactive`, as a text or as the error of an answer in JSON. Fixture: arista_eos/bgp_peer/not-running.txt. */
const isWithoutBgp = ({ text }: Observation): boolean =>
  /^(?:% ?BGP inactive$|\s*"BGP inactive"|.*"errors": ?\[\s*"BGP inactive")/m.test(text)

/** The interface of a link-local neighbour stands behind its address. */
const withoutPort = (address: string): string => address.replace(/%.*$/, '')

function readPeer(
  address: string,
  { asn, peerState, peerStateIdleReason, prefixReceived }: z.infer<typeof peerSchema>,
): BgpPeer | undefined {
  const known = readBgpState(peerState === 'Idle' && peerStateIdleReason === 'Admin' ? 'Idle(Admin)' : peerState)
  return known === undefined ? undefined : { address: withoutPort(address), remoteAs: asn, ...known, prefixes: prefixReceived ?? null }
}

async function askPeers(context: ReadContext, family: BgpFamily): Promise<BgpTable | Unreadable> {
  const answer = await askEos(context, `show ${family === 'ipv4' ? 'ip' : 'ipv6'} bgp summary | json`)
  if (isUnreadable(answer)) return answer
  if (isWithoutBgp(answer)) return noBgp
  const summary = readJson(answer, summarySchema)
  if (isUnreadable(summary)) return summary
  const table = summary.vrfs.default
  if (table === undefined) return noBgp
  const peers = Object.entries(table.peers).map(([address, peer]) => readPeer(address, peer))
  const known = peers.flatMap((peer) => peer ?? [])
  return known.length < peers.length ? unknownAnswer(answer) : { isRunning: true, localAs: table.asn ?? null, peers: known }
}

const familiesSchema = z.looseObject({
  vrfs: z.record(
    z.string(),
    z.looseObject({
      peers: z.record(
        z.string(),
        z.looseObject({
          ipv4Unicast: z.looseObject({ afiSafiState: z.string() }).optional(),
          ipv6Unicast: z.looseObject({ afiSafiState: z.string() }).optional(),
        }),
      ),
    }),
  ),
})

/** The table of one family calls a session established that another shows as not negotiated. */
async function askFamily(context: ReadContext, { address }: BgpPeer, family: BgpFamily): Promise<boolean | Unreadable> {
  const answer = await askEos(context, 'show bgp summary | json')
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, familiesSchema)
  if (isUnreadable(shown)) return shown
  const [, peer] = Object.entries(shown.vrfs.default?.peers ?? {}).find(([key]) => withoutPort(key) === address) ?? []
  return peer === undefined ? unknownAnswer(answer) : peer[`${family}Unicast`]?.afiSafiState === 'negotiated'
}

const peerEntrySchema = z.looseObject({ peerAddr: z.string().optional() })
const pathSchema = z.looseObject({
  asPathEntry: z.looseObject({ asPath: z.string().nullable(), asPathType: z.string().nullable().default(null) }),
  med: z.number().optional(),
  localPreference: z.number().optional(),
  nextHop: z.string().default(''),
  peerEntry: peerEntrySchema.optional(),
  routeType: z.looseObject({ active: z.boolean(), origin: z.string().optional() }),
  routeDetail: z.looseObject({
    origin: z.string().optional(),
    /** Where releases before 4.2x have it. */
    peerEntry: peerEntrySchema.optional(),
    communityList: z.array(z.string()).default([]),
    largeCommunityList: z.array(z.string()).default([]),
  }),
})
type EosPath = z.infer<typeof pathSchema>
/** Fixtures: arista_eos/bgp_prefix. */
const entriesSchema = z.looseObject({
  vrfs: z.record(
    z.string(),
    z.looseObject({ bgpRouteEntries: z.record(z.string(), z.looseObject({ bgpRoutePaths: z.array(pathSchema) })).default({}) }),
  ),
})

/** `65001 65002 i`: some releases put the origin behind the path, and some a word where there is none. */
const asPathOf = ({ asPathEntry }: EosPath) =>
  parseAsPath((asPathEntry.asPath ?? '').replace(/(?:^| )(?:[ie?]|Local|IGP|EGP|Incomplete)$/, ''))

function readPath(path: EosPath): BgpPath | undefined {
  const asPath = asPathOf(path)
  const { peerEntry, routeType, routeDetail, nextHop, localPreference, med, asPathEntry } = path
  const peer = (peerEntry ?? routeDetail.peerEntry)?.peerAddr ?? ''
  const isOwn = peer === '0.0.0.0' || peer === '::' || asPathEntry.asPathType === 'Local' || (peer === '' && asPath?.length === 0)
  // who announced it is not shown
  if (asPath === undefined || (peer === '' && !isOwn)) return undefined
  return {
    from: isOwn ? null : peer,
    isBest: routeType.active,
    nextHops: nextHop === '' ? [] : [nextHop],
    asPath,
    localPref: localPreference ?? null,
    med: med ?? null,
    origin: readBgpOrigin(routeDetail.origin ?? routeType.origin ?? ''),
    communities: [...routeDetail.communityList, ...routeDetail.largeCommunityList].map(canonicalCommunity),
  }
}

const askPaths: BgpAsker['paths'] = async (context, { prefix }, family) => {
  const answer = await askEos(context, `show ${family === 'ipv4' ? 'ip' : 'ipv6'} bgp ${prefix} | json`)
  if (isUnreadable(answer)) return answer
  if (isWithoutBgp(answer)) return null
  const shown = readJson(answer, entriesSchema)
  if (isUnreadable(shown)) return shown
  const wanted = parsePrefix(prefix)
  const table = shown.vrfs.default
  if (table === undefined) return null
  const own = Object.entries(table.bgpRouteEntries).filter(([key]) => {
    const one = parsePrefix(key)
    return one !== undefined && wanted !== undefined && samePrefix(one, wanted)
  })
  const paths = own.flatMap(([, { bgpRoutePaths }]) => bgpRoutePaths).map(readPath)
  const known = paths.flatMap((path) => path ?? [])
  return known.length < paths.length ? unknownAnswer(answer) : known
}

const asker: BgpAsker = { peers: askPeers, paths: askPaths, isFamilyUp: askFamily }

/** BGP neighbours and prefixes. */
export const bgp: readonly BoundReader[] = [
  reads(bgpPeer, bgpPeerReader(asker), 'transcript'),
  reads(bgpPrefix, bgpPrefixReader(asker), 'transcript'),
]
