import { describe, expect, it } from 'vitest'
import { type OspfNeighbourFacts, ospfNeighbour } from '../../../src/evaluation/command-modules/ospf-neighbour.ts'
import { type OspfRouteEntry, type OspfRouteFacts, ospfRoute } from '../../../src/evaluation/command-modules/ospf-route.ts'
import { type OspfInterface, type OspfNeighbour, type OspfRouter, parseArea, parseOspfState } from '../../../src/evaluation/ospf.ts'
import { type Judgement, judgementSchema } from '../../../src/evaluation/verdict.ts'

const told = ({ verdict, reason }: Judgement) => `${verdict} ${reason.code}`

const neighbour = (parts: Partial<OspfNeighbour> = {}): OspfNeighbour => ({
  ...{ routerId: '2.2.2.2', address: '10.0.12.2', port: 'GigabitEthernet0/1', state: 'full', role: null },
  ...parts,
})
const end = (parts: Partial<OspfInterface> = {}): OspfInterface => ({
  ...{ port: 'GigabitEthernet0/1', address: '10.0.12.1', prefixLength: 30, area: '0', up: true, networkType: 'broadcast', role: null },
  ...{ helloMs: 10_000, deadMs: 40_000, mtu: 1500, ignoresMtu: false, passive: false, authentication: 'none' },
  ...parts,
})
const router = (routerId: string, ...interfaces: OspfInterface[]): OspfRouter => ({ routerId, interfaces, downPorts: [] })

const facts = (neighbours: readonly OspfNeighbour[], parts: Partial<OspfNeighbourFacts> = {}): OspfNeighbourFacts => ({
  neighbours,
  addresses: ['10.0.12.2', '172.16.2.2'],
  own: null,
  far: null,
  ...parts,
})

function judge(params: Record<string, unknown>, ...rounds: OspfNeighbourFacts[]): Judgement {
  const all = rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one }))
  return judgementSchema.parse(ospfNeighbour.judge(all, ospfNeighbour.params.parse(params)))
}

describe('an OSPF neighbour', () => {
  it('is told by the address that the device has on the link, and by its router id', () => {
    expect(told(judge({ neighbour: 'R2' }, facts([neighbour()])))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ neighbour: 'R2' }, facts([neighbour({ address: '10.0.12.20' })])))).toBe('fail OSPF_NEIGHBOUR_ABSENT')
    expect(told(judge({ routerId: '2.2.2.2' }, facts([neighbour()])))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ routerId: '2.2.2.22' }, facts([neighbour()])))).toBe('fail OSPF_NEIGHBOUR_ABSENT')
  })

  it('may be one of several links to the same router', () => {
    const links = [neighbour({ state: 'init' }), neighbour({ port: 'GigabitEthernet0/2' })]
    expect(told(judge({ routerId: '2.2.2.2', interface: 'Gi0/2' }, facts(links)))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ routerId: '2.2.2.2', interface: 'Gi0/1' }, facts(links)))).toBe('fail OSPF_NEIGHBOUR_STATE')
  })

  it('stays at 2-Way where both are neither DR nor BDR', () => {
    const other = neighbour({ state: '2-way', role: 'DROTHER' })
    const own = (role: OspfInterface['role']) => ({ own: router('1.1.1.1', end({ role })) })
    expect(told(judge({ neighbour: 'R2' }, facts([other], own('DROTHER'))))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ neighbour: 'R2' }, facts([other], own('BDR'))))).toBe('fail OSPF_NEIGHBOUR_STATE')
    expect(told(judge({ neighbour: 'R2', state: 'two_way' }, facts([other])))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ neighbour: 'R2', state: 'any_adjacent' }, facts([other])))).toBe('pass OSPF_NEIGHBOUR')
  })

  it('counts in its area, however that is written', () => {
    const known = facts([neighbour()], { own: router('1.1.1.1', end({ area: '1' })) })
    expect(told(judge({ neighbour: 'R2', area: '0.0.0.1' }, known))).toBe('pass OSPF_NEIGHBOUR')
    expect(told(judge({ neighbour: 'R2', area: 10 }, known))).toBe('fail OSPF_AREA')
  })

  it('that must not be there fails in any round and in any state', () => {
    const away = { neighbour: 'R2', absent: true }
    expect(told(judge(away, facts([]), facts([])))).toBe('pass OSPF_NEIGHBOUR_AWAY')
    expect(told(judge(away, facts([neighbour({ state: 'init' })]), facts([])))).toBe('fail OSPF_NEIGHBOUR_FORBIDDEN')
    const nameless = facts([neighbour()], { addresses: [] })
    expect(told(judge(away, nameless))).toBe('inconclusive TARGET_WITHOUT_ADDRESS')
  })

  it('must be described by something', () => {
    expect(ospfNeighbour.readParams({ state: 'full' })).toHaveProperty('issues')
    expect(ospfNeighbour.readParams({ routerId: '2.2.2' })).toHaveProperty('issues')
    expect(ospfNeighbour.readParams({ neighbour: 'R2', area: 'backbone' })).toHaveProperty('issues')
  })
})

