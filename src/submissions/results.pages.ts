import { type CourseRow, courseHead } from '../courses/index.ts'
import type { ExerciseRow, RevisionRow } from '../exercises/index.ts'
import { median } from '../lib/averages.ts'
import { discriminationOf, discriminationView } from './discrimination.ts'
import type { ResultLine } from './results.ts'
import type { ResultCell, ResultColumn, ResultRow, ResultsPage, SortHead } from './results.views.ts'
import { queryText, type ResultsQuery } from './results-query.ts'
import { criterionOf, selectLines } from './results-selection.ts'
import type { CountedCriterion } from './submissions.service.ts'

type Criterion = RevisionRow['definition']['criteria'][number]

export interface ResultsPageParts {
  readonly exercise: ExerciseRow
  readonly course: CourseRow
  readonly criteria: readonly Criterion[]
  /** The whole class by name. */
  readonly lines: readonly ResultLine[]
  readonly query: ResultsQuery
  readonly mayTeach: boolean
  /** In milliseconds. */
  readonly now: number
}

const isPartial = ({ verdict, points, result }: CountedCriterion): boolean =>
  verdict === 'pass' ? points !== result.maxPoints : points !== 0

function resultCell(counted: CountedCriterion | undefined, submissionHref: string | null): ResultCell | null {
  if (!counted || submissionHref === null) return null
  return {
    verdict: counted.verdict,
    points: isPartial(counted) ? counted.points : null,
    isOverridden: counted.override !== null,
    href: `${submissionHref}#criterion-${counted.result.criterionId}`,
  }
}

export function resultRow(line: ResultLine, criteria: readonly Pick<Criterion, 'id'>[]): ResultRow {
  const { submission } = line
  const submissionHref = submission ? `/submissions/${submission.id}` : null
  const counted = new Map(line.criteria.map((one) => [one.result.criterionId, one]))
  return {
    userId: line.userId,
    name: line.name,
    username: line.username,
    group: line.group,
    submissionHref,
    submittedAt: submission?.acceptedAt ?? null,
    attempts: line.attempts,
    points: submission?.points ?? null,
    undecidedPoints: submission?.undecidedPoints ?? 0,
    cells: criteria.map(({ id }) => resultCell(counted.get(id), submissionHref)),
  }
}

/** What a heading leads to: sorted by it, and the other way round when it is already. */
function sortHead(query: ResultsQuery, sort: string): SortHead {
  const isNow = query.sort === sort || (query.sort === '' && sort === 'name')
  const order = isNow && query.order === 'asc' ? 'desc' : 'asc'
  const address = queryText({ ...query, sort: sort === 'name' ? '' : sort, order })
  const direction = query.order === 'asc' ? 'ascending' : 'descending'
  return { href: address === '' ? '?' : address, sorted: isNow ? direction : null }
}

function resultColumn({ id, title, points }: Criterion, shown: readonly ResultLine[], query: ResultsQuery): ResultColumn {
  const results = shown.flatMap((line) => {
    const counted = criterionOf(line, id)
    return counted ? [{ counted, points: line.submission?.points ?? 0 }] : []
  })
  const verdicts = results.map(({ counted }) => counted.verdict)
  const count = (word: CountedCriterion['verdict']) => verdicts.filter((verdict) => verdict === word).length
  return {
    id,
    title,
    maxPoints: points,
    passShare: verdicts.length === 0 ? null : count('pass') / verdicts.length,
    inconclusive: count('inconclusive'),
    discrimination: discriminationView(discriminationOf(results)),
    ...sortHead(query, `check.${id}`),
  }
}

/** The groups of a class, in the order of their names: T2 before T10. */
export const groupNames = (lines: readonly Pick<ResultLine, 'group'>[]): string[] =>
  [...new Set(lines.flatMap(({ group }) => group ?? []))].sort((one, other) => one.localeCompare(other, undefined, { numeric: true }))

/** The matrix of students by checks. */
export function resultsPage({ exercise, course, criteria, lines, query, mayTeach, now }: ResultsPageParts): ResultsPage {
  const shown = selectLines(lines, query, now)
  const base = `/exercises/${exercise.id}/results`
  return {
    exercise: {
      id: exercise.id,
      title: exercise.title,
      course: courseHead(course),
      maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
    },
    timeZone: course.timeZone,
    columns: criteria.map((criterion) => resultColumn(criterion, shown, query)),
    heads: {
      name: sortHead(query, 'name'),
      points: sortHead(query, 'points'),
      attempts: sortHead(query, 'attempts'),
      submitted: sortHead(query, 'submitted'),
    },
    rows: shown.map((line) => resultRow(line, criteria)),
    enrolled: lines.length,
    medianPoints: median(shown.flatMap(({ submission }) => submission?.points ?? [])),
    medianAttempts: median(shown.flatMap(({ attempts }) => (attempts > 0 ? [attempts] : []))),
    groups: groupNames(lines),
    query,
    isFiltered: shown.length < lines.length,
    mayTeach,
    downloads: [
      { kind: 'csv', href: `${base}.csv${queryText(query)}` },
      { kind: 'moodle', href: `${base}.csv${queryText(query, { profile: 'moodle' })}` },
      { kind: 'json', href: `${base}.json${queryText(query)}` },
      { kind: 'xml', href: `${base}.xml${queryText(query)}` },
    ],
  }
}
