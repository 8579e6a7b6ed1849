import { describe, expect, it } from 'vitest'
import { type IsisAdjacency, type IsisNeighbourFacts, isisNeighbour } from '../../../src/evaluation/command-modules/isis-neighbour.ts'

const adjacency = (more: Partial<IsisAdjacency> = {}): IsisAdjacency => ({
  systemId: '0000.0000.0002',
  name: 'R2',
  port: 'GigabitEthernet0/1',
  state: 'up',
  level: 'level-2',
  areas: ['49.0001'],
  addresses: ['10.0.12.2'],
  ...more,
})

const facts = (adjacencies: readonly IsisAdjacency[], more: Partial<IsisNeighbourFacts> = {}): IsisNeighbourFacts => ({
  isRunning: true,
  adjacencies,
  addresses: ['10.0.12.2', '10.255.0.2'],
  ...more,
})

const judge = (raw: object, ...rounds: IsisNeighbourFacts[]) => {
  const { verdict, reason } = isisNeighbour.judge(
    rounds.map((one, index) => ({ startedAfterMs: index * 1_000, facts: one })),
    isisNeighbour.params.parse({ neighbour: 'R2', ...raw }),
  )
  return [verdict, reason.code]
}

describe('an IS-IS neighbour', () => {
  it('is a device by its addresses, whatever name it announces', () => {
    expect(judge({}, facts([adjacency({ name: 'router' })]))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({}, facts([adjacency({ name: 'R2', addresses: ['10.0.13.3'] })]))).toEqual(['fail', 'ISIS_NEIGHBOUR_MISSING'])
  })

  it('is a device by its name where the platform shows no addresses', () => {
    expect(judge({}, facts([adjacency({ addresses: null })]))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({}, facts([adjacency({ addresses: null, name: 'R22' })]))).toEqual(['inconclusive', 'ISIS_WHO_IS_WHO'])
    expect(judge({ absent: true }, facts([adjacency({ addresses: null, name: 'R22' })]))).toEqual(['inconclusive', 'ISIS_WHO_IS_WHO'])
  })

  it('is found by its system id in any case of letters', () => {
    const found = facts([adjacency({ systemId: '00aa.0000.0002' })])
    expect(judge({ neighbour: '00AA.0000.0002' }, found)).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({ neighbour: '00AA.0000.0003' }, found)).toEqual(['fail', 'ISIS_NEIGHBOUR_MISSING'])
  })

  it('is undecided by its system id where names hide which is whose', () => {
    const hidden = facts([adjacency({ systemId: null })])
    expect(judge({ neighbour: '0000.0000.0002' }, hidden)).toEqual(['inconclusive', 'ISIS_WHO_IS_WHO'])
    expect(judge({ neighbour: '0000.0000.0002', absent: true }, hidden)).toEqual(['inconclusive', 'ISIS_WHO_IS_WHO'])
  })

  it('has both levels in two adjacencies of a LAN, or in one of a link', () => {
    const lan = [adjacency({ level: 'level-1' }), adjacency({ level: 'level-2' })]
    expect(judge({ level: 'level-1-2' }, facts(lan))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({ level: 'level-1' }, facts([adjacency({ level: 'level-1-2' })]))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({ level: 'level-1-2' }, facts([adjacency()]))).toEqual(['fail', 'ISIS_OTHER_LEVEL'])
  })

  it('has an interface by its abbreviation, but not by a part of its number', () => {
    expect(judge({ interface: 'Gi0/1' }, facts([adjacency()]))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
    expect(judge({ interface: 'Gi0/1' }, facts([adjacency({ port: 'GigabitEthernet0/11' })]))).toEqual(['fail', 'ISIS_OTHER_INTERFACE'])
  })

  it('in another area, or in one that is not shown', () => {
    expect(judge({ area: '49.0001' }, facts([adjacency({ areas: ['49.00'] })]))).toEqual(['fail', 'ISIS_OTHER_AREA'])
    expect(judge({ area: '49.0001' }, facts([adjacency({ areas: null })]))).toEqual(['inconclusive', 'ISIS_AREA_UNKNOWN'])
  })

  it('that only initializes is not up', () => {
    expect(judge({}, facts([adjacency({ state: 'initializing' })]))).toEqual(['fail', 'ISIS_OTHER_STATE'])
    expect(judge({ state: 'initializing' }, facts([adjacency({ state: 'initializing' })]))).toEqual(['pass', 'ISIS_NEIGHBOUR_UP'])
  })

  it('that must be absent fails when it was there in one round, but not when it was already gone', () => {
    expect(judge({ absent: true }, facts([adjacency({ state: 'initializing' })]), facts([]))).toEqual(['fail', 'ISIS_NEIGHBOUR_PRESENT'])
    expect(judge({ absent: true }, facts([adjacency({ state: 'down' })]))).toEqual(['pass', 'ISIS_NEIGHBOUR_AWAY'])
  })

  it('refuses what is neither a device nor a system id, and what is no area', () => {
    const isRight = (raw: object) => isisNeighbour.params.safeParse({ neighbour: 'R2', ...raw }).success
    expect(isRight({ neighbour: '10.0.12.2' })).toBe(false)
    expect(isRight({ neighbour: 'R2; reload' })).toBe(false)
    expect(isRight({ area: '49.1' })).toBe(false)
    expect(isRight({ absent: true, level: 'level-1' })).toBe(false)
  })
})
