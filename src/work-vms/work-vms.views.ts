import type { ErrorView } from '../http/page-context.ts'
import type { TopologyDrawing } from '../http/topology-drawing.ts'
import type { StepView } from '../jobs/steps.views.ts'

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
  /** "telnet 127.77.0.3 5000"; in the sandbox only, else null. */
  readonly console: string | null
  readonly isGraded: boolean
  /** `terminal`: one can be opened in the page; else why not, a word of `pages.terminals.kinds`. */
  readonly reach: 'terminal' | 'none' | 'vnc' | 'spice' | 'http' | 'unknown'
}

/** What can be pressed now; false buttons are not shown. */
export interface LabMay {
  readonly start: boolean
  readonly stop: boolean
  readonly restartDevices: boolean
  readonly reset: boolean
  /** By the exercise as it is now; only while the lab was made from an earlier revision. */
  readonly replace: boolean
  readonly submit: boolean
}

/**
 * A student's lab. Its forms post to `/exercises/:id/lab/start` while there is no VM, else to
 * `/work-vms/:id/{start,stop,restart-devices,reset,replace,keep,submissions}`.
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
  readonly error: ErrorView | null
  readonly devices: readonly LabDeviceRow[]
  /** null until the exercise's project is known. */
  readonly topology: TopologyDrawing | null
  /** The submission that is being checked: the lab is left alone until its last answer. */
  readonly openSubmissionId: string | null
  readonly may: LabMay
}
