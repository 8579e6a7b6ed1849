import { mean, median } from '../lib/averages.ts'
import { type CountedCriterion, discriminationOf } from '../submissions/index.ts'

/** One evaluated submission with its criteria as they count. */
export interface Attempt {
  readonly submittedAt: string
  readonly points: number
  readonly maxPoints: number
  readonly criteria: readonly CountedCriterion[]
}

/** A student's evaluated submissions, oldest first; the last one is what counts. */
export interface StudentAttempts {
  readonly userId: string
  /** When the lab was started for the first time; null where no start is on record. */
  readonly startedAt: string | null
  readonly attempts: readonly Attempt[]
}

/** How a class did in one criterion. Shares are of 1, null while nobody was checked. */
export interface ItemStatistics {
  readonly criterionId: string
  /** Students with a result in what counts. */
  readonly checked: number
  readonly passShare: number | null
  readonly firstShare: number | null
  readonly meanPoints: number | null
  /** Of all results of all submissions, how many could not be checked. */
  readonly inconclusiveShare: number | null
  /** Correlation of passing with the points of everything else, from -1 to 1; null for too few or for no difference. */
  readonly discrimination: number | null
  /** Students by the number of the submission that passed first: 1, 2, 3, 4 and more, never. */
  readonly passedAt: readonly [number, number, number, number, number]
  /** The middle one of those numbers, among those who passed. */
  readonly medianAttempts: number | null
}

const resultIn = (attempt: Attempt | undefined, criterionId: string): CountedCriterion | undefined =>
  attempt?.criteria.find(({ result }) => result.criterionId === criterionId)

const hasPassed = (counted: CountedCriterion | undefined): boolean => counted?.verdict === 'pass'

/** What the class as a whole says of one criterion. */
export function itemStatistics(criterionId: string, students: readonly StudentAttempts[]): ItemStatistics {
  const last = students.flatMap(({ attempts }) => {
    const attempt = attempts.at(-1)
    const counted = resultIn(attempt, criterionId)
    return attempt && counted ? [{ attempt, counted }] : []
  })
  const share = (count: number, of: number): number | null => (of === 0 ? null : count / of)
  const ever = students.flatMap(({ attempts }) => attempts.flatMap((attempt) => resultIn(attempt, criterionId) ?? []))
  const tried = students.filter(({ attempts }) => attempts.some((attempt) => resultIn(attempt, criterionId)))
  const firsts = tried.map(({ attempts }) => attempts.findIndex((attempt) => hasPassed(resultIn(attempt, criterionId))) + 1)
  const at = (is: (number: number) => boolean) => firsts.filter(is).length
  return {
    criterionId,
    checked: last.length,
    passShare: share(last.filter(({ counted }) => hasPassed(counted)).length, last.length),
    firstShare: share(
      at((number) => number === 1),
      tried.length,
    ),
    meanPoints: mean(last.map(({ counted }) => counted.points)),
    inconclusiveShare: share(ever.filter(({ verdict }) => verdict === 'inconclusive').length, ever.length),
    discrimination: discriminationOf(last.map(({ attempt, counted }) => ({ counted, points: attempt.points }))),
    passedAt: [at((n) => n === 1), at((n) => n === 2), at((n) => n === 3), at((n) => n > 3), at((n) => n === 0)],
    medianAttempts: median(firsts.filter((number) => number > 0)),
  }
}

export interface ScoreBin {
  /** In percent of the points; the last bin has its upper end in it. */
  readonly from: number
  readonly to: number
  readonly count: number
}

/** What counts of each student, in ten bins, with how many have nothing and everything. */
export function scoreHistogram(students: readonly StudentAttempts[]): {
  bins: ScoreBin[]
  zero: number
  full: number
  median: number | null
} {
  const shares = students.flatMap(({ attempts }) => {
    const attempt = attempts.at(-1)
    return attempt && attempt.maxPoints > 0 ? [attempt.points / attempt.maxPoints] : []
  })
  // 0.7 * 10 is 7.000000000000001 or 6.999999999999999 as it likes
  const binOf = (value: number) => Math.min(9, Math.floor(value * 10 + 1e-9))
  return {
    bins: Array.from({ length: 10 }, (_, bin) => ({
      from: bin * 10,
      to: bin * 10 + 10,
      count: shares.filter((value) => binOf(value) === bin).length,
    })),
    zero: shares.filter((value) => value === 0).length,
    full: shares.filter((value) => value >= 1).length,
    median: median(shares),
  }
}

/** Results that failed, or could not be checked, for the same reason. */
export interface FailureGroup {
  readonly criterionId: string
  readonly verdict: 'fail' | 'inconclusive'
  readonly code: string
  readonly count: number
  /** One of them, to say it in words and to lead to. */
  readonly example: CountedCriterion
  readonly exampleOf: string
}

/** Of what counts of each student: the most frequent reasons first. A teacher's decision has no reason code and is left out. */
export function groupFailures(students: readonly StudentAttempts[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const { userId, attempts } of students) {
    for (const counted of attempts.at(-1)?.criteria ?? []) {
      const { verdict, result, override } = counted
      if (override !== null || (verdict !== 'fail' && verdict !== 'inconclusive')) continue
      const { code } = result.judgement.reason
      const key = `${result.criterionId} ${verdict} ${code}`
      const known = groups.get(key)
      groups.set(
        key,
        known
          ? { ...known, count: known.count + 1 }
          : { criterionId: result.criterionId, verdict, code, count: 1, example: counted, exampleOf: userId },
      )
    }
  }
  return [...groups.values()].sort((one, other) => other.count - one.count)
}
