import { z } from 'zod'
import { isAddress, sameAddress } from '../addresses.ts'
import { asNumberSchema } from '../as-number.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export const bgpFamilies = ['ipv4', 'ipv6'] as const
export type BgpFamily = (typeof bgpFamilies)[number]

/** The states of RFC 4271; `shutdown` is Idle because somebody shut the neighbour down. */
export const bgpStates = ['established', 'idle', 'connect', 'active', 'open-sent', 'open-confirm', 'shutdown'] as const
export type BgpState = (typeof bgpStates)[number]

/** What the device itself shows as the cause of a session that does not come up. */
export const bgpFaults = ['bad-as', 'no-route', 'authentication'] as const
export type BgpFault = (typeof bgpFaults)[number]

export interface BgpPeer {
  /** Its address, or the interface of an unnumbered neighbour. */
  readonly address: string
  /** Null where the device does not show it. */
  readonly remoteAs: number | null
  readonly state: BgpState
  /** False when the session is up, but the address family was not agreed on. */
  readonly isFamilyUp: boolean
  /** Prefixes received; null where the device does not show it. */
  readonly prefixes: number | null
}

/** A device or an address, with the addresses that stand for it. */
export interface NamedPeer {
  readonly name: string
  readonly addresses: readonly string[]
}

export interface BgpPeerFacts {
  /** False when no BGP runs on the device. */
  readonly isRunning: boolean
  readonly localAs: number | null
  /** All neighbours of the address family. */
  readonly peers: readonly BgpPeer[]
  readonly neighbour: NamedPeer
  /** Others that may be there, with `noExtra`. */
  readonly allowed: readonly NamedPeer[]
  /** Asked for where the neighbour is not up. */
  readonly fault: BgpFault | null
}

export const bgpPeerParams = z
  .strictObject({
    neighbour: targetSchema,
    remoteAs: asNumberSchema.optional(),
    /** The states other than Established follow one another all the time: only up or down can be asked for. */
    state: z.enum(['established', 'down']).default('established'),
    /** The address family that routes are exchanged of (unicast). */
    afi: z.enum(bgpFamilies).default('ipv4'),
    /** It must not be configured at all. */
    absent: z.boolean().default(false),
    /** No neighbours but this one and those of `allowed`. */
    noExtra: z.boolean().default(false),
    allowed: z.array(targetSchema).max(32).default([]),
  })
  .refine(({ allowed, noExtra }) => allowed.length === 0 || noExtra, { error: 'exerciseProblems.onlyForNoExtra', path: ['allowed'] })
  .refine(({ absent, noExtra, remoteAs, state }) => !absent || (!noExtra && remoteAs === undefined && state === 'established'), {
    error: 'exerciseProblems.absentAlone',
    path: ['absent'],
  })
  // not every platform shows its IPv6 addresses where names are resolved
  .refine(({ afi, neighbour, allowed }) => afi === 'ipv4' || [neighbour, ...allowed].every(isAddress), {
    error: 'exerciseProblems.addressForIpv6',
    path: ['neighbour'],
  })
export type BgpPeerParams = z.infer<typeof bgpPeerParams>

const isOf = (peer: BgpPeer, { addresses }: NamedPeer): boolean => addresses.some((address) => sameAddress(address, peer.address))

/** Of several sessions with one device, the one that is nearest to what is asked for. */
function findPeer({ peers, neighbour }: BgpPeerFacts, { remoteAs }: BgpPeerParams): BgpPeer | undefined {
  const worth = (peer: BgpPeer): number => (peer.state === 'established' ? 2 : 0) + (peer.remoteAs === remoteAs ? 1 : 0)
  return peers.filter((peer) => isOf(peer, neighbour)).sort((one, other) => worth(other) - worth(one))[0]
}

/** Names, the same in every language. */
const familyNames: Record<BgpFamily, string> = { ipv4: 'IPv4', ipv6: 'IPv6' }

const show = ({ address, remoteAs }: BgpPeer): string => (remoteAs === null ? address : `${address} (AS ${remoteAs})`)

const peerData = ({ neighbour }: BgpPeerFacts, { address, remoteAs, state, prefixes }: BgpPeer, { afi }: BgpPeerParams): ReasonData => ({
  neighbour: neighbour.name,
  address,
  foundAs: remoteAs ?? '?',
  foundState: state,
  prefixes: prefixes ?? '?',
  afi: familyNames[afi],
})

function explainMissing(facts: BgpPeerFacts, params: BgpPeerParams): Judgement {
  const { neighbour, isRunning, peers } = facts
  const data: ReasonData = { neighbour: neighbour.name, afi: familyNames[params.afi] }
  if (!isRunning) return fail('BGP_NOT_RUNNING', 'absent', data)
  if (neighbour.addresses.length === 0) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: neighbour.name })
  if (peers.length === 0) return fail('BGP_NO_PEERS', 'absent', data)
  return fail('BGP_PEER_MISSING', 'absent', { ...data, peers: peers.map(show) })
}

