import { and, asc, eq, gte, lt } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type HostMetric = typeof tables.hostMetrics.$inferSelect

/** What the nodes carried, measurement by measurement; Drizzle, nothing else. */
export function createHostMetricsRepository(db: Db) {
  const { hostMetrics } = tables
  return {
    insert: (rows: readonly (typeof hostMetrics.$inferInsert)[]) => {
      if (rows.length > 0)
        db.query
          .insert(hostMetrics)
          .values([...rows])
          .onConflictDoNothing()
          .run()
    },
    /** Oldest first. */
    listSince: (at: string): HostMetric[] =>
      db.query
        .select()
        .from(hostMetrics)
        .where(and(eq(hostMetrics.resolution, 'raw'), gte(hostMetrics.createdAt, at)))
        .orderBy(asc(hostMetrics.createdAt))
        .all(),
    deleteBefore: (at: string) => db.query.delete(hostMetrics).where(lt(hostMetrics.createdAt, at)).run(),
  }
}

export type HostMetricsRepository = ReturnType<typeof createHostMetricsRepository>
