import type { CourseHead } from '../courses/courses.views.ts'
import type { DiscriminationView } from './discrimination.ts'
import type { ResultsQuery } from './results-query.ts'
import type { VerdictWord } from './submissions.views.ts'

/** One square of the matrix; a class has thousands, so there is nothing in it that the view can say once. */
export interface ResultCell {
  readonly verdict: VerdictWord
  /** Points where they are not all or nothing. */
  readonly points: number | null
  readonly isOverridden: boolean
  /** Its evidence: the submission at this criterion. */
  readonly href: string
}

export interface ResultRow {
  readonly userId: string
  readonly name: string
  readonly username: string
  readonly group: string | null
  readonly submissionHref: string | null
  readonly submittedAt: string | null
  readonly attempts: number
  readonly points: number | null
  readonly undecidedPoints: number
  /** One a criterion; null where there is no result. */
  readonly cells: readonly (ResultCell | null)[]
}

/** A heading that sorts: the address that does it, and how it is sorted now. */
export interface SortHead {
  readonly href: string
  readonly sorted: 'ascending' | 'descending' | null
}

export interface ResultColumn extends SortHead {
  readonly id: string
  readonly title: string
  readonly maxPoints: number
  /** Of those with a result here, the share that passed; null while there is none. */
  readonly passShare: number | null
  /** How many could not be checked. */
  readonly inconclusive: number
  /** Of those shown; null for too few or no difference. */
  readonly discrimination: DiscriminationView | null
}

/** `/exercises/:id/results` → `submissions/results.njk`; the same path with .csv, .json, .xml downloads what is shown. */
export interface ResultsPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead; readonly maxPoints: number }
  readonly timeZone: string
  readonly columns: readonly ResultColumn[]
  readonly heads: Readonly<Record<'name' | 'points' | 'attempts' | 'submitted', SortHead>>
  readonly rows: readonly ResultRow[]
  /** Of the whole class, shown or not. */
  readonly enrolled: number
  readonly medianPoints: number | null
  /** Submissions of those who have submitted. */
  readonly medianAttempts: number | null
  readonly groups: readonly string[]
  readonly query: ResultsQuery
  /** True when rows are left out. */
  readonly isFiltered: boolean
  /** Teachers may have the submissions graded anew. */
  readonly mayTeach: boolean
  readonly downloads: readonly { readonly kind: 'csv' | 'moodle' | 'json' | 'xml'; readonly href: string }[]
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'submissions/results.njk': ResultsPage
  }
}
