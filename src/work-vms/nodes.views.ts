import type { LoadPlot } from '../http/load-plot.ts'
import type { Period, PlacementRow } from '../vms/index.ts'

interface Shown {
  readonly period: Period
  readonly periods: readonly { readonly text: string; readonly href: string; readonly isCurrent: boolean }[]
}

/** `/admin/nodes` → `work-vms/nodes.njk` */
export interface NodesPage extends Shown {
  /** Why Proxmox could not be asked, in words. */
  readonly fault: string | null
  readonly isAutomatic: boolean
  /** Each node, and why it would take the next VM or not; `load` with two decimals. */
  readonly nodes: readonly { readonly node: string; readonly load: string | null; readonly choice: string; readonly isBest: boolean }[]
  readonly loads: readonly LoadPlot[]
  readonly labs: readonly {
    readonly id: string
    readonly vmid: number
    readonly name: string
    readonly node: string
    readonly state: string
    readonly isMoving: boolean
    /** Where it may be sent; none while something else is done to it. */
    readonly targets: readonly string[]
  }[]
  readonly decisions: readonly {
    readonly at: string
    readonly kind: PlacementRow['kind']
    readonly vmid: number
    readonly where: string
    readonly why: string
    /** Word of `pages.nodes.states`. */
    readonly state: string
    readonly isBad: boolean
    readonly fault: string | null
  }[]
}

/** `/admin/nodes/vms/:vmid` → `work-vms/vm-load.njk` */
export interface VmLoadPage extends Shown {
  readonly vmid: number
  readonly load: LoadPlot
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'work-vms/nodes.njk': NodesPage
    'work-vms/vm-load.njk': VmLoadPage
  }
}
