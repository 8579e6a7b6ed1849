import { describe, expect, it } from 'vitest'
import { type RouteEntry, type RouteFacts, route } from '../../../src/evaluation/command-modules/route.ts'
import { type Judgement, judgementSchema } from '../../../src/evaluation/verdict.ts'

const hop = (address: string | null, port: string | null = null) => ({ address, port, through: [] })

const entry = (parts: Partial<RouteEntry> = {}): RouteEntry => ({
  protocol: 'ospf',
  selected: true,
  installed: true,
  type: 'forward',
  metric: 20,
  ad: 110,
  nextHops: [hop('10.0.12.2', 'GigabitEthernet0/1')],
  ...parts,
})

const facts = (entries: readonly RouteEntry[], parts: Partial<RouteFacts> = {}): RouteFacts => ({
  entries,
  instead: null,
  isVrfMissing: false,
  via: [],
  ...parts,
})

const address = (name: string) => ({ name, addresses: [name], port: null })

function judge(params: Record<string, unknown>, ...rounds: RouteFacts[]): Judgement {
  const all = rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one }))
  return judgementSchema.parse(route.judge(all, route.params.parse({ prefix: '10.2.2.0/24', ...params })))
}

const told = ({ verdict, reason }: Judgement) => `${verdict} ${reason.code}`

describe('a route that must be there', () => {
  it('passes as the best one of the table', () => {
    expect(told(judge({ protocol: 'ospf', metric: 20, ad: 110, table: 'fib' }, facts([entry()])))).toBe('pass ROUTE_PRESENT')
  })

  it('is judged as it is at last, not as it was', () => {
    expect(told(judge({}, facts([]), facts([entry()])))).toBe('pass ROUTE_PRESENT')
    expect(told(judge({}, facts([entry()]), facts([])))).toBe('fail ROUTE_ABSENT')
  })

  it('names the route with another mask to the same network', () => {
    const judged = judge({}, facts([], { instead: '10.2.2.0/25' }))
    expect(told(judged)).toBe('fail ROUTE_LENGTH')
    expect(judged.reason.data).toMatchObject({ prefix: '10.2.2.0/24', instead: '10.2.2.0/25' })
  })

  it('names the route that covers it, which is not it', () => {
    expect(told(judge({}, facts([], { instead: '10.0.0.0/2' })))).toBe('fail ROUTE_COVERED')
    expect(told(judge({ prefix: '0.0.0.0/8' }, facts([], { instead: '0.0.0.0/0' })))).toBe('fail ROUTE_COVERED')
  })

  it('is not there when the table has it but uses none', () => {
    expect(told(judge({}, facts([entry({ selected: false })])))).toBe('fail ROUTE_UNUSED')
  })

  it('says which one is preferred to it', () => {
    const both = [entry({ protocol: 'static', ad: 1 }), entry({ selected: false })]
    const judged = judge({ protocol: 'ospf' }, facts(both))
    expect(told(judged)).toBe('fail ROUTE_OUTRANKED')
    expect(judged.reason.data).toMatchObject({ protocol: 'ospf', foundProtocol: 'static' })
  })

  it('forwards packets, unless it must throw them away', () => {
    const dropped = facts([entry({ type: 'blackhole', nextHops: [] })])
    expect(told(judge({}, dropped))).toBe('fail ROUTE_DISCARDS')
    expect(told(judge({ type: 'discard' }, dropped))).toBe('pass ROUTE_PRESENT')
    expect(told(judge({ type: 'unreachable' }, dropped))).toBe('fail ROUTE_TYPE')
  })

  it('is in the forwarding table where that is asked for', () => {
    expect(told(judge({ table: 'fib' }, facts([entry({ installed: false })])))).toBe('fail ROUTE_NOT_INSTALLED')
    expect(told(judge({}, facts([entry({ installed: false })])))).toBe('pass ROUTE_PRESENT')
  })

  it('is absent with a VRF that the device does not have', () => {
    expect(told(judge({ vrf: 'RED' }, facts([], { isVrfMissing: true })))).toBe('fail ROUTE_VRF_MISSING')
  })
})