describe('why two routers are no OSPF neighbours', () => {
  const far = (parts: Partial<OspfInterface> = {}) => end({ port: 'Gi0/0', address: '10.0.12.2', ...parts })
  const missing = (own: OspfInterface, other: OspfInterface, ids = ['1.1.1.1', '2.2.2.2']) =>
    told(judge({ neighbour: 'R2' }, facts([], { own: router(ids[0] ?? '', own), far: router(ids[1] ?? '', other) })))

  it.each<[string, Partial<OspfInterface>, Partial<OspfInterface>]>([
    ['OSPF_AREA_DIFFERS', { area: '0' }, { area: '1' }],
    ['OSPF_MASK_DIFFERS', { prefixLength: 30 }, { prefixLength: 29 }],
    ['OSPF_HELLO_DIFFERS', {}, { helloMs: 5_000 }],
    ['OSPF_DEAD_DIFFERS', {}, { deadMs: 20_000 }],
    ['OSPF_AUTHENTICATION_DIFFERS', {}, { authentication: 'digest' }],
    ['OSPF_NETWORK_TYPE_DIFFERS', {}, { networkType: 'point-to-point' }],
    ['OSPF_MTU_DIFFERS', {}, { mtu: 1400 }],
    ['OSPF_PASSIVE', { passive: true }, {}],
    ['OSPF_OTHER_PASSIVE', {}, { passive: true }],
    ['OSPF_INTERFACE_DOWN', { up: false }, {}],
    ['OSPF_OTHER_INTERFACE_DOWN', {}, { up: false }],
    ['OSPF_OTHER_NOT_ON_LINK', {}, { address: '192.168.0.1' }],
  ])('is told: %s', (code, own, other) => {
    expect(missing(end(own), far(other))).toMatch(new RegExp(`^fail ${code}$`))
  })

  it('is told: the same router id', () => {
    expect(missing(end(), far(), ['1.1.1.1', '1.1.1.1'])).toBe('fail OSPF_SAME_ROUTER_ID')
  })

  it('names both values', () => {
    const both = { own: router('1.1.1.1', end()), far: router('2.2.2.2', far({ helloMs: 5_000 })) }
    expect(judge({ neighbour: 'R2' }, facts([], both)).reason.data).toMatchObject({
      own: 10,
      other: 5,
      port: 'GigabitEthernet0/1',
      otherPort: 'Gi0/0',
    })
  })

  it('is no mask on a point-to-point link, and no MTU that both put up with', () => {
    const link = { networkType: 'point-to-point' as const }
    expect(missing(end({ ...link, prefixLength: 31 }), far({ ...link, prefixLength: 30 }))).toBe('fail OSPF_NEIGHBOUR_ABSENT')
    expect(missing(end({ ignoresMtu: true }), far({ ignoresMtu: true, mtu: 1400 }))).toBe('fail OSPF_NEIGHBOUR_ABSENT')
  })

  it('is no fault where the platform does not show a value', () => {
    expect(missing(end({ mtu: null, authentication: null }), far({ mtu: 1400, authentication: 'digest' }))).toBe(
      'fail OSPF_NEIGHBOUR_ABSENT',
    )
  })

  it('is OSPF that is off at one end', () => {
    const judged = (own: OspfRouter, other: OspfRouter | null) => told(judge({ neighbour: 'R2' }, facts([], { own, far: other })))
    expect(judged(router('1.1.1.1'), null)).toBe('fail OSPF_OFF')
    expect(judged(router('1.1.1.1', end()), router('2.2.2.2'))).toBe('fail OSPF_OTHER_OFF')
  })
})

