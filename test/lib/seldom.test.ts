import { describe, expect, it } from 'vitest'
import { createSeldom } from '../../src/lib/seldom.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

describe('what may happen thousands of times', () => {
  it('is told of once a minute for each key, with how often it was not', async () => {
    const time = createVirtualClock(0)
    const seldom = createSeldom(time.clock)
    expect([seldom('a'), seldom('a'), seldom('a'), seldom('b')]).toEqual([0, null, null, 0])
    await time.advance(59_999)
    expect(seldom('a')).toBeNull()
    await time.advance(1)
    expect([seldom('a'), seldom('b'), seldom('a')]).toEqual([3, 0, null])
  })

  it('from more addresses than are remembered is told of once for all the others', () => {
    const seldom = createSeldom(createVirtualClock(0).clock)
    const told = Array.from({ length: 10_500 }, (_one, index) => seldom(`address ${index}`)).filter((times) => times !== null)
    expect(told).toHaveLength(10_001)
    expect(seldom('address 1')).toBeNull()
  })
})
