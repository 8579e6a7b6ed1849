import { median } from '../lib/averages.ts'
import { toLocalTime } from '../lib/zoned-time.ts'
import type { StudentAttempts } from './item-statistics.ts'

/** Minutes at which a column of the histogram of durations ends; what is longer is in the last one. */
const durationEdges = [15, 30, 45, 60, 90, 120, 240, 1_440] as const
/** Columns of that histogram, for its labels. */
export const durationBins = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const

const minuteMs = 60_000

export interface Durations {
  /** Students by the time from the first start of their lab to the submission that counts, one number a column. */
  readonly counts: readonly number[]
  readonly medianMs: number | null
}

/** How long the students took; who has submitted without a start on record (an imported result) is left out. */
export function durationsOf(students: readonly StudentAttempts[]): Durations {
  const tookMs = students.flatMap(({ startedAt, attempts }) => {
    const last = attempts.at(-1)
    const ms = last && startedAt !== null ? Date.parse(last.submittedAt) - Date.parse(startedAt) : -1
    return ms < 0 ? [] : [ms]
  })
  const binOf = (ms: number) => durationEdges.filter((edge) => ms >= edge * minuteMs).length
  return { counts: durationBins.map((bin) => tookMs.filter((ms) => binOf(ms) === bin).length), medianMs: median(tookMs) }
}

/** Evaluated submissions by the hour of the day in which they were accepted, on the clock of the zone: 24 numbers. */
export function submissionsByHour(students: readonly StudentAttempts[], timeZone: string): number[] {
  const hours = students.flatMap(({ attempts }) =>
    attempts.map(({ submittedAt }) => Number(toLocalTime(submittedAt, timeZone).slice(11, 13))),
  )
  return Array.from({ length: 24 }, (_, hour) => hours.filter((one) => one === hour).length)
}
