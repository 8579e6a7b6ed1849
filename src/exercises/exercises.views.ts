import type { CourseHead, ExerciseState } from '../courses/courses.views.ts'
import type { AnswerView } from '../http/answer-view.ts'
import type { ErrorView, FormView } from '../http/page-context.ts'
import type { SentencePart } from '../http/sentence.ts'
import type { TopologyDrawing } from '../http/topology-drawing.ts'
import type { StepView } from '../jobs/steps.views.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

/** Choices under a heading (`optgroup`). */
export interface ChoiceGroup {
  readonly label: string
  readonly choices: readonly Choice[]
}

/** How far what a device answers to a kind of check can be trusted. */
export interface ProofMark {
  readonly mark: 'device' | 'transcript' | 'documented' | 'none'
  /** As a sentence; why not, where it cannot be asked. */
  readonly meaning: string
  readonly isSupported: boolean
}

/** A device of the project. Inputs: `devices.<index>.{name,platform,username,password,enablePassword}`. */
export interface DeviceFormRow {
  readonly index: number
  readonly name: string
  /** GNS3's node type, for people. */
  readonly type: string
  /** Guessed at first; '' means: not asked. */
  readonly platform: string
  readonly isGuessed: boolean
  readonly username: string
  /** A password is never sent back; true when one is kept. */
  readonly hasPassword: boolean
  readonly hasEnablePassword: boolean
  /** Typed before and not saved yet, encrypted; '' when nothing was. */
  readonly keptPassword: string
  readonly keptEnablePassword: string
  readonly connect: ConnectFormRow
  /** Why the console that the project gives it cannot be asked; null when it can. */
  readonly consoleNote: string | null
}

/** Inputs: `devices.<index>.connect.{via,host,port,jumpUsername,jumpPort,jumpPassword}`. */
export interface ConnectFormRow {
  readonly via: string
  /** What may be chosen; `file` only where the file has something that there are no inputs for. */
  readonly ways: readonly ('console' | 'ssh' | 'file')[]
  readonly host: string
  readonly port: string
  readonly jumpUsername: string
  readonly jumpPort: string
  readonly hasJumpPassword: boolean
  readonly keptJumpPassword: string
}

/** Inputs: `preconfigure.<index>.{device,commands,expect}`; commands one a line. */
export interface PreconfigureFormRow {
  readonly index: number
  readonly device: string
  readonly commands: string
  readonly expect: string
}

/**
 * Inputs: `criteria.<index>.{id,title,module,device,points,visible,conceal,hint,requires,within}` and `criteria.<index>.params.<name>`.
 * `sentence` comes from the field description of the module (`makeSentence`).
 */
export interface CriterionFormRow {
  readonly index: number
  readonly id: string
  readonly title: string
  readonly module: string
  readonly moduleName: string
  readonly sentence: readonly SentencePart[]
  /** Of the chosen device; null while none is. */
  readonly proof: ProofMark | null
  readonly points: string
  readonly isVisible: boolean
  /** What is expected is not told to students. */
  readonly isConcealed: boolean
  readonly hint: string
  readonly requires: string
  readonly within: string
  /** What applies when `within` is left empty, in seconds. */
  readonly usualWithin: string
}

/** What a check came to that was asked from the form, in words for its teacher. */
export interface AskedNowView {
  /** The row that was asked. */
  readonly index: number
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped'
  readonly why: string
  readonly expected: string
  readonly found: string
  readonly tookMs: number
  readonly answers: readonly AnswerView[]
}

/** A step of writing an exercise, with what is still to be done in it. */
export interface EditorStepView {
  /** The id of its heading. */
  readonly id: 'basics' | 'project' | 'devices' | 'criteria' | 'rules' | 'proof' | 'publish'
  readonly href: string
  /** `unproven`: students have it, and nothing shows that its checks are right. */
  readonly state: 'done' | 'todo' | 'problem' | 'unproven'
}

/**
 * `/exercises/new?course=ID` and `/exercises/:id/edit` → `exercises/form.njk`. A multipart form to `/exercises` or `/exercises/:id`; the button `do` says what is meant:
 * `save`, `upload`, `add-preconfigure`, `add-criterion` (with `newModule`, `newDevice`), `remove-preconfigure:N`,
 * `remove-criterion:N`, `ask:N`, `use-yaml`, `use-form`. Every one but `save` shows the page again with what was typed; `uploadToken` keeps the upload.
 * Plain inputs in `form.values`: title, statement, topology, direct, create, baseTemplate, memory, cores, disk, networkRate, yaml, and the rules:
 * opensAt, dueAt, closesAt, attempts, refillMinutes, results.
 */
