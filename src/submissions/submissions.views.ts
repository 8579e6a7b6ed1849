import type { CourseHead } from '../courses/courses.views.ts'
import type { ConfigurationComparison } from '../evaluations/index.ts'
import type { AnswerView } from '../http/answer-view.ts'
import type { ErrorView, FormView } from '../http/page-context.ts'
import type { StepView } from '../jobs/steps.views.ts'
import type { LabView } from '../work-vms/work-vms.views.ts'
import type { CriterionComparison } from './compare.ts'
import type { WalkOrder, WalkStep } from './walk.ts'

export type VerdictWord = 'pass' | 'fail' | 'inconclusive' | 'skipped'
export type SubmissionState = 'queued' | 'evaluating' | 'done' | 'failed' | 'cancelled'

/** How many criteria got which verdict. */
export type VerdictCounts = Readonly<Record<VerdictWord, number>>

export interface OverrideView {
  readonly verdict: VerdictWord
  readonly points: number
  readonly reason: string
  readonly by: string
  readonly at: string
}

/** A criterion with its result; sentences are rendered from the catalogue by reason code. */
export interface CriterionView {
  readonly id: string
  readonly title: string
  /** "Ping", "Traceroute". */
  readonly moduleName: string
  readonly device: string | null
  readonly phase: 'waiting' | 'running' | 'decided'
  /** null until decided. */
  readonly verdict: VerdictWord | null
  readonly points: number
  readonly maxPoints: number
  readonly why: string | null
  readonly expected: string | null
  readonly found: string | null
  readonly hint: string | null
  /** Whose doing an inconclusive one is, as a sentence ("this attempt was given back"). */
  readonly causeNote: string | null
  readonly attempts: number
  readonly lastAskedAt: string | null
  readonly passedAfterMs: number | null
  readonly tookMs: number | null
  /** While it runs: what is asked now ("R2: show ip route"). */
  readonly asking: string | null
  /** While it runs: until when it is asked again. */
  readonly retryUntil: string | null
  /** The last answer to each question. */
  readonly answers: readonly AnswerView[]
  /** For teachers: the same questions before, oldest first. */
  readonly earlier: readonly AnswerView[]
  readonly override: OverrideView | null
  readonly comment: string | null
}

export interface SubmissionHead {
  readonly id: string
  /** 1 for the first of this student in this exercise. */
  readonly number: number
  readonly state: SubmissionState
  readonly submittedAt: string
  readonly endedAt: string | null
  readonly points: number | null
  readonly maxPoints: number
  readonly undecidedPoints: number
  readonly counts: VerdictCounts
  /** Against the attempt before; null for the first. */
  readonly pointsChange: number | null
  readonly isLate: boolean
  readonly isGivenBack: boolean
  /** What came of it is not for this reader yet: points and counts are empty. */
  readonly isWithheld: boolean
}

/** What the student can still spend. */
export interface AttemptsView {
  readonly used: number
  /** null: unlimited; so is `left` then. */
  readonly limit: number | null
  readonly left: number | null
  /** When one more comes by itself. */
  readonly nextAt: string | null
}

/** The times of an exercise as they are for this student. */
export interface TimesView {
  readonly phase: 'before' | 'open' | 'closed'
  readonly opensAt: string | null
  readonly dueAt: string | null
  readonly closesAt: string | null
  /** Until what comes next: it opens, or closes. null when nothing is to come. */
  readonly untilMs: number | null
  readonly untilAttemptMs: number | null
  readonly hasExtraTime: boolean
  /** Minutes after which one submission comes back. */
  readonly refillMinutes: number | null
}

/** `/exercises/:id` for the enrolled (and the teacher's `/exercises/:id/try`) → `submissions/exercise.njk`. */
export interface StudentExercisePage {
  readonly exercise: {
    readonly id: string
    readonly title: string
    readonly course: CourseHead
    /** Sanitised HTML of the statement. */
    readonly statementHtml: string
    readonly maxPoints: number
  }
  readonly timeZone: string
  readonly times: TimesView
  /** Results are not shown to students yet. */
  readonly isWithheld: boolean
  readonly lab: LabView
  /** What is going to be checked; hidden criteria are only counted. */
  readonly criteria: readonly {
    readonly id: string
    readonly title: string
    readonly maxPoints: number
    /** Of the latest submission. */
    readonly verdict: VerdictWord | null
  }[]
  readonly hiddenCriteria: number
  readonly attempts: AttemptsView
  readonly bestPoints: number | null
  /** What the latest submission found about the lab itself, as sentences: told before the next. */
  readonly integrity: readonly string[]
  readonly history: readonly SubmissionHead[]
  /** Whether help was asked for, and when; null where nobody can be asked. */
  readonly help: { readonly since: string | null } | null
  /** The teacher has stopped submissions for the class. */
  readonly isPaused: boolean
  /** A teacher's trial: nothing counts, and the page says so. */
  readonly isTrial: boolean
}

