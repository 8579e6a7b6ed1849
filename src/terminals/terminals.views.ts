import type { FormView } from '../http/page-context.ts'
import type { TopologyDrawing } from '../http/topology-drawing.ts'
import type { LabDeviceRow } from '../work-vms/work-vms.views.ts'

/** Model of `terminals/show.njk`: the terminals of one lab in a window of their own, for its owner or for staff that looks on. */
export interface TerminalsPage {
  readonly labId: string
  readonly exercise: { readonly id: string; readonly title: string }
  /** Where the lab's own page is. */
  readonly backHref: string
  /** Opened at once; null: to be chosen. */
  readonly device: LabDeviceRow | null
  readonly devices: readonly LabDeviceRow[]
  readonly topology: TopologyDrawing | null
  /** GNS3's own web UI can be opened. */
  readonly hasGns3Ui: boolean
  /** Whose lab it is and why it is looked at; null for the owner. */
  readonly watch: { readonly name: string; readonly reason: string } | null
}

/** Model of `terminals/ask.njk`: why somebody wants to look at another's terminals. */
export interface WatchQuestionPage {
  readonly labId: string
  readonly device: string
  readonly name: string
  readonly exercise: { readonly id: string; readonly title: string }
  readonly form: FormView
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'terminals/show.njk': TerminalsPage
    'terminals/ask.njk': WatchQuestionPage
  }
}
