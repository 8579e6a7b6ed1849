import type { CourseHead } from '../courses/courses.views.ts'
import type { FormView } from '../http/page-context.ts'
import type { StepView } from '../jobs/steps.views.ts'
import type { LabState } from '../work-vms/work-vms.views.ts'

/** Where a student stands in an exam. */
export interface ExamStudentRow {
  readonly userId: string
  readonly name: string
  readonly username: string
  /** His own end, with extra time; null while the exercise has none. */
  readonly endsAt: string | null
  readonly extraMinutes: number
  readonly labState: LabState
  readonly isFrozen: boolean
  /** Read back from the VM and probed; `unproven`: its rules are right, but nothing shows that they act; `not-checked`: nothing was read. */
  readonly isolation: 'isolated' | 'unproven' | 'open' | 'not-checked'
  /** What is missing, in words. */
  readonly isolationGap: string | null
  /** From where he is signed in now. */
  readonly addresses: readonly string[]
  readonly submission: {
    readonly id: string
    readonly state: 'queued' | 'evaluating' | 'done' | 'failed' | 'cancelled'
    readonly acceptedAt: string
    readonly isCollected: boolean
    /** Why it could not be checked, as a sentence. */
    readonly problem: string | null
  } | null
}

/** `/exercises/:id/exam` for staff → `exams/show.njk`. Forms post to the same path with `state`, and to `/exercises/:id/exam/end`. */
export interface ExamPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly isOn: boolean
  /** Who switched it last; null while it never was. */
  readonly switched: { readonly by: string; readonly at: string } | null
  readonly window: {
    readonly opensAt: string | null
    readonly closesAt: string | null
    readonly phase: 'before' | 'open' | 'closed'
    /** Until it begins or ends. */
    readonly untilMs: number | null
  }
  readonly isWithheld: boolean
  readonly form: FormView
  readonly students: readonly ExamStudentRow[]
  /** The job that submits for everybody, the last one. */
  readonly collection: {
    readonly jobId: string
    readonly state: string
    readonly steps: readonly StepView[]
  } | null
  readonly mayTeach: boolean
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'exams/show.njk': ExamPage
  }
}
