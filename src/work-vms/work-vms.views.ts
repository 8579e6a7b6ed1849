import type { CourseHead } from '../courses/courses.views.ts'
import type { ErrorView } from '../http/page-context.ts'
import type { TopologyDrawing } from '../http/topology-drawing.ts'
import type { StepView } from '../jobs/steps.views.ts'
import type { DiffHunk } from '../lib/unified-diff.ts'

/** The states of a work VM, and `none` while the student has none. */
export type LabState =
  | 'none'
  | 'requested'
  | 'creating'
  | 'stopped'
  | 'queued'
  | 'starting'
  | 'ready'
  | 'stopping'
  | 'suspended'
  | 'hibernated'
  | 'failed'
  | 'binned'
  | 'deleting'
  | 'deleted'

export interface LabDeviceRow {
  readonly name: string
  readonly platform: string | null
  readonly state: 'started' | 'stopped' | 'suspended' | 'unknown'
  /** "telnet 127.77.0.3 5000"; in the sandbox and with direct access, else null. */
  readonly console: string | null
  readonly isGraded: boolean
  /** `terminal` and `screen`: one can be opened in the page; else why not, a word of `pages.terminals.kinds`. */
  readonly reach: 'terminal' | 'screen' | 'none' | 'spice' | 'http' | 'unknown'
}

/** A cable, and what was captured on it last. */
export interface LabCableRow {
  readonly id: string
  readonly a: { readonly device: string; readonly port: string }
  readonly b: { readonly device: string; readonly port: string }
  readonly capture: { readonly id: string; readonly startedAt: string; readonly sizeBytes: number; readonly ended: string | null } | null
}

/** Access from the student's own computer, by a GNS3 and a terminal of his own. */
export interface DirectAccessView {
  /** Who is let in now; null: nobody. */
  readonly address: string | null
  /** Where whoever looks is; null: not known, or somebody else's lab. */
  readonly here: string | null
  /** He started it, or would start it, from an address that can be let in. */
  readonly isUsable: boolean
  /** Where GNS3 is; null while nobody is let in, or the lab is not on. */
  readonly gns3: { readonly host: string; readonly port: number } | null
}

/** What can be pressed now; false buttons are not shown. */
export interface LabMay {
  readonly start: boolean
  readonly stop: boolean
  /** Restart one device, find its prompt, bring a configuration back. */
  readonly devices: boolean
  /** Further ways to switch it, each with what it costs: `pages.labs.power.<verb>`. */
  readonly power: readonly ('reboot' | 'suspend' | 'hibernate' | 'stop')[]
  readonly reset: boolean
  /** By the exercise as it is now; only while the lab was made from an earlier revision. */
  readonly replace: boolean
  readonly submit: boolean
}

/** What came of the last thing that was done with one device. */
export interface DeviceOutcome {
  readonly job: 'restart-device' | 'free-console' | 'restore-device'
  readonly device: string
  readonly isDone: boolean
  readonly typed: readonly string[]
  readonly refused: readonly { readonly command: string; readonly said: string }[]
  /** Lines that cannot be typed. */
  readonly leftOut: readonly string[]
  /** What was found on its console and ended, as words of `pages.labs.found`. */
  readonly found: readonly string[]
  readonly error: ErrorView | null
}

/**
 * A student's lab. Its forms post to `/exercises/:id/lab/start` while there is no VM, else to
 * `/work-vms/:id/{start,stop,reboot,suspend,hibernate,reset,replace,keep,submissions}` and `/work-vms/:id/devices/{restart,free-console}`.
 */
export interface LabView {
  /** null while `state` is `none`. */
  readonly id: string | null
  readonly state: LabState
  /** Place in the fair queue, from 1; null when not queued. */
  readonly queuePosition: number | null
  /** The job that makes, starts or resets it; [] when none runs. */
  readonly steps: readonly StepView[]
  /** What all steps together usually still take; null when unknown. */
  readonly remainingMs: number | null
  readonly readyAt: string | null
  /** When an idle lab hibernates; null when it does not. */
  readonly hibernatesAt: string | null
  /** How long until then. */
  readonly hibernatesInMs: number | null
  readonly error: ErrorView | null
  readonly deviceOutcome: DeviceOutcome | null
  readonly devices: readonly LabDeviceRow[]
  /** Of a lab that is ready. */
  readonly cables: readonly LabCableRow[]
  /** A capture is kept or runs. */
  readonly isCaptured: boolean
  /** null until the exercise's project is known. */
  readonly topology: TopologyDrawing | null
  /** The submission that is being checked: the lab is left alone until its last answer. */
  readonly openSubmissionId: string | null
  /** It is left alone, for a submission, a proof or one check of its teacher. */
  readonly isFrozen: boolean
  /** null where the exercise gives none, and while its student sits an exam. */
  readonly direct: DirectAccessView | null
  /** Whether labs have host names, at which GNS3's own web UI is. */
  readonly hasGns3Ui: boolean
  readonly may: LabMay
}

/** `/work-vms/:id/configurations?device=NAME` → `work-vms/configurations.njk`: what ran on one device, newest first. */
export interface ConfigurationsPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly labHref: string }
  readonly timeZone: string
  readonly workVmId: string
  /** His name, for staff. */
  readonly student: string | null
  readonly devices: readonly string[]
  /** The one that is shown; null where the exercise has none with a console. */
  readonly device: string | null
  /** False where what is shown of its platform is nothing that could be typed again. */
  readonly isRestorable: boolean
  /** The lab is on, and may be worked in. */
  readonly mayRestore: boolean
  readonly outcome: DeviceOutcome | null
  readonly entries: readonly {
    readonly id: string
    readonly at: string
    /** Word of `pages.configurations.keptFor`. */
    readonly keptFor: string
    readonly running: string
    readonly saved: string | null
    readonly change: { readonly change: string; readonly hunks: readonly DiffHunk[] } | null
    /** What would be typed, from the newest state; null where it cannot be restored. */
    readonly preview: readonly string[] | null
  }[]
}

/** `/work-vms/:id` for staff → `work-vms/show.njk`: one student's lab, with what can be done with it. */
export interface WorkVmPage {
  readonly exercise: { readonly id: string; readonly title: string; readonly course: CourseHead }
  readonly timeZone: string
  readonly student: { readonly name: string; readonly username: string }
  readonly lab: LabView
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'work-vms/configurations.njk': ConfigurationsPage
    'work-vms/show.njk': WorkVmPage
  }
}