describe('an OSPF route', () => {
  const entry = (parts: Partial<OspfRouteEntry> = {}): OspfRouteEntry => ({
    ...{ type: 'intra', cost: 20, area: '0', nextHops: [{ address: '10.0.12.2', port: 'eth1', through: [] }] },
    ...parts,
  })
  const shown = (one: OspfRouteEntry | null, parts: Partial<OspfRouteFacts> = {}): OspfRouteFacts => ({
    ...{ entry: one, usedProtocol: null, via: [] },
    ...parts,
  })
  function judgeRoute(params: Record<string, unknown>, ...rounds: OspfRouteFacts[]): string {
    const all = rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one }))
    return told(judgementSchema.parse(ospfRoute.judge(all, ospfRoute.params.parse({ prefix: '10.2.2.0/24', ...params }))))
  }

  it('is compared by type, area, cost and next hops', () => {
    expect(judgeRoute({ type: 'intra', area: '0.0.0.0', cost: 20 }, shown(entry()))).toBe('pass OSPF_ROUTE')
    expect(judgeRoute({ type: 'inter' }, shown(entry()))).toBe('fail OSPF_ROUTE_TYPE')
    expect(judgeRoute({ area: 1 }, shown(entry()))).toBe('fail OSPF_ROUTE_AREA')
    expect(judgeRoute({ cost: 2 }, shown(entry()))).toBe('fail OSPF_ROUTE_COST')
    const via = [{ name: '10.0.12.20', addresses: ['10.0.12.20'], port: null }]
    expect(judgeRoute({ via: ['10.0.12.20'] }, shown(entry(), { via }))).toBe('fail OSPF_ROUTE_VIA')
  })

  it('is not there, or another protocol has the prefix', () => {
    expect(judgeRoute({}, shown(null))).toBe('fail OSPF_ROUTE_ABSENT')
    expect(judgeRoute({}, shown(null, { usedProtocol: 'static' }))).toBe('fail OSPF_ROUTE_OUTRANKED')
  })

  it('that must not be there is seen in any round', () => {
    expect(judgeRoute({ state: 'absent' }, shown(null), shown(entry()), shown(null))).toBe('fail OSPF_ROUTE_FORBIDDEN')
    expect(judgeRoute({ state: 'absent', type: 'e2' }, shown(entry()))).toBe('pass OSPF_ROUTE_AWAY')
  })
})

describe('spellings of OSPF', () => {
  it('of states', () => {
    expect(['FULL', 'Full', '2WAY', '2-Way', 'Two-Way', 'EXSTART', 'ExStart', 'Dreaming'].map(parseOspfState)).toEqual([
      ...['full', 'full', '2-way', '2-way', '2-way', 'exstart', 'exstart', undefined],
    ])
  })

  it('of areas', () => {
    expect(['0', '0.0.0.0', '0.0.0.1', '10', '10.0.0.0', '167772160', 'x', '4294967296'].map(parseArea)).toEqual([
      ...['0', '0', '1', '10', '10.0.0.0', '10.0.0.0', undefined, undefined],
    ])
  })
})