/** The parts that both views of a submission share. */
interface SubmissionBase {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly submission: SubmissionHead
  readonly criteria: readonly CriterionView[]
  readonly steps: readonly StepView[]
  readonly error: ErrorView | null
  /** Findings about the lab itself (a device replaced, a link moved, an alias of a command that we ask), as sentences. */
  readonly integrity: readonly string[]
  /** Of the whole submission, by the teacher. */
  readonly comment: string | null
}

/** `/submissions/:id` for its student → `submissions/show.njk` (live while it is evaluated). */
export interface SubmissionPage extends SubmissionBase {
  readonly hiddenCriteria: number
  /** What comes of it is not told yet, also while it is checked. */
  readonly isWithheld: boolean
  /** Points of the hidden criteria are in the total. */
  readonly labHref: string
  readonly history: readonly SubmissionHead[]
}

export interface ConfigurationView {
  readonly device: string
  readonly kind: 'running' | 'saved'
  readonly capturedAt: string
  /** null when it could not be captured; then `problem` says why. */
  readonly text: string | null
  readonly problem: string | null
}

/**
 * `/submissions/:id` for course staff → `submissions/review.njk`. Forms post to `/submissions/:id/review`
 * with `criterionId`, `verdict`, `points`, `reason` (an override) or `comment`, of the whole or with `criterionId`; a comment may name one
 * of the bank (`bank`), and be kept in it (`keep`).
 */
export interface ReviewPage extends SubmissionBase {
  readonly student: { readonly id: string; readonly name: string; readonly username: string; readonly group: string | null }
  readonly configurations: readonly ConfigurationView[]
  readonly engineVersion: string
  readonly stages: readonly { readonly label: string; readonly at: string }[]
  readonly history: readonly SubmissionHead[]
  readonly previousHref: string | null
  readonly nextHref: string | null
  /** What the page was made from; a decision on something else is refused. */
  readonly stamp: string
  /** The same criterion of the students before and after, by criterion. */
  readonly walk: Readonly<Record<string, WalkStep>>
  readonly order: WalkOrder
  /** Comments of this exercise to be used again; the first nine have a digit. */
  readonly bank: readonly { readonly id: string; readonly text: string }[]
  /** The criterion whose override form was refused, with what was typed. */
  readonly form: FormView
  readonly formCriterionId: string | null
}

/** `/submissions/:id/compare?with=ID` → `submissions/compare.njk`: for the student himself, and for staff. */
export interface ComparePage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly submissionId: string
  readonly otherId: string
  /** His name, for staff. */
  readonly student: string | null
  readonly isWithheld: boolean
  /** The earlier one, then the later one. */
  readonly heads: readonly SubmissionHead[]
  /** What else it may be compared with. */
  readonly choices: readonly SubmissionHead[]
  readonly changed: readonly CriterionComparison[]
  readonly unchanged: number
  readonly configurations: readonly ConfigurationComparison[]
}

/** `/exercises/:id/regrade` → `submissions/regrade.njk`; a form posts `stamp` to the same path. */
export interface RegradePage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly revision: number
  readonly looked: number
  /** Criteria in which something changes. */
  readonly columns: readonly { readonly id: string; readonly title: string }[]
  readonly rows: readonly {
    readonly submissionId: string
    readonly number: number
    readonly name: string
    readonly pointsBefore: number
    readonly pointsAfter: number
    /** One for each column; null where nothing changes. */
    readonly cells: readonly (CriterionComparison | null)[]
  }[]
  readonly stamp: string
}

/** `GET /work-vms/:id/submissions` → `submissions/confirm.njk`: Submit was pressed as the session ended. */
export interface ConfirmSubmissionPage {
  readonly labId: string
  readonly exercise: { readonly id: string; readonly title: string }
  readonly backHref: string
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'submissions/exercise.njk': StudentExercisePage
    'submissions/confirm.njk': ConfirmSubmissionPage
    'submissions/show.njk': SubmissionPage
    'submissions/regrade.njk': RegradePage
    'submissions/compare.njk': ComparePage
    'submissions/review.njk': ReviewPage
  }
}
