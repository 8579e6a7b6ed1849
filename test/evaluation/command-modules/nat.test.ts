import { describe, expect, it } from 'vitest'
import { type NatFacts, nat, natParams } from '../../../src/evaluation/command-modules/nat.ts'
import { entryOfFlows } from '../../../src/evaluation/platforms/readings/nat.ts'

const end = (address: string, port: number | null = null) => ({ address, port })
const entry = { protocol: 'tcp', insideLocal: end('10.5.1.10', 80), insideGlobal: end('10.5.2.1', 8080), outside: end('10.5.2.20', 4711) }
const base: NatFacts = { inside: ['10.5.1.10'], global: [], outside: [], entries: [], seen: null }

function judge(params: Record<string, unknown>, ...rounds: readonly Partial<NatFacts>[]): readonly [string, string] {
  const { verdict, reason } = nat.judge(
    rounds.map((facts, index) => ({ startedAfterMs: index * 2_000, facts: { ...base, ...facts } })),
    natParams.parse({ inside: 'PC1', ...params }),
  )
  return [verdict, reason.code]
}

describe('address translation', () => {
  it('is shown by an entry of that very host, protocol and port', () => {
    expect(judge({}, { entries: [entry] })).toEqual(['pass', 'NAT_TRANSLATED'])
    expect(judge({}, { inside: ['10.5.1.1'], entries: [entry] })).toEqual(['fail', 'NAT_NO_ENTRY'])
    expect(judge({ protocol: 'udp' }, { entries: [entry] })).toEqual(['fail', 'NAT_NO_ENTRY'])
    expect(judge({ insidePort: 80, globalPort: 808 }, { entries: [entry] })).toEqual(['fail', 'NAT_NO_ENTRY'])
    expect(judge({ outside: 'SRV' }, { entries: [entry], outside: ['10.5.2.2'] })).toEqual(['fail', 'NAT_NO_ENTRY'])
  })

  it('leads to the address, the network or the interface that is asked for', () => {
    expect(judge({ global: '10.5.2.0/30' }, { entries: [entry] })).toEqual(['pass', 'NAT_TRANSLATED'])
    expect(judge({ global: '10.5.2.10' }, { entries: [entry], global: ['10.5.2.10'] })).toEqual(['fail', 'NAT_OTHER_ADDRESS'])
    expect(judge({ global: 'R1' }, { entries: [entry], global: ['10.5.1.1', '10.5.2.1'] })).toEqual(['pass', 'NAT_TRANSLATED'])
  })

  it('is not shown by a connection that keeps its address', () => {
    const plain = { ...entry, insideGlobal: entry.insideLocal }
    expect(judge({}, { entries: [plain] })).toEqual(['fail', 'NAT_NOT_TRANSLATED'])
  })

  it('is decided by what arrives outside, whatever the table says', () => {
    const params = { witness: 'SRV' }
    expect(judge(params, { seen: ['10.5.1.10'], entries: [entry] })).toEqual(['fail', 'NAT_NOT_TRANSLATED'])
    expect(judge(params, { seen: ['10.5.2.1', '10.5.1.10'] })).toEqual(['fail', 'NAT_NOT_TRANSLATED'])
    expect(judge(params, { seen: [], entries: [entry] })).toEqual(['fail', 'NAT_NOTHING_ARRIVED'])
    expect(judge(params, { seen: ['10.5.2.1'] })).toEqual(['pass', 'NAT_TRANSLATED'])
  })

  it('is absent only where packets arrived untranslated in every round', () => {
    const params = { witness: 'SRV', state: 'absent' }
    expect(judge(params, { seen: ['10.5.1.10'] }, { seen: ['10.5.1.10'] })).toEqual(['pass', 'NAT_NONE'])
    expect(judge(params, { seen: ['10.5.1.10'] }, { seen: [] })).toEqual(['inconclusive', 'NAT_NOTHING_ARRIVED'])
    expect(judge(params, { seen: ['10.5.2.1'] }, { seen: ['10.5.1.10'] })).toEqual(['fail', 'NAT_FORBIDDEN'])
    expect(natParams.safeParse({ inside: 'PC1', state: 'absent' }).success).toBe(false)
  })

  it('needs a device inside where a witness looks', () => {
    expect(natParams.safeParse({ inside: '10.5.1.10', witness: 'SRV' }).success).toBe(false)
  })
})

describe('a connection as it was begun and as it is answered', () => {
  const [host, router, outside] = [end('10.5.1.10', 80), end('10.5.2.1', 8080), end('10.5.2.20', 4711)]

  it('shows whose source was translated', () => {
    expect(entryOfFlows('tcp', { source: host, destination: outside }, { source: outside, destination: router })).toEqual(entry)
  })

  it('shows which port was forwarded', () => {
    expect(entryOfFlows('tcp', { source: outside, destination: router }, { source: host, destination: outside })).toEqual(entry)
  })
})
