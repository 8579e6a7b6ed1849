import { median } from '../lib/averages.ts'
import type { Services } from '../services.ts'
import type { ResultLine } from './results.ts'

type Parts = Pick<Services, 'submissions' | 'workVms'>

/** An exercise's class in numbers. */
export interface ClassNumbers {
  readonly enrolled: number
  readonly labsReady: number
  /** Students with an evaluated submission. */
  readonly submitted: number
  readonly medianPoints: number | null
  /** Students whose result waits for a person: not decided, with a cause in their lab. */
  readonly waitingForReview: number
  /** Submissions that are being evaluated. */
  readonly submissionsOpen: number
}

/** True when a person has to decide: only what the student left in his lab is not asked again by itself. */
export const waitsForPerson = (line: Pick<ResultLine, 'criteria'>): boolean =>
  line.criteria.some(
    ({ result, verdict, override }) =>
      override === null &&
      verdict === 'inconclusive' &&
      result.judgement.verdict === 'inconclusive' &&
      result.judgement.reason.cause === 'lab',
  )

/** @param lines what counts of each student whom the reader sees */
export function readClassNumbers(parts: Parts, exerciseId: string, lines: readonly ResultLine[]): ClassNumbers {
  const students = new Set(lines.map((line) => line.userId))
  const points = lines.flatMap(({ submission }) =>
    submission?.points === null || submission?.points === undefined ? [] : [submission.points],
  )
  return {
    enrolled: lines.length,
    labsReady: parts.workVms
      .listByExercise(exerciseId)
      .filter((vm) => vm.purpose === 'student' && vm.state === 'ready' && students.has(vm.userId)).length,
    submitted: lines.filter((line) => line.submission !== null).length,
    medianPoints: median(points),
    waitingForReview: lines.filter(waitsForPerson).length,
    submissionsOpen: parts.submissions
      .listByExercise(exerciseId)
      .filter((one) => students.has(one.userId) && (one.state === 'queued' || one.state === 'evaluating')).length,
  }
}
