import { and, asc, desc, eq, isNotNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, tables } from '../db/index.ts'
import { judgementSchema } from '../evaluation/index.ts'

const integrityFindings = z.array(z.object({ code: z.string(), data: z.record(z.string(), z.unknown()) }))
const missingConfigurations = z.array(
  z.object({
    device: z.string(),
    kind: z.enum(['running', 'saved']),
    source: z.string(),
    code: z.string(),
    data: z.record(z.string(), z.unknown()),
  }),
)
const parseRun = (row: typeof tables.evaluationRuns.$inferSelect) => ({
  ...row,
  integrity: integrityFindings.parse(row.integrity ?? []),
  missing: missingConfigurations.parse(row.missing ?? []),
})
const parseResult = (row: typeof tables.criterionResults.$inferSelect) => ({
  ...row,
  judgement: judgementSchema.parse({ verdict: row.verdict, reason: row.reason }),
  facts: z.array(z.unknown()).parse(row.facts),
})
export type RunRow = ReturnType<typeof parseRun>
export type CriterionResultRow = ReturnType<typeof parseResult>
export type ObservationRow = typeof tables.observations.$inferSelect
export type NewCriterionResult = typeof tables.criterionResults.$inferInsert
export type NewObservation = typeof tables.observations.$inferInsert

/** Before what the configurations of a lab were read and kept; `restored`: after one was brought back. */
export const captureReasons = ['stop', 'suspend', 'hibernate', 'reset', 'restart-device', 'restore', 'restored'] as const
export type CaptureReason = (typeof captureReasons)[number]

/** A proof's label is another matter. */
const captureLabel = z.enum(captureReasons).nullable().catch(null)

/** Some megabytes: a class of 500 with its latest submissions. */
const maxEndedRuns = 2_000

