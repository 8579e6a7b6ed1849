import { type CourseRow, courseHead } from '../courses/index.ts'
import { explain } from '../evaluation/index.ts'
import type { ExerciseRow, RevisionRow } from '../exercises/index.ts'
import { plotColumns } from '../http/plots.ts'
import { csvText } from '../lib/csv.ts'
import type { Translate } from '../strings/index.ts'
import { discriminationView } from '../submissions/index.ts'
import { groupFailures, type ItemStatistics, itemStatistics, type StudentAttempts, scoreHistogram } from './item-statistics.ts'
import type { ItemRow, StatisticsPage } from './statistics.views.ts'
import { durationBins, durationsOf, submissionsByHour } from './time-statistics.ts'

type Criterion = RevisionRow['definition']['criteria'][number]

export interface StatisticsParts {
  readonly exercise: ExerciseRow
  readonly course: CourseRow
  readonly criteria: readonly Criterion[]
  readonly students: readonly StudentAttempts[]
  readonly enrolled: number
  readonly t: Translate
}

function segmentsOf(counts: readonly number[]): ItemRow['segments'] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  let x = 0
  return counts.flatMap((count, kind) => {
    const width = (100 * count) / total
    const segment = { x, width, kind }
    x += width
    return count === 0 ? [] : [segment]
  })
}

function itemRow(criterion: Criterion, item: ItemStatistics, exerciseId: string): ItemRow {
  const at = `/exercises/${exerciseId}/results?at=${encodeURIComponent(criterion.id)}&verdict=`
  return {
    id: criterion.id,
    title: criterion.title,
    maxPoints: criterion.points,
    checked: item.checked,
    passShare: item.passShare,
    firstShare: item.firstShare,
    inconclusiveShare: item.inconclusiveShare,
    meanPoints: item.meanPoints,
    discrimination: discriminationView(item.discrimination),
    passedAt: item.passedAt,
    medianAttempts: item.medianAttempts,
    segments: segmentsOf(item.passedAt),
    passedHref: `${at}pass`,
    failedHref: `${at}fail`,
  }
}

function failureViews({ exercise, criteria, students, t }: StatisticsParts): StatisticsPage['failures'] {
  const byId = new Map(criteria.map((criterion) => [criterion.id, criterion]))
  return groupFailures(students).map(({ criterionId, verdict, code, count, example }) => {
    const criterion = byId.get(criterionId)
    const { reason } = example.result.judgement
    return {
      title: criterion?.title ?? criterionId,
      verdict,
      code,
      count,
      why: explain({ device: criterion?.device ?? null, reason, expected: null }, t).why,
      href: `/exercises/${exercise.id}/results?at=${encodeURIComponent(criterionId)}&verdict=${verdict}`,
    }
  })
}

/** What a class tells about an exercise and its checks. */
export function statisticsPage(parts: StatisticsParts): StatisticsPage {
  const { exercise, course, criteria, students, t } = parts
  const scores = scoreHistogram(students)
  const durations = durationsOf(students)
  const label = ({ from, to }: (typeof scores.bins)[number]) => t('pages.statistics.bin', { from, to })
  return {
    exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
    timeZone: course.timeZone,
    enrolled: parts.enrolled,
    evaluated: students.filter(({ attempts }) => attempts.length > 0).length,
    median: scores.median,
    zero: scores.zero,
    full: scores.full,
    scores: plotColumns(scores.bins.map((bin) => ({ label: label(bin), count: bin.count }))),
    durations: plotColumns(
      durationBins.map((bin) => ({ label: t(`pages.statistics.durationBins.${bin}`), count: durations.counts[bin] ?? 0 })),
    ),
    medianDurationMs: durations.medianMs,
    hours: plotColumns(
      submissionsByHour(students, course.timeZone).map((count, hour) => ({ label: String(hour).padStart(2, '0'), count })),
    ),
    items: criteria.map((criterion) => itemRow(criterion, itemStatistics(criterion.id, students), exercise.id)),
    failures: failureViews(parts),
  }
}

export const statisticsTables = ['scores', 'durations', 'hours', 'checks', 'attempts', 'failures'] as const
export type StatisticsTable = (typeof statisticsTables)[number]

const twoDecimals = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100)

/** One table of the page as CSV, with the names of fields for programs. */
export function statisticsCsv(table: StatisticsTable, { scores, durations, hours, items, failures }: StatisticsPage): string {
  const tables: Record<StatisticsTable, (string | number | null)[][]> = {
    scores: [['percent', 'students'], ...scores.columns.map(({ label, count }) => [label, count])],
    durations: [['duration', 'students'], ...durations.columns.map(({ label, count }) => [label, count])],
    hours: [['hour', 'submissions'], ...hours.columns.map(({ label, count }) => [label, count])],
    checks: [
      [
        'id',
        'title',
        'max_points',
        'checked',
        'pass_share',
        'first_submission_share',
        'could_not_check_share',
        'mean_points',
        'discrimination',
      ],
      ...items.map((item) => [
        ...[item.id, item.title, item.maxPoints, item.checked, twoDecimals(item.passShare), twoDecimals(item.firstShare)],
        ...[twoDecimals(item.inconclusiveShare), twoDecimals(item.meanPoints), twoDecimals(item.discrimination?.value ?? null)],
      ]),
    ],
    attempts: [
      ['id', 'title', 'passed_at_1', 'passed_at_2', 'passed_at_3', 'passed_at_4_or_later', 'never', 'median'],
      ...items.map((item) => [item.id, item.title, ...item.passedAt, item.medianAttempts]),
    ],
    failures: [
      ['title', 'verdict', 'reason', 'students', 'example'],
      ...failures.map(({ title, verdict, code, count, why }) => [title, verdict, code, count, why]),
    ],
  }
  return csvText(tables[table])
}
