import type { Score } from './score.ts'

/** What an evaluation of one of the two labs came to. */
export type ProofScore = Pick<Score, 'points' | 'maxPoints' | 'undecidedPoints'>

/** What keeps an exercise from being proven; null when nothing does. */
export type ProofGap = 'untouchedFull' | 'solutionOpen' | 'solutionShort'

/** Proven: the untouched lab does not already score full, and the solution does, with nothing left undecided. */
export function findProofGap(untouched: Omit<ProofScore, 'undecidedPoints'>, solution: ProofScore): ProofGap | null {
  if (untouched.points >= untouched.maxPoints) return 'untouchedFull'
  if (solution.points === solution.maxPoints && solution.undecidedPoints === 0) return null
  return solution.points + solution.undecidedPoints >= solution.maxPoints ? 'solutionOpen' : 'solutionShort'
}
