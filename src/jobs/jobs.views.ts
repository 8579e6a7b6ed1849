import type { LoadPlot } from '../http/load-plot.ts'
import type { JobState, StepView } from './steps.views.ts'

/** A job as the lists show it. `name` is the job's definition (`build-template`); its word is `jobs.names.<name>`. */
export interface JobRow {
  readonly id: string
  readonly name: string
  readonly state: JobState
  /** What it works on, in words ("Static routing · Ana Silva"), with the page of it. */
  readonly subject: string
  readonly subjectHref: string | null
  readonly attempts: number
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly errorMessage: string | null
}

/** `/admin/jobs` → `jobs/list.njk` */
export interface JobsPage {
  readonly jobs: readonly JobRow[]
  readonly counts: Readonly<Record<JobState, number>>
  /** The filter in force (`?state=`). */
  readonly state: JobState | null
  readonly nextHref: string | null
  /** Since when no new lab is made because an administrator said so; null while they are. */
  readonly clonesPausedAt: string | null
}

/** One Proxmox task that the job started, its log read to the last line. */
export interface ProxmoxTaskView {
  readonly upid: string
  readonly node: string
  /** Proxmox's type (qmclone, qmstart ...). */
  readonly type: string
  readonly startedAt: string
  readonly endedAt: string | null
  /** Proxmox's exit text ("OK", "TASK ERROR ..."); null while it runs. */
  readonly exit: string | null
  readonly outcome: 'running' | 'ok' | 'warnings' | 'failed'
  readonly log: readonly { readonly text: string; readonly isWarning: boolean }[]
}

/** `/admin/jobs/:id` → `jobs/show.njk` */
export interface JobPage {
  readonly job: JobRow
  readonly steps: readonly StepView[]
  readonly tasks: readonly ProxmoxTaskView[]
  readonly error: { readonly code: string; readonly message: string } | null
  readonly may: { readonly retry: boolean; readonly cancel: boolean }
}

/** One line of the status page. */
export interface StatusItem {
  readonly id: string
  /** What it is, in words ("Proxmox node pve1"). */
  readonly label: string
  readonly state: 'ok' | 'warning' | 'failing' | 'unknown'
  readonly detail: string
  readonly since: string | null
}

/** What an administrator should know without looking for it, in words. */
export interface AlertRow {
  readonly text: string
  readonly since: string
}

export interface HostRow {
  readonly name: string
  readonly isOnline: boolean
  /** Shares of 1; null when not read yet. */
  readonly cpu: number | null
  readonly memory: number | null
  readonly storage: number | null
  readonly runningVms: number
}

/** `/admin` → `jobs/status.njk` */
export interface StatusPage {
  readonly alerts: readonly AlertRow[]
  readonly items: readonly StatusItem[]
  readonly hosts: readonly HostRow[]
  readonly loads: readonly LoadPlot[]
  readonly labs: { readonly ready: number; readonly starting: number; readonly queued: number; readonly limit: number | null }
  readonly jobs: Readonly<Record<JobState, number>>
  readonly recentFailures: readonly JobRow[]
  readonly version: string
  readonly startedAt: string
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'jobs/list.njk': JobsPage
    'jobs/show.njk': JobPage
    'jobs/status.njk': StatusPage
  }
}
