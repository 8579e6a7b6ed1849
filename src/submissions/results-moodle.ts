import { csvText } from '../lib/csv.ts'
import type { Translate } from '../strings/index.ts'
import type { ResultLine } from './results.ts'

/** What Moodle takes for "no grade"; an empty one would become a zero in a new grade item (grade/import/csv/classes/load_data.php). */
const noGrade = '-'

function gradeOf({ submission }: ResultLine): number | string {
  // an undecided point is no zero: who has one gets his grade when it is decided
  if (submission === null || submission.points === null || (submission.undecidedPoints ?? 0) > 0) return noGrade
  return submission.points
}

function feedbackOf({ submission }: ResultLine, t: Translate): string {
  if (submission === null || submission.points === null) return t('pages.results.moodle.nothing')
  const values = { points: submission.points, max: submission.maxPoints ?? 0, number: submission.number }
  const undecided = submission.undecidedPoints ?? 0
  return undecided > 0 ? t('pages.results.moodle.undecided', { ...values, undecided }) : t('pages.results.moodle.decided', values)
}

/**
 * The results as Moodle's grade import reads them (Grades, Import, CSV file): three columns to find a student by, of which the teacher
 * maps one, the points, and a sentence as feedback. A row that Moodle cannot place ends its whole import, so nobody who is shown in no
 * list stands here.
 */
export function moodleCsv(title: string, lines: readonly ResultLine[], t: Translate): string {
  const header = [
    ...['username', 'idNumber', 'email'].map((column) => t(`pages.results.moodle.${column}`)),
    title,
    t('pages.results.moodle.feedbackColumn', { title }),
  ]
  const rows = lines.map((line) => [line.username, line.studentNumber, line.email, gradeOf(line), feedbackOf(line, t)])
  return csvText([header, ...rows])
}