const faultReasons: Record<BgpFault, string> = {
  'bad-as': 'BGP_PEER_BAD_AS',
  'no-route': 'BGP_PEER_NO_ROUTE',
  authentication: 'BGP_PEER_AUTHENTICATION',
}

function explainDown(fault: BgpFault | null, peer: BgpPeer, data: ReasonData): Judgement {
  if (peer.state === 'shutdown') return fail('BGP_PEER_SHUTDOWN', 'wrong-value', data)
  return fail(fault === null ? 'BGP_PEER_NOT_UP' : faultReasons[fault], 'unreachable', data)
}

function judgeUp(facts: BgpPeerFacts, params: BgpPeerParams): Judgement {
  const peer = findPeer(facts, params)
  if (peer === undefined) return explainMissing(facts, params)
  const data = peerData(facts, peer, params)
  const { remoteAs } = params
  if (remoteAs !== undefined && peer.remoteAs !== null && peer.remoteAs !== remoteAs) {
    return fail('BGP_PEER_WRONG_AS', 'wrong-value', { ...data, remoteAs })
  }
  if (peer.state !== 'established') return explainDown(facts.fault, peer, data)
  if (!peer.isFamilyUp) return fail('BGP_PEER_WITHOUT_FAMILY', 'wrong-value', data)
  if (remoteAs !== undefined && peer.remoteAs === null) return inconclusive('BGP_PEER_AS_UNKNOWN', 'infrastructure', data)
  return judgeExtra(facts, params) ?? pass('BGP_PEER_UP', data)
}

function judgeExtra({ peers, neighbour, allowed }: BgpPeerFacts, { noExtra, afi }: BgpPeerParams): Judgement | undefined {
  if (!noExtra) return undefined
  const extra = peers.filter((peer) => ![neighbour, ...allowed].some((named) => isOf(peer, named)))
  return extra.length === 0 ? undefined : fail('BGP_PEER_EXTRA', 'forbidden-state', { extra: extra.map(show), afi: familyNames[afi] })
}

/** Holds over the whole window: a neighbour that was there, or up, in one round is a fail. */
function judgeNegative(rounds: readonly Round<BgpPeerFacts>[], params: BgpPeerParams): Judgement {
  for (const { facts } of rounds) {
    const forbidden = facts.peers.find((peer) => isOf(peer, facts.neighbour) && (params.absent || peer.state === 'established'))
    if (forbidden === undefined) continue
    return fail(params.absent ? 'BGP_PEER_PRESENT' : 'BGP_PEER_STILL_UP', 'forbidden-state', peerData(facts, forbidden, params))
  }
  const last = lastRound(rounds)
  const nameless = rounds.some(({ facts }) => facts.neighbour.addresses.length === 0)
  if (nameless && last.peers.length > 0) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: last.neighbour.name })
  const data: ReasonData = { neighbour: last.neighbour.name, afi: familyNames[params.afi] }
  if (params.absent) return pass('BGP_PEER_AWAY', data)
  return judgeDown(last, params)
}

/** A session that must be down is one that is configured: a device without it shows nothing. */
function judgeDown(facts: BgpPeerFacts, params: BgpPeerParams): Judgement {
  const peer = findPeer(facts, params)
  if (peer === undefined) return explainMissing(facts, params)
  const data = peerData(facts, peer, params)
  const { remoteAs } = params
  if (remoteAs !== undefined && peer.remoteAs !== remoteAs) return fail('BGP_PEER_WRONG_AS', 'wrong-value', { ...data, remoteAs })
  return judgeExtra(facts, params) ?? pass('BGP_PEER_DOWN', data)
}

/** A BGP session: with whom, in which AS, up or not, and for which addresses. An established session may carry no prefix: that is bgp_prefix. */
export const bgpPeer = defineCommandModule<BgpPeerFacts>()({
  name: 'bgp_peer',
  layer: 'neighbour',
  params: bgpPeerParams,
  defaultWithinSeconds: 90,
  isNegative: ({ absent, state }) => absent || state === 'down',
  devicesIn: ({ neighbour, allowed }) => devicesOfTargets(neighbour, ...allowed),
  expected: ({ neighbour, afi: family, absent, state, remoteAs }) => {
    const afi = familyNames[family]
    if (absent) return { code: 'BGP_PEER_AWAY', data: { neighbour, afi } }
    if (state === 'down') return { code: 'BGP_PEER_DOWN', data: { neighbour, afi } }
    if (remoteAs === undefined) return { code: 'BGP_PEER_UP', data: { neighbour, afi } }
    return { code: 'BGP_PEER_UP_IN_AS', data: { neighbour, afi, remoteAs } }
  },
  judge: (rounds, params) =>
    params.absent || params.state === 'down' ? judgeNegative(rounds, params) : judgeUp(lastRound(rounds), params),
})
