import { describe, expect, it } from 'vitest'
import { correlate } from '../../src/lib/averages.ts'
import { groupFailures, itemStatistics, type StudentAttempts, scoreHistogram } from '../../src/statistics/item-statistics.ts'

type Verdicts = Readonly<Record<string, string>>

/** A student with the verdicts of each submission; a pass is worth 5 of 5 points. */
function student(userId: string, ...attempts: readonly Verdicts[]): StudentAttempts {
  return {
    userId,
    startedAt: null,
    attempts: attempts.map((verdicts) => {
      const criteria = Object.entries(verdicts).map(([criterionId, word]) => {
        const [verdict = '', code = 'X'] = word.split(' ')
        return { result: { criterionId, judgement: { reason: { code } } }, verdict, points: verdict === 'pass' ? 5 : 0, override: null }
      })
      return { criteria, points: criteria.reduce((sum, { points }) => sum + points, 0), maxPoints: 5 * criteria.length }
    }),
  } as unknown as StudentAttempts
}

const pass = { a: 'pass', b: 'pass' }
const fail = { a: 'fail', b: 'pass' }

describe('a criterion', () => {
  it('is judged by what counts, and by which submission passed first', () => {
    const item = itemStatistics('a', [
      student('1', pass),
      student('2', fail, pass),
      student('3', fail, fail, fail, fail, pass),
      student('4', fail),
      student('5'),
    ])
    expect(item).toMatchObject({
      checked: 4,
      passShare: 0.75,
      firstShare: 0.25,
      meanPoints: 3.75,
      passedAt: [1, 1, 0, 1, 1],
      medianAttempts: 2,
    })
  })

  it('keeps what could not be checked apart from what failed, over all submissions', () => {
    expect(itemStatistics('a', [student('1', { a: 'inconclusive' }, { a: 'pass' })])).toMatchObject({
      passShare: 1,
      inconclusiveShare: 0.5,
    })
  })

  it('says nothing while nobody was checked', () => {
    expect(itemStatistics('a', [student('1')])).toMatchObject({
      checked: 0,
      passShare: null,
      meanPoints: null,
      discrimination: null,
      medianAttempts: null,
    })
  })

  it('tells who knows when those who pass it have the points elsewhere, and the opposite with the opposite', () => {
    const strong = { a: 'pass', b: 'pass', c: 'pass' }
    const weak = { a: 'fail', b: 'fail', c: 'fail' }
    const class_ = [student('1', strong), student('2', strong), student('3', weak), student('4', weak), student('5', strong)]
    expect(itemStatistics('a', class_).discrimination).toBeCloseTo(1)
    const odd = class_.map((one, index) =>
      student(one.userId, { a: index === 2 || index === 3 ? 'pass' : 'fail', b: index === 2 || index === 3 ? 'fail' : 'pass' }),
    )
    expect(itemStatistics('a', odd).discrimination).toBeCloseTo(-1)
  })
})

it('correlates as Pearson did, and not at all without a difference or with fewer than five', () => {
  expect(
    correlate([
      [1, 2],
      [2, 1],
      [3, 4],
      [4, 3],
      [5, 5],
    ]),
  ).toBeCloseTo(0.8)
  expect(
    correlate([
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ]),
  ).toBeNull()
  expect(
    correlate([
      [1, 1],
      [2, 2],
    ]),
  ).toBeNull()
})

it('puts every score into one bin, full points into the last', () => {
  const scored = (points: number) => ({ userId: '', startedAt: null, attempts: [{ submittedAt: '', points, maxPoints: 10, criteria: [] }] })
  const { bins, zero, full, median } = scoreHistogram([0, 0.9, 1, 7, 9.9, 10].map(scored))
  expect(bins.map(({ count }) => count)).toEqual([2, 1, 0, 0, 0, 0, 0, 1, 0, 2])
  expect([zero, full]).toEqual([1, 1])
  expect(median).toBeCloseTo(0.4)
})

it('groups what went wrong by criterion and reason, most frequent first, and leaves decisions of people out', () => {
  const groups = groupFailures([
    student('1', { a: 'fail LOST', b: 'inconclusive LOGIN' }),
    student('2', { a: 'fail LOST', b: 'pass' }),
    student('3', { a: 'fail OTHER' }),
    {
      ...student('4', { a: 'fail LOST' }),
      attempts: student('4', { a: 'fail LOST' }).attempts.map((one) => ({
        ...one,
        criteria: one.criteria.map((item) => ({ ...item, override: {} as never })),
      })),
    },
  ])
  expect(groups.map(({ criterionId, verdict, code, count }) => `${criterionId} ${verdict} ${code} ${count}`)).toEqual([
    'a fail LOST 2',
    'b inconclusive LOGIN 1',
    'a fail OTHER 1',
  ])
})
