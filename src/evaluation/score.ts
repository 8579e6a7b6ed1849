import type { Verdict } from './verdict.ts'

export interface Scored {
  readonly verdict: Verdict
  /** The fixed maximum of the criterion; 0 = information only. */
  readonly maxPoints: number
}

export interface Score {
  readonly points: number
  /** Sum of the fixed maxima: the same whatever the verdicts are. */
  readonly maxPoints: number
  /** What could not be decided (inconclusive or skipped): shown as such, never as zero in silence. */
  readonly undecidedPoints: number
  readonly counts: Readonly<Record<Verdict, number>>
}

/** Sums of halves and tenths stay readable: two decimals. */
const round = (points: number): number => Math.round(points * 100) / 100

/** What one criterion earns. */
export const pointsOf = ({ verdict, maxPoints }: Scored): number => (verdict === 'pass' ? maxPoints : 0)

/** Adds up a run. The denominator depends on the criteria alone. */
export function score(results: readonly Scored[]): Score {
  const counts = { pass: 0, fail: 0, inconclusive: 0, skipped: 0 }
  let points = 0
  let maxPoints = 0
  let undecidedPoints = 0
  for (const result of results) {
    counts[result.verdict] += 1
    points += pointsOf(result)
    maxPoints += result.maxPoints
    if (result.verdict === 'inconclusive' || result.verdict === 'skipped') undecidedPoints += result.maxPoints
  }
  return { points: round(points), maxPoints: round(maxPoints), undecidedPoints: round(undecidedPoints), counts }
}
