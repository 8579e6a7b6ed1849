import { and, asc, eq, gte, lt, max, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type HostMetric = typeof tables.hostMetrics.$inferSelect
export type VmMetric = typeof tables.vmMetrics.$inferSelect
export type Resolution = HostMetric['resolution']

/** How much of an ISO 8601 time in UTC tells its hour, and its day; and what makes a whole one of it. */
const starts = { hour: { characters: 13, rest: ':00:00.000Z' }, day: { characters: 10, rest: 'T00:00:00.000Z' } } as const

/** What nodes and VMs carried, measurement by measurement and rolled up; Drizzle, nothing else. */
export function createHostMetricsRepository(db: Db) {
  const { hostMetrics, vmMetrics } = tables

  /** The rolled-up time of a row. */
  const startOf = (createdAt: typeof hostMetrics.createdAt | typeof vmMetrics.createdAt, to: 'hour' | 'day') =>
    sql<string>`substr(${createdAt}, 1, ${sql.raw(String(starts[to].characters))}) || ${sql.raw(`'${starts[to].rest}'`)}`

  /** What is there already is not read again; of a year of samples only the last hours are. */
  const lastOf = (table: typeof hostMetrics | typeof vmMetrics, resolution: Resolution): string =>
    db.query
      .select({ at: max(table.createdAt) })
      .from(table)
      .where(eq(table.resolution, resolution))
      .get()?.at ?? ''

  return {
    insert: (rows: readonly (typeof hostMetrics.$inferInsert)[]) => {
      if (rows.length > 0)
        db.query
          .insert(hostMetrics)
          .values([...rows])
          .onConflictDoNothing()
          .run()
    },
    insertVms: (rows: readonly (typeof vmMetrics.$inferInsert)[]) => {
      if (rows.length > 0)
        db.query
          .insert(vmMetrics)
          .values([...rows])
          .onConflictDoNothing()
          .run()
    },

    /**
     * Makes one row of all of an hour or a day: means, and the most VMs. Times in which nothing was measured get none. What was rolled up
     * before stays.
     * @param before ISO 8601: the start of the hour or day that is not over yet
     */
    rollUp(to: 'hour' | 'day', before: string): void {
      const from = to === 'hour' ? ('raw' as const) : ('hour' as const)
      const host = startOf(hostMetrics.createdAt, to)
      const hosts = db.query
        .select({
          pveNode: hostMetrics.pveNode,
          resolution: sql<Resolution>`${sql.raw(`'${to}'`)}`.as('resolution'),
          cpu: sql<number>`avg(${hostMetrics.cpu})`.as('cpu'),
          memoryUsedMb: sql<number>`cast(round(avg(${hostMetrics.memoryUsedMb})) as integer)`.as('memory_used_mb'),
          memoryTotalMb: sql<number>`max(${hostMetrics.memoryTotalMb})`.as('memory_total_mb'),
          runningVms: sql<number>`max(${hostMetrics.runningVms})`.as('running_vms'),
          createdAt: host.as('created_at'),
        })
        .from(hostMetrics)
        .where(
          and(eq(hostMetrics.resolution, from), gte(hostMetrics.createdAt, lastOf(hostMetrics, to)), lt(hostMetrics.createdAt, before)),
        )
        .groupBy(hostMetrics.pveNode, host)
      db.query.insert(hostMetrics).select(hosts).onConflictDoNothing().run()
      const vm = startOf(vmMetrics.createdAt, to)
      const vms = db.query
        .select({
          vmid: vmMetrics.vmid,
          resolution: sql<Resolution>`${sql.raw(`'${to}'`)}`.as('resolution'),
          pveNode: sql<string>`max(${vmMetrics.pveNode})`.as('pve_node'),
          cpu: sql<number>`avg(${vmMetrics.cpu})`.as('cpu'),
          memoryUsedMb: sql<number>`cast(round(avg(${vmMetrics.memoryUsedMb})) as integer)`.as('memory_used_mb'),
          memoryTotalMb: sql<number>`max(${vmMetrics.memoryTotalMb})`.as('memory_total_mb'),
          createdAt: vm.as('created_at'),
        })
        .from(vmMetrics)
        .where(and(eq(vmMetrics.resolution, from), gte(vmMetrics.createdAt, lastOf(vmMetrics, to)), lt(vmMetrics.createdAt, before)))
        .groupBy(vmMetrics.vmid, vm)
      db.query.insert(vmMetrics).select(vms).onConflictDoNothing().run()
    },

    /** Oldest first. */
    listSince: (resolution: Resolution, at: string): HostMetric[] =>
      db.query
        .select()
        .from(hostMetrics)
        .where(and(eq(hostMetrics.resolution, resolution), gte(hostMetrics.createdAt, at)))
        .orderBy(asc(hostMetrics.createdAt))
        .all(),
    /** Of one VM, oldest first. */
    listOfVm: (vmid: number, resolution: Resolution, at: string): VmMetric[] =>
      db.query
        .select()
        .from(vmMetrics)
        .where(and(eq(vmMetrics.vmid, vmid), eq(vmMetrics.resolution, resolution), gte(vmMetrics.createdAt, at)))
        .orderBy(asc(vmMetrics.createdAt))
        .all(),
    deleteBefore: (resolution: Resolution, at: string) => {
      db.query
        .delete(hostMetrics)
        .where(and(eq(hostMetrics.resolution, resolution), lt(hostMetrics.createdAt, at)))
        .run()
      db.query
        .delete(vmMetrics)
        .where(and(eq(vmMetrics.resolution, resolution), lt(vmMetrics.createdAt, at)))
        .run()
    },
  }
}

export type HostMetricsRepository = ReturnType<typeof createHostMetricsRepository>