describe('next hops', () => {
  const two = entry({ nextHops: [hop('10.0.12.2', 'GigabitEthernet0/1'), hop('10.0.13.3', 'GigabitEthernet0/2')] })
  const judgeVia = (viaMode: string, via: RouteFacts['via']) =>
    told(judge({ via: via.map(({ name }) => name), viaMode }, facts([two], { via })))

  it('are all used, and others may be', () => {
    expect(judgeVia('all', [address('10.0.12.2')])).toBe('pass ROUTE_PRESENT')
    expect(judgeVia('all', [address('10.0.12.2'), address('10.0.14.4')])).toBe('fail ROUTE_VIA')
  })

  it('are used or not where any will do', () => {
    expect(judgeVia('any', [address('10.0.14.4'), address('10.0.13.3')])).toBe('pass ROUTE_PRESENT')
    expect(judgeVia('any', [address('10.0.14.4')])).toBe('fail ROUTE_VIA')
  })

  it('are these and no others', () => {
    expect(judgeVia('exact', [address('10.0.12.2'), address('10.0.13.3')])).toBe('pass ROUTE_PRESENT')
    expect(judgeVia('exact', [address('10.0.12.2')])).toBe('fail ROUTE_VIA_EXTRA')
  })

  it('are told apart by value: 10.0.12.2 is no beginning of 10.0.12.20', () => {
    const near = facts([entry({ nextHops: [hop('10.0.12.20', null)] })], { via: [address('10.0.12.2')] })
    expect(told(judge({ via: ['10.0.12.2'] }, near))).toBe('fail ROUTE_VIA')
  })

  it('may be a device by any of its addresses, or an interface by its short name', () => {
    const device = { name: 'R2', addresses: ['172.16.2.2', '10.0.12.2'], port: null }
    expect(judgeVia('exact', [device, { name: 'Gi0/2', addresses: [], port: 'Gi0/2' }])).toBe('pass ROUTE_PRESENT')
  })

  it('may be what a route several hops away is resolved to', () => {
    const recursive = entry({ nextHops: [{ address: '172.16.2.2', port: null, through: [hop('10.0.12.2', 'eth1')] }] })
    for (const name of ['172.16.2.2', '10.0.12.2']) {
      expect(told(judge({ via: [name], viaMode: 'exact' }, facts([recursive], { via: [address(name)] })))).toBe('pass ROUTE_PRESENT')
    }
  })

  it('name devices, but not the own interfaces', () => {
    const read = route.readParams({ prefix: '10.2.2.0/24', via: ['R2', 'SW1:Vlan10', 'eth0', 'Gi0/1', 'ge-0/0/0.0', 'lo', '10.0.0.1'] })
    expect(read).toMatchObject({ reading: { devices: ['R2', 'SW1'] } })
  })
})

describe('a route that must not be there', () => {
  const absent = { state: 'absent' }

  it('passes only when no round shows it', () => {
    expect(told(judge(absent, facts([]), facts([])))).toBe('pass ROUTE_AWAY')
    expect(told(judge(absent, facts([]), facts([entry()]), facts([])))).toBe('fail ROUTE_FORBIDDEN')
  })

  it('may be there in another way than the forbidden one', () => {
    expect(told(judge({ ...absent, protocol: 'static' }, facts([entry()])))).toBe('pass ROUTE_AWAY')
    expect(told(judge({ ...absent, via: ['10.0.13.3'] }, facts([entry()], { via: [address('10.0.13.3')] })))).toBe('pass ROUTE_AWAY')
    expect(told(judge({ ...absent, via: ['10.0.12.2'] }, facts([entry()], { via: [address('10.0.12.2')] })))).toBe('fail ROUTE_FORBIDDEN')
  })

  it('is undecided where the VRF is missing or a forbidden next hop has no address', () => {
    expect(told(judge({ ...absent, vrf: 'RED' }, facts([], { isVrfMissing: true })))).toBe('inconclusive ROUTE_VRF_MISSING')
    const nameless = facts([entry()], { via: [{ name: 'R3', addresses: [], port: null }] })
    expect(told(judge({ ...absent, via: ['R3'] }, nameless))).toBe('inconclusive TARGET_WITHOUT_ADDRESS')
  })
})

describe('the parameters', () => {
  it.each([
    ['host bits', { prefix: '10.2.2.1/24' }],
    ['a second command', { prefix: '10.2.2.0/24; reload' }],
    ['a VRF with a blank', { vrf: 'RED | json' }],
    ['next hops of a route that drops', { type: 'blackhole', via: ['10.0.0.1'] }],
  ])('refuse %s', (_what, params) => {
    expect(route.readParams({ prefix: '10.2.2.0/24', ...params })).toHaveProperty('issues')
  })
})
