import { and, desc, eq, gte, inArray, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type SubmissionRow = typeof tables.submissions.$inferSelect
export type ReviewRow = typeof tables.reviews.$inferSelect

const underWay: SubmissionRow['state'][] = ['queued', 'evaluating']

/** What `findOpen` looks for, of a row that was read already. */
export const isUnderWay = ({ state }: Pick<SubmissionRow, 'state'>): boolean => underWay.includes(state)

/** One that was given back or cancelled uses none. */
export const usesAttempt = ({ attemptUsed, state }: Pick<SubmissionRow, 'attemptUsed' | 'state'>): boolean =>
  attemptUsed && state !== 'cancelled'

/** Submissions and what teachers said of them; Drizzle, nothing else. */
export function createSubmissionsRepository(db: Db) {
  const { submissions, reviews, users } = tables
  // asked for nearly every page, so they are prepared once; a list of ids goes in as JSON
  const isOwn = and(eq(submissions.exerciseId, sql.placeholder('exerciseId')), eq(submissions.userId, sql.placeholder('userId')))
  const listOf = db.query.select().from(submissions).where(isOwn).orderBy(desc(submissions.number)).prepare()
  const findOpen = db.query
    .select()
    .from(submissions)
    .where(and(eq(submissions.workVmId, sql.placeholder('workVmId')), inArray(submissions.state, underWay)))
    .prepare()
  const listReviewsOf = db.query
    .select()
    .from(reviews)
    .where(sql`${reviews.submissionId} in (select value from json_each(${sql.placeholder('ids')}))`)
    .orderBy(sql`${reviews}.rowid`)
    .prepare()
  return {
    insert: (row: typeof submissions.$inferInsert) => db.query.insert(submissions).values(row).run(),
    find: (id: string) => db.query.select().from(submissions).where(eq(submissions.id, id)).get(),
    update: (id: string, change: Partial<SubmissionRow>) => db.query.update(submissions).set(change).where(eq(submissions.id, id)).run(),
    /** Newest first. */
    listOf: (exerciseId: string, userId: string) => listOf.all({ exerciseId, userId }),
    listOfUser: (userId: string) =>
      db.query.select().from(submissions).where(eq(submissions.userId, userId)).orderBy(desc(submissions.number)).all(),
    listByExercise: (exerciseId: string) =>
      db.query.select().from(submissions).where(eq(submissions.exerciseId, exerciseId)).orderBy(desc(submissions.number)).all(),
    listByExercises: (exerciseIds: readonly string[]) =>
      exerciseIds.length === 0
        ? []
        : db.query
            .select()
            .from(submissions)
            .where(inArray(submissions.exerciseId, [...exerciseIds]))
            .all(),
    listByWorkVm: (workVmId: string) =>
      db.query.select().from(submissions).where(eq(submissions.workVmId, workVmId)).orderBy(desc(submissions.number)).all(),
    /** What a job submitted for others, in the order in which it did. */
    listCollected: (jobId: string) =>
      db.query.select().from(submissions).where(eq(submissions.collectedBy, jobId)).orderBy(sql`${submissions}.rowid`).all(),
    findOpen: (workVmId: string) => findOpen.get({ workVmId }),
    listAcceptedSince: (workVmId: string, since: string) =>
      db.query
        .select({ acceptedAt: submissions.acceptedAt })
        .from(submissions)
        .where(and(eq(submissions.workVmId, workVmId), gte(submissions.acceptedAt, since)))
        .orderBy(submissions.acceptedAt)
        .all(),
    nextNumber: (exerciseId: string, userId: string) =>
      (db.query
        .select({ number: sql<number | null>`max(${submissions.number})` })
        .from(submissions)
        .where(and(eq(submissions.exerciseId, exerciseId), eq(submissions.userId, userId)))
        .get()?.number ?? 0) + 1,
    insertReview: (row: typeof reviews.$inferInsert) => db.query.insert(reviews).values(row).run(),
    /** Oldest first, with the name of who decided. */
    listReviews: (submissionId: string) =>
      db.query
        .select({ review: reviews, reviewer: users.displayName })
        .from(reviews)
        .innerJoin(users, eq(users.id, reviews.reviewedBy))
        .where(eq(reviews.submissionId, submissionId))
        .orderBy(sql`${reviews}.rowid`)
        .all(),
    listReviewsOf: (submissionIds: readonly string[]) =>
      submissionIds.length === 0 ? [] : listReviewsOf.all({ ids: JSON.stringify(submissionIds) }),
    inTransaction: db.inTransaction,
  }
}

export type SubmissionsRepository = ReturnType<typeof createSubmissionsRepository>
