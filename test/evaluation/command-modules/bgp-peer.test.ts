import { describe, expect, it } from 'vitest'
import { type BgpPeer, type BgpPeerFacts, bgpPeer } from '../../../src/evaluation/command-modules/bgp-peer.ts'

const peer = (address: string, more: Partial<BgpPeer> = {}): BgpPeer => ({
  address,
  remoteAs: 65002,
  state: 'established',
  isFamilyUp: true,
  prefixes: 2,
  ...more,
})

const facts = (peers: readonly BgpPeer[], more: Partial<BgpPeerFacts> = {}): BgpPeerFacts => ({
  isRunning: true,
  localAs: 65001,
  peers,
  neighbour: { name: 'R2', addresses: ['10.0.12.2', '10.255.0.2'] },
  allowed: [],
  fault: null,
  ...more,
})

const judge = (raw: object, ...rounds: BgpPeerFacts[]) => {
  const { verdict, reason } = bgpPeer.judge(
    rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one })),
    bgpPeer.params.parse({ neighbour: 'R2', ...raw }),
  )
  return [verdict, reason.code]
}

describe('a BGP neighbour', () => {
  it('is found by any address of the device, and by the whole address only', () => {
    expect(judge({}, facts([peer('10.255.0.2')]))).toEqual(['pass', 'BGP_PEER_UP'])
    expect(judge({}, facts([peer('10.0.12.22')]))).toEqual(['fail', 'BGP_PEER_MISSING'])
  })

  it('is the session that is up, where there are two with the device', () => {
    expect(judge({}, facts([peer('10.0.12.2', { state: 'active' }), peer('10.255.0.2')]))).toEqual(['pass', 'BGP_PEER_UP'])
  })

  it('counts AS 65002 written with a dot as the same', () => {
    expect(judge({ remoteAs: '0.65002' }, facts([peer('10.0.12.2')]))).toEqual(['pass', 'BGP_PEER_UP'])
    expect(judge({ remoteAs: 65 }, facts([peer('10.0.12.2')]))).toEqual(['fail', 'BGP_PEER_WRONG_AS'])
  })

  it('that is up without the address family fails', () => {
    expect(judge({}, facts([peer('10.0.12.2', { isFamilyUp: false, prefixes: 0 })]))).toEqual(['fail', 'BGP_PEER_WITHOUT_FAMILY'])
  })

  it('with no AS shown is undecided when one is asked for', () => {
    expect(judge({ remoteAs: 65002 }, facts([peer('10.0.12.2', { remoteAs: null })]))).toEqual(['inconclusive', 'BGP_PEER_AS_UNKNOWN'])
  })

  it('that no neighbour must be beside counts only those named as allowed', () => {
    const both = [peer('10.0.12.2'), peer('10.0.13.3')]
    expect(judge({ noExtra: true }, facts(both))).toEqual(['fail', 'BGP_PEER_EXTRA'])
    const allowed = [{ name: 'R3', addresses: ['10.0.13.3'] }]
    expect(judge({ noExtra: true, allowed: ['R3'] }, facts(both, { allowed }))).toEqual(['pass', 'BGP_PEER_UP'])
  })

  it('that must be absent fails when it was there in one round', () => {
    expect(judge({ absent: true }, facts([peer('10.0.12.2', { state: 'idle' })]), facts([]))).toEqual(['fail', 'BGP_PEER_PRESENT'])
    expect(judge({ absent: true }, facts([]), facts([]))).toEqual(['pass', 'BGP_PEER_AWAY'])
  })

  it('that must be down fails when it was up in one round, and when nobody configured it', () => {
    const down = facts([peer('10.0.12.2', { state: 'active' })])
    expect(judge({ state: 'down' }, facts([peer('10.0.12.2')]), down)).toEqual(['fail', 'BGP_PEER_STILL_UP'])
    expect(judge({ state: 'down' }, down)).toEqual(['pass', 'BGP_PEER_DOWN'])
    expect(judge({ state: 'down' }, facts([]))).toEqual(['fail', 'BGP_NO_PEERS'])
  })

  it('without an address is missing, and undecided where it must be absent among others', () => {
    const neighbour = { name: 'R2', addresses: [] }
    expect(judge({}, facts([peer('10.0.13.3')], { neighbour }))).toEqual(['fail', 'TARGET_WITHOUT_ADDRESS'])
    expect(judge({ absent: true }, facts([peer('10.0.13.3')], { neighbour }))).toEqual(['inconclusive', 'TARGET_WITHOUT_ADDRESS'])
  })

  it('refuses parameters that contradict one another', () => {
    const isRight = (raw: object) => bgpPeer.params.safeParse({ neighbour: 'R2', ...raw }).success
    expect(isRight({ absent: true, remoteAs: 65002 })).toBe(false)
    expect(isRight({ allowed: ['R3'] })).toBe(false)
    expect(isRight({ afi: 'ipv6' })).toBe(false)
    expect(isRight({ remoteAs: 0 })).toBe(false)
    expect(isRight({ remoteAs: 4_294_967_296 })).toBe(false)
    expect(isRight({ remoteAs: '65002; reload' })).toBe(false)
  })
})
