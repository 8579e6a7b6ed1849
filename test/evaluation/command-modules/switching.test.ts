import { describe, expect, it } from 'vitest'
import { type MacEntry, macTable } from '../../../src/evaluation/command-modules/mac-table.ts'
import { type TrunkPort, trunk } from '../../../src/evaluation/command-modules/trunk.ts'
import { type Vlan, vlan } from '../../../src/evaluation/command-modules/vlan.ts'
import { type Judgement, judgementSchema } from '../../../src/evaluation/verdict.ts'
import { allVlans, parseVlans, showVlans } from '../../../src/evaluation/vlans.ts'

const told = (judged: unknown) => {
  const { verdict, reason }: Judgement = judgementSchema.parse(judged)
  return `${verdict} ${reason.code}`
}
const rounds = <Facts>(...all: Facts[]) => all.map((facts, index) => ({ startedAfterMs: index * 1_000, facts }))

describe('a VLAN', () => {
  const one = (id: number, ...accessPorts: string[]): Vlan => ({ id, name: `VLAN${id}`, active: true, accessPorts })
  const judge = (params: Record<string, unknown>, ...seen: Vlan[][]) =>
    told(vlan.judge(rounds(...seen.map((vlans) => ({ vlans }))), vlan.params.parse({ id: 10, ...params })))

  it('has its ports, by whatever name', () => {
    const seen = [one(1, 'Gi0/10'), one(10, 'GigabitEthernet0/1', 'Gi0/2')]
    expect(judge({ ports: ['Gi0/1'] }, seen)).toBe('pass VLAN_PRESENT')
    expect(judge({ ports: ['Gi0/1'], portsMode: 'exact' }, seen)).toBe('fail VLAN_PORT_EXTRA')
    expect(judge({ ports: ['Gi0/10'] }, seen)).toBe('fail VLAN_PORT_ELSEWHERE')
    expect(judge({ ports: ['Gi0/3'] }, seen)).toBe('fail VLAN_PORT_MISSING')
  })

  it('is told by its number: 1 is not 10, nor 100', () => {
    expect(judge({}, [one(1), one(100)])).toBe('fail VLAN_ABSENT')
  })

  it('that must not be there fails in any round', () => {
    expect(judge({ state: 'absent' }, [one(1)], [one(1)])).toBe('pass VLAN_AWAY')
    expect(judge({ state: 'absent' }, [one(10)], [one(1)])).toBe('fail VLAN_FORBIDDEN')
  })

  it('has no ports where it must not be', () => {
    expect(vlan.readParams({ id: 10, state: 'absent', ports: ['Gi0/1'] })).toHaveProperty('issues')
    expect(vlan.readParams({ id: 4095 })).toHaveProperty('issues')
  })
})

describe('a trunk', () => {
  const port = (parts: Partial<TrunkPort> = {}): TrunkPort => ({ port: 'Gi0/0', mode: 'trunk', allowed: '10,20', native: 1, ...parts })
  const judge = (params: Record<string, unknown>, ...seen: (TrunkPort | null)[]) =>
    told(trunk.judge(rounds(...seen.map((one) => ({ port: one }))), trunk.params.parse({ port: 'Gi0/0', ...params })))

  it('carries exactly these VLANs, whatever its untagged one', () => {
    expect(judge({ allowed: '10,20' }, port())).toBe('pass TRUNK_PRESENT')
    expect(judge({ allowed: [20, 10] }, port({ allowed: '1,10,20' }))).toBe('pass TRUNK_PRESENT')
    expect(judge({ allowed: '10,20' }, port({ allowed: '10,20,30' }))).toBe('fail TRUNK_VLAN_EXTRA')
    expect(judge({ allowed: '10,20', allowedMode: 'contains' }, port({ allowed: '1-4094' }))).toBe('pass TRUNK_PRESENT')
  })

  it('compares VLANs as numbers: 2 is not in 20', () => {
    expect(judge({ allowed: 2, allowedMode: 'contains' }, port())).toBe('fail TRUNK_VLAN_MISSING')
    expect(judge({ allowed: '15', allowedMode: 'contains' }, port({ allowed: '10-20' }))).toBe('pass TRUNK_PRESENT')
  })

  it('carries its untagged VLAN where that is asked for', () => {
    expect(judge({ allowed: '1,10,20' }, port())).toBe('fail TRUNK_VLAN_MISSING')
    expect(judge({ native: 99 }, port())).toBe('fail TRUNK_NATIVE')
  })

  it('is none where it works as an access port, is down or not there', () => {
    expect(judge({}, port({ mode: 'access', allowed: null }))).toBe('fail TRUNK_ABSENT')
    expect(judge({}, port({ mode: 'down', allowed: null }))).toBe('fail TRUNK_DOWN')
    expect(judge({}, null)).toBe('fail TRUNK_PORT_MISSING')
  })

  it('that must not be one is undecided while the port is down or not there', () => {
    const away = { state: 'absent' }
    expect(judge(away, port({ mode: 'access', allowed: null }))).toBe('pass TRUNK_AWAY')
    expect(judge(away, port({ mode: 'access', allowed: null }), port(), port({ mode: 'access' }))).toBe('fail TRUNK_FORBIDDEN')
    expect(judge(away, port({ mode: 'down', allowed: null }))).toBe('inconclusive TRUNK_DOWN')
    expect(judge(away, null)).toBe('inconclusive TRUNK_PORT_MISSING')
  })
})

