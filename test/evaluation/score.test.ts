import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { score, verdicts } from '../../src/evaluation/index.ts'

const results = fc.array(
  fc.record({ verdict: fc.constantFrom(...verdicts), maxPoints: fc.integer({ min: 0, max: 200 }).map((tenths) => tenths / 10) }),
)

describe('score', () => {
  it('has a denominator that does not depend on the verdicts', () => {
    fc.assert(
      fc.property(results, (given) => {
        const allPass = given.map(({ maxPoints }) => ({ maxPoints, verdict: 'pass' as const }))
        expect(score(given).maxPoints).toBe(score(allPass).maxPoints)
      }),
    )
  })

  it('counts every criterion once, and never gives points for what is not passed', () => {
    fc.assert(
      fc.property(results, (given) => {
        const { counts, points, undecidedPoints, maxPoints } = score(given)
        expect(counts.pass + counts.fail + counts.inconclusive + counts.skipped).toBe(given.length)
        expect(points + undecidedPoints).toBeLessThanOrEqual(maxPoints + 1e-9)
        if (counts.pass === 0) expect(points).toBe(0)
      }),
    )
  })

  it('shows undecided points as such', () => {
    expect(
      score([
        { verdict: 'inconclusive', maxPoints: 2 },
        { verdict: 'skipped', maxPoints: 1 },
        { verdict: 'fail', maxPoints: 4 },
      ]),
    ).toMatchObject({
      points: 0,
      maxPoints: 7,
      undecidedPoints: 3,
    })
  })
})
