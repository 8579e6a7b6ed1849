import { describe, expect, it } from 'vitest'
import { concealReason, explainConcealed, findCommandModule, type Judgement } from '../../src/evaluation/index.ts'
import { fail, failureClasses, inconclusive, pass, skipped } from '../../src/evaluation/verdict.ts'

const params = { to: '10.9.9.9', count: 5 }
const read = findCommandModule('ping')?.readParams(params)
const expected = read !== undefined && 'reading' in read ? read.reading.expected : null
const explain = (judgement: Judgement) => explainConcealed({ device: 'PC1', judgement, expected, params })

describe('a criterion that does not reveal what it expects', () => {
  it.each([
    pass('PING_REPLIED', { to: '10.9.9.9', sent: 5, received: 5 }),
    ...failureClasses.map((failureClass) => fail('PING_LOST', failureClass, { to: '10.9.9.9', sent: 5, received: 0 })),
    inconclusive('PING_CONTROL_SILENT', 'lab', { to: '10.9.9.9', control: '10.9.9.8' }),
    skipped('REQUIREMENT_NOT_MET', { id: 'a', title: 'reach 10.9.9.9' }),
  ])('tells a student nothing of it, whatever the verdict: $verdict $reason.class', (judgement) => {
    const told = explain(judgement)
    expect(told.expected).toBe('')
    expect(`${told.why} ${told.found}`).not.toContain('10.9.9.9')
    expect(told.why).toMatch(/^[A-Z].*\.$/)
    expect(JSON.stringify(concealReason(judgement))).not.toContain('10.9.9.9')
  })

  it('still says what the device itself shows, and why nothing could be decided', () => {
    expect(explain(fail('PING_NO_ADDRESS', 'absent', { to: '10.9.9.9' })).found).toBe('no address on PC1')
    expect(explain(inconclusive('CONSOLE_SILENT', 'infrastructure', { device: 'PC1' })).why).toBe('The console of PC1 says nothing.')
  })

  it('does not take a part of another address for the value', () => {
    const other = fail('PING_NET_UNREACHABLE', 'unreachable', { to: '10.9.9.9', from: '10.9.9.91', sent: 4 })
    expect(explain(other).found).toContain('10.9.9.91')
  })
})
