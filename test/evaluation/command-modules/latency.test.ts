import { describe, expect, it } from 'vitest'
import { latency, latencyParams, median } from '../../../src/evaluation/command-modules/latency.ts'

function judge(params: Record<string, unknown>, times: readonly number[], own = false): readonly [string, string] {
  const facts = { to: '10.5.2.20', isAddressless: false, own, sent: 20, times }
  const { verdict, reason } = latency.judge([{ startedAfterMs: 0, facts }], latencyParams.parse({ to: '10.5.2.20', ...params }))
  return [verdict, reason.code]
}
const same = (time: number, count = 20) => Array.from({ length: count }, () => time)

describe('latency', () => {
  it('is the median: one slow reply changes nothing', () => {
    expect(median([1, 2, 900])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(judge({ maxMs: 5 }, [...same(2, 19), 900])).toEqual(['pass', 'LATENCY_RIGHT'])
  })

  it('may be too high, or too low for a link that delays', () => {
    expect(judge({ maxMs: 5 }, same(6))).toEqual(['fail', 'LATENCY_HIGH'])
    expect(judge({ minMs: 40 }, same(6))).toEqual(['fail', 'LATENCY_LOW'])
  })

  it('is not told from too few replies, nor from the own address', () => {
    expect(judge({ maxMs: 5 }, same(1, 14))).toEqual(['fail', 'LATENCY_LOST'])
    expect(judge({ maxMs: 5 }, same(0), true)).toEqual(['fail', 'LATENCY_OWN_ADDRESS'])
  })

  it('must be bounded on one side at least', () => {
    expect(latencyParams.safeParse({ to: '10.5.2.20' }).success).toBe(false)
    expect(latencyParams.safeParse({ to: '10.5.2.20', minMs: 5, maxMs: 1 }).success).toBe(false)
  })
})