/** Evaluation runs with their results and observations; Drizzle, nothing else. */
export function createEvaluationsRepository(db: Db) {
  const { evaluationRuns, criterionResults, observations } = tables
  // asked for nearly every page, so they are prepared once; a list of ids goes in as JSON
  const listResultsOf = db.query
    .select()
    .from(criterionResults)
    .where(sql`${criterionResults.evaluationRunId} in (select value from json_each(${sql.placeholder('ids')}))`)
    .orderBy(asc(criterionResults.position))
    .prepare()
  const endedRuns = new Map<string, CriterionResultRow[]>()
  // as it stands in the condition of the index: SQLite plans anew at every call where a parameter decides whether an index serves
  const isCounted = sql`${evaluationRuns.isCounted} = 1`
  const findCountedRun = db.query
    .select()
    .from(evaluationRuns)
    .where(and(eq(evaluationRuns.submissionId, sql.placeholder('submissionId')), isCounted))
    .prepare()
  const listCountedRuns = db.query
    .select({ id: evaluationRuns.id, submissionId: evaluationRuns.submissionId })
    .from(evaluationRuns)
    .where(and(sql`${evaluationRuns.submissionId} in (select value from json_each(${sql.placeholder('ids')}))`, isCounted))
    .prepare()
  return {
    insertRun: (row: typeof evaluationRuns.$inferInsert) => db.query.insert(evaluationRuns).values(row).run(),
    updateRun: (id: string, change: Partial<typeof evaluationRuns.$inferInsert>) =>
      db.query.update(evaluationRuns).set(change).where(eq(evaluationRuns.id, id)).run(),
    findRun: (id: string) => {
      const row = db.query.select().from(evaluationRuns).where(eq(evaluationRuns.id, id)).get()
      return row ? parseRun(row) : undefined
    },
    /** The one that counts for the submission. */
    findCountedRun: (submissionId: string) => {
      const row = findCountedRun.get({ submissionId })
      return row ? parseRun(row) : undefined
    },
    findLatestRun: (submissionId: string) => {
      const row = db.query
        .select()
        .from(evaluationRuns)
        .where(eq(evaluationRuns.submissionId, submissionId))
        .orderBy(sql`${evaluationRuns}.rowid desc`)
        .limit(1)
        .get()
      return row ? parseRun(row) : undefined
    },
    listRunsOf: (submissionId: string) =>
      db.query
        .select()
        .from(evaluationRuns)
        .where(eq(evaluationRuns.submissionId, submissionId))
        .orderBy(asc(evaluationRuns.createdAt))
        .all()
        .map(parseRun),
    /** The last proof of a label that ended, by the revision. */
    findLatestProof: (revisionId: string, label: string) => {
      const row = db.query
        .select()
        .from(evaluationRuns)
        .where(and(eq(evaluationRuns.exerciseRevisionId, revisionId), eq(evaluationRuns.purpose, 'proof'), eq(evaluationRuns.label, label)))
        .orderBy(desc(evaluationRuns.createdAt), sql`${evaluationRuns}.rowid desc`)
        .limit(1)
        .get()
      return row ? parseRun(row) : undefined
    },
    /** Runs that a crash interrupted are kept, as broken. */
    breakRunning: (submissionId: string | null, workVmId: string, at: string) =>
      db.query
        .update(evaluationRuns)
        .set({ state: 'broken', endedAt: at })
        .where(
          and(
            eq(evaluationRuns.workVmId, workVmId),
            eq(evaluationRuns.state, 'running'),
            submissionId === null ? undefined : eq(evaluationRuns.submissionId, submissionId),
          ),
        )
        .run(),
    uncount: (submissionId: string) =>
      db.query.update(evaluationRuns).set({ isCounted: false }).where(eq(evaluationRuns.submissionId, submissionId)).run(),
    insertResult: (row: NewCriterionResult) => db.query.insert(criterionResults).values(row).run(),
    listResults: (runId: string) =>
      db.query
        .select()
        .from(criterionResults)
        .where(eq(criterionResults.evaluationRunId, runId))
        .orderBy(asc(criterionResults.position))
        .all()
        .map(parseResult),
    /** Of runs that are done, which change no more: the last ones are kept. */
    listResultsOf: (runIds: readonly string[]): CriterionResultRow[] => {
      if (endedRuns.size >= maxEndedRuns) endedRuns.clear()
      const missing = runIds.filter((id) => !endedRuns.has(id))
      for (const id of missing) endedRuns.set(id, [])
      const rows = missing.length === 0 ? [] : listResultsOf.all({ ids: JSON.stringify(missing) })
      for (const row of rows) endedRuns.get(row.evaluationRunId)?.push(parseResult(row))
      return runIds.flatMap((id) => endedRuns.get(id) ?? [])
    },
    listCountedRuns: (submissionIds: readonly string[]) =>
      submissionIds.length === 0 ? [] : listCountedRuns.all({ ids: JSON.stringify(submissionIds) }),
    insertObservation: (row: NewObservation) => db.query.insert(observations).values(row).run(),
    listObservations: (runId: string) =>
      db.query.select().from(observations).where(eq(observations.evaluationRunId, runId)).orderBy(asc(observations.seq)).all(),
    /** Configurations of the devices of a work VM, whatever they were read for, newest first. */
    listConfigurations: (workVmId: string, device: string, limit: number) =>
      db.query
        .select({ observation: observations, purpose: evaluationRuns.purpose, label: evaluationRuns.label, at: evaluationRuns.createdAt })
        .from(observations)
        .innerJoin(evaluationRuns, eq(evaluationRuns.id, observations.evaluationRunId))
        .where(and(eq(evaluationRuns.workVmId, workVmId), eq(observations.device, device), eq(observations.purpose, 'configuration')))
        .orderBy(desc(evaluationRuns.createdAt), sql`${evaluationRuns}.rowid desc`, asc(observations.seq))
        .limit(limit)
        .all()
        .map((row) => ({ ...row, label: captureLabel.parse(row.label) })),
    /** What could not be read of them when, newest first. */
    listMissingConfigurations: (workVmId: string, limit: number) =>
      db.query
        .select()
        .from(evaluationRuns)
        .where(and(eq(evaluationRuns.workVmId, workVmId), isNotNull(evaluationRuns.missing)))
        .orderBy(desc(evaluationRuns.createdAt))
        .limit(limit)
        .all()
        .map(parseRun),
    /** A kept configuration of a work VM. */
    findConfiguration: (workVmId: string, id: string): ObservationRow | undefined =>
      db.query
        .select({ observation: observations })
        .from(observations)
        .innerJoin(evaluationRuns, eq(evaluationRuns.id, observations.evaluationRunId))
        .where(and(eq(observations.id, id), eq(evaluationRuns.workVmId, workVmId), eq(observations.purpose, 'configuration')))
        .get()?.observation,
    findObservation: (id: string) => db.query.select().from(observations).where(eq(observations.id, id)).get(),
    inTransaction: db.inTransaction,
  }
}

export type EvaluationsRepository = ReturnType<typeof createEvaluationsRepository>