describe('a table of MAC addresses', () => {
  const mac = '00:50:79:66:68:00'
  const entry = (parts: Partial<MacEntry> = {}): MacEntry => ({ mac, vlan: 10, port: 'Gi0/1', ...parts })
  const judge = (params: Record<string, unknown>, entries: MacEntry[], wanted = [mac]) =>
    told(macTable.judge(rounds({ wanted, entries }), macTable.params.parse({ mac, ...params })))

  it('has the address behind the port, in the VLAN', () => {
    expect(judge({ port: 'GigabitEthernet0/1', vlan: 10 }, [entry()])).toBe('pass MAC_PRESENT')
    expect(judge({ port: 'Gi0/11' }, [entry()])).toBe('fail MAC_ELSEWHERE')
    expect(judge({ port: 'Gi0/1', vlan: 1 }, [entry()])).toBe('fail MAC_VLAN')
    expect(judge({}, [])).toBe('fail MAC_ABSENT')
  })

  it('may have it elsewhere where it must not be here', () => {
    expect(judge({ port: 'Gi0/2', absent: true }, [entry()])).toBe('pass MAC_AWAY')
    expect(judge({ port: 'Gi0/1', absent: true }, [entry()])).toBe('fail MAC_FORBIDDEN')
  })

  it('is undecided about a device without an address', () => {
    expect(judge({ mac: undefined, of: 'PC1', absent: true }, [], [])).toBe('inconclusive MAC_OF_NOBODY')
    expect(judge({ mac: undefined, of: 'PC1' }, [], [])).toBe('fail MAC_OF_NOBODY')
  })

  it('is asked for one address, in any spelling, or for a device', () => {
    expect(macTable.readParams({ mac: '0050.7966.6800' })).toMatchObject({ reading: { params: { mac } } })
    expect(macTable.readParams({ of: 'PC1:eth0' })).toMatchObject({ reading: { devices: ['PC1'] } })
    expect(macTable.readParams({ mac, of: 'PC1' })).toHaveProperty('issues')
    expect(macTable.readParams({})).toHaveProperty('issues')
    expect(macTable.readParams({ of: '10.0.0.1' })).toHaveProperty('issues')
  })
})

describe('lists of VLANs', () => {
  it('are read as sets and shown in one form', () => {
    expect(['20,10', '1-3,5', 'ALL', 'none', '10, 20 ,21'].map((text) => showVlans(parseVlans(text) ?? []))).toEqual([
      ...['10,20', '1-3,5', '1-4094', '-', '10,20-21'],
    ])
    expect(parseVlans('1-4094')).toEqual(allVlans)
    expect(['', '5-3', '10,', '1-9999', 'VLAN10', '-'].map(parseVlans)).toEqual(Array.from({ length: 6 }, () => undefined))
  })
})
