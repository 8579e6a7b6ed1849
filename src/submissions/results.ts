import type { StudentScope } from '../courses/index.ts'
import { csvText } from '../lib/csv.ts'
import { groupBy } from '../lib/group-by.ts'
import type { Services } from '../services.ts'
import { bestOf } from './home.pages.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'

type Parts = Pick<Services, 'enrollments' | 'exercises' | 'submissions'>

/** Which of a student's evaluated submissions counts: the newest, or the one with the most points (of equal ones the newest). */
export type CountedAttempt = 'last' | 'best'

/** One student's line in the results of an exercise. */
export interface ResultLine {
  readonly userId: string
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly studentNumber: string | null
  readonly group: string | null
  readonly attempts: number
  /** The submission that counts, of those that were evaluated; null when there is none. */
  readonly submission: SubmissionRow | null
  readonly criteria: readonly CountedCriterion[]
}

/** @param own newest first */
function countedOf(own: readonly SubmissionRow[], counts: CountedAttempt): SubmissionRow | null {
  const done = own.filter((submission) => submission.state === 'done')
  return (counts === 'best' ? bestOf(done) : null) ?? done[0] ?? null
}

/** The class of an exercise, as far as the reader sees it, with what counts of each student. */
export function listResults(parts: Parts, exerciseId: string, scope: StudentScope, counts: CountedAttempt = 'last'): ResultLine[] {
  const byStudent = groupBy(parts.submissions.listByExercise(exerciseId), (submission) => submission.userId)
  const enrolled = parts.enrollments.listActive(exerciseId, scope)
  const counted = new Map(enrolled.map(({ user }) => [user.id, countedOf(byStudent.get(user.id) ?? [], counts)]))
  const criteria = parts.submissions.criteriaOfMany([...counted.values()].filter((submission) => submission !== null))
  return enrolled.map(({ user, groupName }) => {
    const submission = counted.get(user.id) ?? null
    return {
      userId: user.id,
      username: user.username,
      name: user.displayName,
      email: user.email,
      studentNumber: user.studentNumber,
      group: groupName,
      attempts: byStudent.get(user.id)?.length ?? 0,
      submission,
      criteria: submission ? (criteria.get(submission.id) ?? []) : [],
    }
  })
}

export function resultsCsv(lines: readonly ResultLine[], criterionIds: readonly string[]): string {
  const header = [
    'username',
    'name',
    'group',
    'attempts',
    'submitted_at',
    'points',
    'max_points',
    'undecided_points',
    ...criterionIds.flatMap((id) => [`${id} verdict`, `${id} points`]),
  ]
  const rows = lines.map((line) => [
    line.username,
    line.name,
    line.group,
    line.attempts,
    line.submission?.acceptedAt ?? null,
    line.submission?.points ?? null,
    line.submission?.maxPoints ?? null,
    line.submission?.undecidedPoints ?? null,
    ...criterionIds.flatMap((id) => {
      const criterion = line.criteria.find((one) => one.result.criterionId === id)
      return [criterion?.verdict ?? null, criterion?.points ?? null]
    }),
  ])
  return csvText([header, ...rows])
}

export const resultsJson = (lines: readonly ResultLine[]) => ({
  items: lines.map((line) => ({
    id: line.userId,
    username: line.username,
    name: line.name,
    group: line.group,
    attempts: line.attempts,
    submissionId: line.submission?.id ?? null,
    submittedAt: line.submission?.acceptedAt ?? null,
    points: line.submission?.points ?? null,
    maxPoints: line.submission?.maxPoints ?? null,
    undecidedPoints: line.submission?.undecidedPoints ?? null,
    criteria: line.criteria.map(({ result, verdict, points, override }) => ({
      id: result.criterionId,
      verdict,
      points,
      maxPoints: result.maxPoints,
      isOverridden: override !== null,
    })),
  })),
})

const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const outcomes: Record<CountedCriterion['verdict'], (code: string) => string> = {
  pass: () => '',
  fail: (code) => `<failure message="${xml(code)}"/>`,
  inconclusive: (code) => `<error message="${xml(code)}"/>`,
  skipped: (code) => `<skipped message="${xml(code)}"/>`,
}

/** JUnit: one suite a student, one case a criterion. */
export function resultsJunit(title: string, lines: readonly ResultLine[]): string {
  const suites = lines.map((line) => {
    const count = (verdict: CountedCriterion['verdict']) => line.criteria.filter((one) => one.verdict === verdict).length
    const cases = line.criteria.map(
      ({ result, verdict }) =>
        `    <testcase classname="${xml(line.username)}" name="${xml(result.criterionId)}" time="${(result.tookMs / 1_000).toFixed(3)}">${outcomes[verdict](result.judgement.reason.code)}</testcase>\n`,
    )
    return `  <testsuite name="${xml(line.username)}" tests="${line.criteria.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${count('skipped')}">\n${cases.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(title)}">\n${suites.join('')}</testsuites>\n`
}