export interface ExerciseFormPage {
  readonly course: CourseHead
  readonly timeZone: string
  /** null for a new one. */
  readonly exercise: { readonly id: string; readonly title: string; readonly state: ExerciseState } | null
  readonly form: FormView
  readonly baseTemplates: readonly { readonly vmid: string; readonly label: string }[]
  /** Proxmox has not answered now: the list is of then, or was never had. */
  readonly baseTemplatesNote: { readonly listedAt: string | null } | null
  readonly upload: {
    readonly token: string
    readonly fileName: string
    readonly sizeBytes: number
    readonly devices: number
    readonly links: number
  } | null
  readonly topology: TopologyDrawing | null
  readonly devices: readonly DeviceFormRow[]
  /** Some device is not reached at its console. */
  readonly areWaysOpen: boolean
  readonly platforms: readonly Choice[]
  readonly preconfigure: readonly PreconfigureFormRow[]
  readonly criteria: readonly CriterionFormRow[]
  /** Kinds that some device can be asked, by layer. */
  readonly modules: readonly ChoiceGroup[]
  /** The longest that checking takes, in seconds; null while the checks are not complete. */
  readonly worstCase: { readonly seconds: number; readonly budgetSeconds: number } | null
  /** Whether the criteria are composed or pasted. */
  readonly input: 'form' | 'yaml'
  readonly steps: readonly EditorStepView[]
  /** Of what is saved; null for a new exercise. */
  readonly proving: (ProvingView & { readonly revision: number }) | null
  /** Devices that are asked: a new check can be begun on each. */
  readonly askedDevices: readonly string[]
  /** The teacher's own lab, where a check can be asked at once; null for a new exercise. */
  readonly trial: { readonly href: string; readonly isReady: boolean } | null
  /** Just now. */
  readonly asked: AskedNowView | null
}

export type ProofScenario = 'untouched' | 'solution'
export interface ProofCell {
  readonly scenario: ProofScenario
  /** null: not proven yet. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped' | null
  readonly isAsExpected: boolean
  readonly why: string | null
}

export interface ProofRun {
  readonly scenario: ProofScenario
  readonly state: 'none' | 'running' | 'done' | 'failed'
  readonly points: number | null
  readonly maxPoints: number
  readonly provenAt: string | null
  /** The verdict of the run as a whole, as a sentence. */
  readonly conclusion: string | null
  readonly isProven: boolean
}

/** Proof and publishing: on the page of the exercise, and as the last steps of its editor. */
export interface ProvingView {
  readonly proof: readonly ProofRun[]
  /** The teacher's own lab; null while the exercise is not built. */
  readonly trial: { readonly state: string; readonly href: string } | null
  /** A proof needs the teacher's own lab, ready. */
  readonly proofNeedsLab: boolean
  readonly isUnproven: boolean
  readonly may: { readonly prove: boolean; readonly publish: boolean }
}

/**
 * `/exercises/:id` for course staff → `exercises/show.njk`. Forms post to `/exercises/:id/{prove,publish,archive,build}`;
 * `prove` has `scenario`, `publish` has `unproven`. `/exercises/:id/try` is the page as a student sees it.
 */
export interface ExercisePage extends Omit<ProvingView, 'isUnproven' | 'may'> {
  readonly exercise: {
    readonly id: string
    readonly title: string
    readonly state: ExerciseState
    readonly course: CourseHead
    readonly revision: number
    readonly isUnproven: boolean
    readonly maxPoints: number
    readonly topologyRule: 'fixed' | 'free'
    readonly dueAt: string | null
    readonly statementHtml: string
  }
  readonly timeZone: string
  readonly build: {
    readonly state: 'none' | 'running' | 'done' | 'failed'
    readonly steps: readonly StepView[]
    readonly jobId: string | null
    readonly error: ErrorView | null
  }
  readonly template: { readonly vmid: string; readonly name: string; readonly node: string } | null
  readonly topology: TopologyDrawing | null
  readonly devices: readonly { readonly name: string; readonly type: string; readonly platform: string | null }[]
  readonly criteria: readonly {
    readonly id: string
    readonly title: string
    readonly moduleName: string
    readonly device: string | null
    /** What is asked, as a sentence. */
    readonly sentence: string
    readonly maxPoints: number
    readonly isVisible: boolean
    readonly proof: readonly ProofCell[]
  }[]
  /** Secrets the file names, each with whether it has a value. Forms post to `/exercises/:id/secrets`. */
  readonly secrets: readonly { readonly name: string; readonly isSet: boolean }[]
  readonly numbers: { readonly enrolled: number; readonly labsReady: number; readonly submitted: number; readonly waitingForReview: number }
  readonly may: {
    readonly edit: boolean
    readonly build: boolean
    readonly prove: boolean
    readonly publish: boolean
    readonly archive: boolean
  }
}

/** `/exercises/:id/rules` → `exercises/rules.njk`. Forms post to the same path, to `/allowances` and to `/release-results`. */
export interface RulesPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly form: FormView
  readonly isWithheld: boolean
  readonly releasedAt: string | null
  readonly students: readonly Choice[]
  readonly allowances: readonly {
    readonly userId: string
    readonly name: string
    readonly username: string
    readonly extraMinutes: number
    readonly extraAttempts: number
    readonly closesAt: string | null
  }[]
  readonly mayTeach: boolean
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'exercises/form.njk': ExerciseFormPage
    'exercises/rules.njk': RulesPage
    'exercises/show.njk': ExercisePage
  }
}
