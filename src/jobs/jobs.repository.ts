import { and, asc, count, eq, gt, inArray, isNull, lte, min, or, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type JobRow = typeof tables.jobs.$inferSelect
export type NewJobRow = typeof tables.jobs.$inferInsert
/** When a step of a run began and ended. */
export type StepTime = Pick<JobStepRow, 'name' | 'startedAt' | 'endedAt'>
export type JobStepRow = typeof tables.jobSteps.$inferSelect
export type JobState = JobRow['state']

const maxLogCharacters = 64_000

/** Jobs and their steps in the database; Drizzle, nothing else. */
export function createJobsRepository(db: Db) {
  const { jobs, jobSteps } = tables
  const live = ['queued', 'running', 'waiting'] as const
  // asked for nearly every page, so they are prepared once
  const findLiveByKey = db.query
    .select()
    .from(jobs)
    .where(and(eq(jobs.key, sql.placeholder('key')), inArray(jobs.state, [...live])))
    .orderBy(sql`${jobs}.rowid`)
    .prepare()
  const findLatestByKey = db.query
    .select()
    .from(jobs)
    .where(eq(jobs.key, sql.placeholder('key')))
    .orderBy(sql`${jobs}.rowid desc`)
    .limit(1)
    .prepare()
  const findLatestNameByKey = db.query
    .select({ name: jobs.name })
    .from(jobs)
    .where(eq(jobs.key, sql.placeholder('key')))
    .orderBy(sql`${jobs}.rowid desc`)
    .limit(1)
    .prepare()
  const listSteps = db.query
    .select()
    .from(jobSteps)
    .where(eq(jobSteps.jobId, sql.placeholder('jobId')))
    .orderBy(asc(jobSteps.position))
    .prepare()
  const listStepTimes = db.query
    .select({ name: jobSteps.name, startedAt: jobSteps.startedAt, endedAt: jobSteps.endedAt })
    .from(jobSteps)
    .where(
      and(
        sql`${jobSteps.jobId} in (select ${jobs.id} from ${jobs} where ${jobs.name} = ${sql.placeholder('name')} and ${jobs.state} = 'done' order by ${jobs}.rowid desc limit ${sql.placeholder('runs')})`,
        eq(jobSteps.state, 'done'),
      ),
    )
    .orderBy(sql`${jobSteps}.rowid`)
    .prepare()
  // asked for every page of a lab that waits, over hundreds of runs; they change when a job ends
  const stepTimes = new Map<string, StepTime[]>()
  return {
    insert: (row: NewJobRow) => db.query.insert(jobs).values(row).run(),
    find: (id: string) => db.query.select().from(jobs).where(eq(jobs.id, id)).get(),
    update: (id: string, change: Partial<NewJobRow>) => {
      if (change.state === 'done') stepTimes.clear()
      return db.query.update(jobs).set(change).where(eq(jobs.id, id)).run()
    },
    /** Jobs that could start now, oldest first; the caller leaves out those whose key is taken. */
    listRunnable: (now: string) =>
      db.query
        .select()
        .from(jobs)
        .where(and(inArray(jobs.state, ['queued', 'waiting']), or(isNull(jobs.runAfter), lte(jobs.runAfter, now))))
        // of one key, the one that is in the middle goes on before the next begins
        .orderBy(asc(sql`${jobs.state} = 'queued'`), sql`${jobs}.rowid`)
        .all(),
    /** Keys of jobs that run, or wait to go on later: the next job of such a key has to wait. */
    listHoldingKeys: (now: string) =>
      db.query
        .select({ key: jobs.key })
        .from(jobs)
        .where(or(eq(jobs.state, 'running'), and(eq(jobs.state, 'waiting'), gt(jobs.runAfter, now))))
        .all()
        .map((row) => row.key),
    listRunning: () => db.query.select().from(jobs).where(eq(jobs.state, 'running')).all(),
    findLiveByKey: (key: string) => findLiveByKey.all({ key }),
    /** Every job of a kind that has not ended. */
    listLive: (name: string) =>
      db.query
        .select()
        .from(jobs)
        .where(and(eq(jobs.name, name), inArray(jobs.state, [...live])))
        .all(),
    /** The earliest time after `now` at which a waiting job becomes runnable. */
    findNextRunAfter: (now: string) =>
      db.query
        .select({ runAfter: jobs.runAfter })
        .from(jobs)
        .where(and(eq(jobs.state, 'waiting'), gt(jobs.runAfter, now)))
        .orderBy(asc(jobs.runAfter))
        .limit(1)
        .get()?.runAfter ?? null,
    list: (filter: { state?: JobState; limit: number; before?: string }) =>
      db.query
        .select()
        .from(jobs)
        .where(and(filter.state ? eq(jobs.state, filter.state) : undefined, filter.before ? lte(jobs.createdAt, filter.before) : undefined))
        .orderBy(sql`${jobs}.rowid desc`)
        .limit(filter.limit)
        .all(),
    countByState: () => db.query.select({ state: jobs.state, count: count() }).from(jobs).groupBy(jobs.state).all(),
    listByBatch: (batchId: string) => db.query.select().from(jobs).where(eq(jobs.batchId, batchId)).all(),
    /** The newest job for a key, whatever its state: what a page shows as "the last thing that happened". */
    findLatestByKey: (key: string) => findLatestByKey.get({ key }),
    /** Of which kind it is: a quarter of the time that the whole row takes. */
    findLatestNameByKey: (key: string) => findLatestNameByKey.get({ key })?.name,
    /** When the first job of a kind was asked for, by key; a key that has none is not in it. */
    listFirst: (name: string, keys: readonly string[]): ReadonlyMap<string, string> =>
      new Map(
        db.query
          .select({ key: jobs.key, at: min(jobs.createdAt) })
          .from(jobs)
          .where(and(inArray(jobs.key, [...keys]), eq(jobs.name, name)))
          .groupBy(jobs.key)
          .all()
          .flatMap(({ key, at }) => (key === null || at === null ? [] : [[key, at] as const])),
      ),
    listSteps: (jobId: string) => listSteps.all({ jobId }),
    /** How long each step took in the last runs that succeeded. */
    listStepTimes: (jobName: string, runs: number): readonly StepTime[] => {
      const known = stepTimes.get(`${jobName}/${runs}`) ?? listStepTimes.all({ name: jobName, runs })
      stepTimes.set(`${jobName}/${runs}`, known)
      return known
    },
    findStep: (jobId: string, name: string) =>
      db.query
        .select()
        .from(jobSteps)
        .where(and(eq(jobSteps.jobId, jobId), eq(jobSteps.name, name)))
        .get(),
    /** Marks a step as begun; a step that is begun again counts its attempts. */
    beginStep: (step: { jobId: string; name: string; position: number; at: string }) =>
      db.query
        .insert(jobSteps)
        .values({ jobId: step.jobId, name: step.name, position: step.position, state: 'running', startedAt: step.at, createdAt: step.at })
        .onConflictDoUpdate({
          target: [jobSteps.jobId, jobSteps.name],
          set: { state: 'running', endedAt: null, attempts: sql`${jobSteps.attempts} + 1` },
        })
        .run(),
    updateStep: (jobId: string, name: string, change: Partial<JobStepRow>) =>
      db.query
        .update(jobSteps)
        .set(change)
        .where(and(eq(jobSteps.jobId, jobId), eq(jobSteps.name, name)))
        .run(),
    appendStepLog: (jobId: string, name: string, lines: string) => {
      const step = db.query
        .select({ log: jobSteps.log })
        .from(jobSteps)
        .where(and(eq(jobSteps.jobId, jobId), eq(jobSteps.name, name)))
        .get()
      const log = `${step?.log ?? ''}${lines}`.slice(-maxLogCharacters)
      db.query
        .update(jobSteps)
        .set({ log })
        .where(and(eq(jobSteps.jobId, jobId), eq(jobSteps.name, name)))
        .run()
    },
    /** Forgets what was compensated: the job begins anew with its payload. */
    restart: (id: string) => {
      db.query.delete(jobSteps).where(eq(jobSteps.jobId, id)).run()
      db.query
        .update(jobs)
        .set({
          state: 'queued',
          step: null,
          progress: null,
          data: {},
          attempts: 0,
          runAfter: null,
          cancelRequestedAt: null,
          errorCode: null,
          errorDetails: null,
          endedAt: null,
        })
        .where(eq(jobs.id, id))
        .run()
    },
    inTransaction: db.inTransaction,
  }
}

export type JobsRepository = ReturnType<typeof createJobsRepository>
