import { correlate } from '../lib/averages.ts'
import type { CountedCriterion } from './submissions.service.ts'

/** From -1 to 1, with what to think of it. */
export interface DiscriminationView {
  readonly value: number
  readonly tone: 'good' | 'calm' | 'bad'
}

/**
 * How well a check tells who knows: the correlation of passing it with the points of everything else. Null for too few or for no
 * difference.
 * @param results one a student: the check as it counts, and the points of the submission
 */
export const discriminationOf = (
  results: readonly { readonly counted: Pick<CountedCriterion, 'verdict' | 'points'>; readonly points: number }[],
): number | null => correlate(results.map(({ counted, points }) => [counted.verdict === 'pass' ? 1 : 0, points - counted.points]))

/** Under 0.1 a check does not tell who knows; from 0.3 on it does well (Ebel, 1972). */
export function discriminationView(value: number | null): DiscriminationView | null {
  if (value === null) return null
  if (value < 0.1) return { value, tone: 'bad' }
  return { value, tone: value < 0.3 ? 'calm' : 'good' }
}
