import type { CourseHead } from '../courses/courses.views.ts'
import type { ColumnPlot } from '../http/plots.ts'
import type { DiscriminationView } from '../submissions/index.ts'

export interface ItemRow {
  readonly id: string
  readonly title: string
  readonly maxPoints: number
  readonly checked: number
  readonly passShare: number | null
  readonly firstShare: number | null
  readonly inconclusiveShare: number | null
  readonly meanPoints: number | null
  /** From -1 to 1, with what to think of it. */
  readonly discrimination: DiscriminationView | null
  readonly passedAt: readonly number[]
  readonly medianAttempts: number | null
  /** Segments of the bar of submissions until it passed, as shares of 100. */
  readonly segments: readonly { readonly x: number; readonly width: number; readonly kind: number }[]
  readonly passedHref: string
  readonly failedHref: string
}

/** `/exercises/:id/statistics` → `statistics/show.njk`; `/exercises/:id/statistics/<table>.csv` has each table. */
export interface StatisticsPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly enrolled: number
  readonly evaluated: number
  readonly median: number | null
  readonly zero: number
  readonly full: number
  readonly scores: ColumnPlot
  readonly durations: ColumnPlot
  readonly medianDurationMs: number | null
  readonly hours: ColumnPlot
  readonly items: readonly ItemRow[]
  readonly failures: readonly {
    readonly title: string
    readonly verdict: 'fail' | 'inconclusive'
    readonly code: string
    readonly count: number
    readonly why: string
    readonly href: string
  }[]
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'statistics/show.njk': StatisticsPage
  }
}
