import { and, asc, eq, isNotNull, isNull, like, lt, not, or, type SQLWrapper, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

/** What is known about one person, across all tables; Drizzle, nothing else. */
export function createPersonalDataRepository(db: Db) {
  const { users, sessions, apiTokens, courseMembers, courses, enrollments, exercises, submissions, reviews, auditEvents } = tables
  /** As `areResultsWithheld` of the exercises' rules says: until they are released, results are for staff. */
  const isWithheld = sql`(${exercises.rules} ->> '$.results' is 'withheld' and ${exercises.rules} ->> '$.resultsReleasedAt' is null)`
  const unlessWithheld = (column: SQLWrapper) => sql<number | null>`case when ${isWithheld} then null else ${column} end`
  return {
    /** For the person; without hashes, keys and ids of sessions. */
    read: (userId: string) => ({
      sessions: db.query
        .select({ from: sessions.createdAt, lastSeenAt: sessions.lastSeenAt, address: sessions.address, userAgent: sessions.userAgent })
        .from(sessions)
        .where(eq(sessions.userId, userId))
        .orderBy(asc(sessions.createdAt))
        .all(),
      apiKeys: db.query
        .select({ name: apiTokens.name, scope: apiTokens.scope, createdAt: apiTokens.createdAt, lastUsedAt: apiTokens.lastUsedAt })
        .from(apiTokens)
        .where(eq(apiTokens.userId, userId))
        .all(),
      courses: db.query
        .select({ course: courses.name, term: courses.term, role: courseMembers.role, group: courseMembers.groupName })
        .from(courseMembers)
        .innerJoin(courses, eq(courses.id, courseMembers.courseId))
        .where(eq(courseMembers.userId, userId))
        .all(),
      enrollments: db.query
        .select({ exercise: exercises.title, state: enrollments.state, since: enrollments.createdAt })
        .from(enrollments)
        .innerJoin(exercises, eq(exercises.id, enrollments.exerciseId))
        .where(eq(enrollments.userId, userId))
        .all(),
      submissions: db.query
        .select({
          id: submissions.id,
          exercise: exercises.title,
          number: submissions.number,
          state: submissions.state,
          acceptedAt: submissions.acceptedAt,
          points: unlessWithheld(submissions.points),
          maxPoints: submissions.maxPoints,
          undecidedPoints: unlessWithheld(submissions.undecidedPoints),
        })
        .from(submissions)
        .innerJoin(exercises, eq(exercises.id, submissions.exerciseId))
        .where(eq(submissions.userId, userId))
        .orderBy(asc(submissions.acceptedAt))
        .all(),
      reviews: db.query
        .select({ submissionId: reviews.submissionId, criterionId: reviews.criterionId, reason: reviews.reason, at: reviews.createdAt })
        .from(reviews)
        .innerJoin(submissions, eq(submissions.id, reviews.submissionId))
        .innerJoin(exercises, eq(exercises.id, submissions.exerciseId))
        .where(and(eq(submissions.userId, userId), not(isWithheld)))
        .all(),
      log: db.query
        .select({ at: auditEvents.createdAt, action: auditEvents.action, object: auditEvents.objectType, address: auditEvents.address })
        .from(auditEvents)
        .where(or(eq(auditEvents.actorId, userId), eq(auditEvents.objectId, userId)))
        .orderBy(asc(auditEvents.createdAt))
        .all(),
    }),

    removeAccess: (userId: string): void => {
      db.query.delete(sessions).where(eq(sessions.userId, userId)).run()
      db.query.delete(apiTokens).where(eq(apiTokens.userId, userId)).run()
    },

    /** Sessions that ended before `time`. */
    removeSessionsBefore: (time: string): number =>
      db.query
        .delete(sessions)
        .where(and(lt(sessions.lastSeenAt, time), or(isNotNull(sessions.revokedAt), lt(sessions.expiresAt, time))))
        .run().changes,

    /** Closed accounts, not yet erased, that nobody has used since `time`. */
    listLongClosed: (time: string): string[] =>
      db.query
        .select({ id: users.id })
        .from(users)
        .where(
          and(
            eq(users.state, 'disabled'),
            lt(users.createdAt, time),
            or(lt(users.lastSignInAt, time), isNull(users.lastSignInAt)),
            not(like(users.username, 'erased-%')),
          ),
        )
        .all()
        .map(({ id }) => id),
  }
}

export type PersonalDataRepository = ReturnType<typeof createPersonalDataRepository>
