import type { CourseHead } from '../courses/courses.views.ts'
import type { FormView } from '../http/page-context.ts'
import type { LabState } from '../work-vms/work-vms.views.ts'
import type { Light } from './board.ts'

export interface BoardTile {
  readonly userId: string
  readonly name: string
  readonly username: string
  readonly group: string | null
  readonly labState: LabState
  readonly light: Light
  readonly passed: number
  readonly total: number
  readonly inconclusive: number
  readonly submissionHref: string | null
  readonly lastChangeAt: string | null
  /** How long ago the last change was, in words. */
  readonly since: string | null
  readonly helpSince: string | null
  readonly isStuck: boolean
  /** Why the lab failed, as a sentence. */
  readonly error: string | null
}

/**
 * `/exercises/:id/board` → `classroom/board.njk`. Forms: `/exercises/:id/messages` (text, minutes), `/exercises/:id/messages/:messageId/end`,
 * `/exercises/:id/help/:userId/answer`, `/exercises/:id/extend` (minutes), `/exercises/:id/{freeze,thaw}`.
 */
export interface BoardPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly tiles: readonly BoardTile[]
  readonly sort: 'need' | 'name'
  readonly counts: Readonly<Record<Light | 'hands' | 'stuck' | 'failed', number>>
  /** Teachers: more time for all, submissions stopped. */
  readonly mayTeach: boolean
  /** When it closes, or is due where it does not close; null where neither. */
  readonly endsAt: string | null
  /** Since when nobody submits. */
  readonly frozenAt: string | null
  readonly messages: readonly {
    readonly id: string
    readonly text: string
    readonly from: string
    readonly at: string
    readonly endsAt: string
  }[]
  /** The form for a message is open: then the page does not load itself anew. */
  /** Messages go to the whole class: not for an assistant of a group. */
  readonly mayTell: boolean
  readonly isComposing: boolean
  readonly form: FormView
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'classroom/board.njk': BoardPage
  }
}
