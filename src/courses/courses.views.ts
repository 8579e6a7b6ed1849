import type { FormView, PageRole } from '../http/page-context.ts'

export interface CourseCard {
  readonly id: string
  readonly title: string
  readonly term: string
  readonly role: PageRole
  readonly students: number
  readonly exercises: number
  readonly published: number
  readonly labsReady: number
  readonly submissionsOpen: number
  readonly hands: number
  /** Results that wait for a person (undecided with cause `lab`). */
  readonly waitingForReview: number
}

/** `/courses` → `courses/list.njk`. Form fields: title, term, timeZone. */
export interface CoursesPage {
  readonly courses: readonly CourseCard[]
  readonly mayCreate: boolean
  readonly timeZones: readonly string[]
  readonly form: FormView
}

export type ExerciseState = 'draft' | 'building' | 'ready' | 'published' | 'failed' | 'archived'

export interface CourseExerciseRow {
  readonly id: string
  readonly title: string
  readonly state: ExerciseState
  readonly isUnproven: boolean
  readonly criteria: number
  readonly maxPoints: number
  readonly dueAt: string | null
  readonly enrolled: number
  readonly labsReady: number
  readonly submitted: number
  readonly medianPoints: number | null
  readonly waitingForReview: number
  readonly started: number
  readonly stuck: number
  readonly hands: number
  readonly labsFailed: number
}

export interface RosterRow {
  readonly userId: string
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly role: PageRole
  readonly group: string | null
}

/** The course as the head of its pages. */
export interface CourseHead {
  readonly id: string
  readonly title: string
  readonly term: string
}

/**
 * `/courses/:id` → `courses/show.njk` (exercises first) and `/courses/:id/roster` → `courses/roster.njk`.
 * Forms: `/courses/:id/members` (username, name, email, role, group), `/courses/:id/members/:userId/remove`.
 */
export interface CoursePage {
  readonly course: CourseHead
  readonly timeZone: string
  readonly mayEdit: boolean
  readonly exercises: readonly CourseExerciseRow[]
  readonly archived: readonly CourseExerciseRow[]
  readonly staff: readonly RosterRow[]
  readonly studentCount: number
}

export interface RosterPage {
  readonly course: CourseHead
  readonly timeZone: string
  readonly mayEdit: boolean
  readonly groups: readonly { readonly name: string; readonly count: number }[]
  /** The group filtered for (`?group=`). */
  readonly group: string | null
  readonly staff: readonly RosterRow[]
  readonly students: readonly RosterRow[]
  readonly form: FormView
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'courses/list.njk': CoursesPage
    'courses/show.njk': CoursePage
    'courses/roster.njk': RosterPage
  }
}
