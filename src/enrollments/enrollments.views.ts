import type { CourseHead } from '../courses/courses.views.ts'
import type { FormView } from '../http/page-context.ts'
import type { OneTimePassword } from '../users/users.views.ts'
import type { LabState } from '../work-vms/work-vms.views.ts'

/** One exercise on the student's start page. */
export interface MyExerciseCard {
  readonly id: string
  readonly title: string
  readonly course: string
  readonly labState: LabState
  readonly queuePosition: number | null
  readonly bestPoints: number | null
  readonly maxPoints: number
  readonly undecidedPoints: number
  readonly attemptsUsed: number
  /** null: unlimited. */
  readonly attemptsLimit: number | null
  /** null when it is open already. */
  readonly opensAt: string | null
  readonly dueAt: string | null
  readonly closesAt: string | null
  readonly isOver: boolean
  readonly openSubmissionId: string | null
  readonly lastSubmissionId: string | null
  /** The zone of its course: due dates are shown in it. */
  readonly timeZone: string
  /** The one next thing to do; its word is `pages.home.next.<next>`. */
  readonly next: 'start' | 'wait' | 'continue' | 'follow' | 'result' | 'look' | 'repair'
}

/** `/` for students → `enrollments/home.njk` */
export interface StudentHomePage {
  readonly name: string
  readonly current: readonly MyExerciseCard[]
  readonly past: readonly MyExerciseCard[]
}

export type LineOutcome = 'known' | 'will-create' | 'enrolled' | 'not-in-directory' | 'duplicate' | 'malformed'

export interface DryRunLine {
  readonly line: number
  readonly username: string
  readonly name: string | null
  readonly group: string | null
  readonly outcome: LineOutcome
  readonly message: string | null
}

/** What would happen; nothing has happened yet. */
export interface DryRunView {
  readonly lines: readonly DryRunLine[]
  readonly counts: Readonly<Record<LineOutcome, number>>
  /** Enrollments that the confirm button makes. */
  readonly willEnroll: number
  /** Work VMs it makes at once; 0 when they are made at first start. */
  readonly willCreateVms: number
  /** The list as it was given, for the confirming form. */
  readonly list: string
}

export interface ClassRow {
  readonly userId: string
  readonly name: string
  readonly username: string
  readonly group: string | null
  readonly labState: LabState
  readonly labError: string | null
  readonly workVmId: string | null
  readonly attempts: number
  readonly lastSubmissionId: string | null
  readonly lastSubmittedAt: string | null
  readonly points: number | null
  readonly undecidedPoints: number
}

/** One lab that is being made, and what is being done for it just now. */
export interface RunningLab {
  readonly name: string
  readonly doing: string
}

/**
 * How far the labs of the class are. Its buttons post to `/exercises/:id/labs/{retry,make,cancel}`, and to
 * `/exercises/:id/enrollments/:userId/retry` for one.
 */
export interface LabMakingView {
  readonly counts: Readonly<Record<'made' | 'running' | 'waiting' | 'failed' | 'missing', number>>
  readonly total: number
  /** The first few of those that run. */
  readonly running: readonly RunningLab[]
  /** Why those that wait are not begun; null when it is only their turn that they wait for. */
  readonly waitingFor: string | null
  readonly failed: readonly { readonly userId: string; readonly name: string; readonly message: string }[]
  readonly isUnderWay: boolean
  readonly mayCancel: boolean
}

/**
 * `/exercises/:id/enrollments` → `enrollments/list.njk`. The form posts `list` (text) or `file` with `do=dry-run`; the dry run
 * is the same page with `dryRun`, whose form posts `list` with `do=enroll`. `/exercises/:id/enrollments/:userId/{remove,retry}`.
 */
export interface EnrollmentsPage {
  readonly exercise: {
    readonly id: string
    readonly title: string
    readonly course: CourseHead
    readonly maxPoints: number
    readonly isPublished: boolean
  }
  readonly timeZone: string
  /** Teachers, while the exercise is built. */
  readonly mayEnroll: boolean
  /** Labs have host names: GNS3's own web UI can be opened. */
  readonly hasGns3Ui: boolean
  readonly mayRemove: boolean
  readonly groups: readonly { readonly name: string; readonly count: number }[]
  readonly form: FormView
  readonly dryRun: DryRunView | null
  /** Shown once, right after the accounts were made. */
  readonly oneTimePasswords: readonly OneTimePassword[]
  /** null when all labs are there, or are made at the first start. */
  readonly making: LabMakingView | null
  /** Labs of students who were taken out, until the bin is emptied. `/work-vms/:id/undelete` undoes it. */
  readonly bin: readonly {
    readonly workVmId: string
    readonly name: string
    readonly removedAt: string | null
    readonly emptiedAt: string
  }[]
  readonly rows: readonly ClassRow[]
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'enrollments/home.njk': StudentHomePage
    'enrollments/list.njk': EnrollmentsPage
  }
}
