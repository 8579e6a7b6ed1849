import type { Finding } from './reconcile.ts'

/** `/admin/reconcile` → `vms/reconcile.njk` */
export interface ReconcilePage {
  /** Null until somebody has looked since the server's start. */
  readonly lookedAt: string | null
  readonly isLooking: boolean
  /** Why the last look failed, in words. */
  readonly fault: string | null
  /** Nodes and storages that did not answer. */
  readonly unread: readonly string[]
  readonly findings: readonly Finding[]
  readonly range: { readonly from: number; readonly to: number }
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'vms/reconcile.njk': ReconcilePage
  }
}
