import { describe, expect, it } from 'vitest'
import { type ArpEntry, type ArpFacts, arp } from '../../../src/evaluation/command-modules/arp.ts'

const entry = (address: string, mac: string | null, port: string | null = 'eth0'): ArpEntry => ({ address, mac, port })
const mac = '00:50:79:66:68:00'

function judge(params: Record<string, unknown>, ...rounds: Partial<ArpFacts>[]): string {
  const judged = arp.judge(
    rounds.map((facts, index) => ({ startedAfterMs: index, facts: { addresses: ['10.0.0.1'], entries: [], ...facts } })),
    arp.params.parse({ address: '10.0.0.1', ...params }),
  )
  return `${judged.verdict} ${judged.reason.code}`
}

describe('a neighbour', () => {
  it('is found by address, MAC address and interface, each by value', () => {
    const facts = { entries: [entry('10.0.0.10', '00:50:79:66:68:09'), entry('10.0.0.1', mac)] }
    expect(judge({ mac: '0050.7966.6800', interface: 'eth0' }, facts)).toBe('pass ARP_FOUND')
    expect(judge({ mac: '00:50:79:66:68:09' }, facts)).toBe('fail ARP_OTHER_MAC')
    expect(judge({ interface: 'eth1' }, facts)).toBe('fail ARP_OTHER_PORT')
    expect(judge({ interface: 'eth1' }, { entries: [entry('10.0.0.1', mac, null)] })).toBe('inconclusive ARP_PORT_UNKNOWN')
  })

  it('that does not answer any more is not found, though it still stands in the table', () => {
    const entries = [entry('10.0.0.1', mac)]
    expect(judge({}, { entries, met: 'answers' })).toBe('pass ARP_FOUND')
    expect(judge({}, { entries, met: 'silent' })).toBe('fail ARP_UNANSWERED')
    expect(judge({}, { entries, met: 'remembered' })).toBe('inconclusive ARP_OLD')
  })

  it('that came into the table while it was asked for is new, whatever else it answers', () => {
    expect(judge({}, {}, { entries: [entry('10.0.0.1', mac)], met: 'remembered' })).toBe('pass ARP_FOUND')
  })

  it('is absent when only addresses that begin like it are known', () => {
    expect(judge({}, { entries: [entry('10.0.0.10', mac)] })).toBe('fail ARP_ABSENT')
    expect(judge({}, {})).toBe('fail ARP_EMPTY')
  })

  it('that never answered is none, whichever is wanted', () => {
    const silent = { entries: [entry('10.0.0.1', null)] }
    expect(judge({}, silent)).toBe('fail ARP_UNANSWERED')
    expect(judge({ state: 'absent' }, silent, silent)).toBe('pass ARP_ABSENT_AS_WANTED')
  })

  it('must be absent in every round where none is wanted', () => {
    expect(judge({ state: 'absent' }, { entries: [entry('10.0.0.1', mac)] }, {})).toBe('fail ARP_PRESENT')
  })

  it('that has no address yet fails where it is wanted, and proves nothing where it is not', () => {
    expect(judge({}, { addresses: [] })).toBe('fail TARGET_WITHOUT_ADDRESS')
    expect(judge({ state: 'absent' }, { addresses: [] })).toBe('inconclusive TARGET_WITHOUT_ADDRESS')
  })

  it('takes no MAC address where none is wanted', () => {
    expect(arp.params.safeParse({ address: '10.0.0.1', mac, state: 'absent' }).success).toBe(false)
  })
})
