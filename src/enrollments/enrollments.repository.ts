import { and, asc, count, eq, inArray } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type EnrollmentRow = typeof tables.enrollments.$inferSelect

/** Who is enrolled in what; Drizzle, nothing else. */
export function createEnrollmentsRepository(db: Db) {
  const { enrollments, users, courseMembers, exercises } = tables
  return {
    insert: (row: typeof enrollments.$inferInsert) => db.query.insert(enrollments).values(row).run(),
    find: (exerciseId: string, userId: string) =>
      db.query
        .select()
        .from(enrollments)
        .where(and(eq(enrollments.exerciseId, exerciseId), eq(enrollments.userId, userId)))
        .get(),
    update: (id: string, change: Partial<EnrollmentRow>) => db.query.update(enrollments).set(change).where(eq(enrollments.id, id)).run(),
    /** The class with names and groups. */
    listActive: (exerciseId: string) =>
      db.query
        .select({ enrollment: enrollments, user: users, groupName: courseMembers.groupName })
        .from(enrollments)
        .innerJoin(exercises, eq(exercises.id, enrollments.exerciseId))
        .innerJoin(users, eq(users.id, enrollments.userId))
        .leftJoin(courseMembers, and(eq(courseMembers.courseId, exercises.courseId), eq(courseMembers.userId, users.id)))
        .where(and(eq(enrollments.exerciseId, exerciseId), eq(enrollments.state, 'active')))
        .orderBy(asc(users.displayName), asc(users.username))
        .all(),
    countActive: (exerciseIds: readonly string[]) =>
      exerciseIds.length === 0
        ? []
        : db.query
            .select({ exerciseId: enrollments.exerciseId, count: count() })
            .from(enrollments)
            .where(and(inArray(enrollments.exerciseId, [...exerciseIds]), eq(enrollments.state, 'active')))
            .groupBy(enrollments.exerciseId)
            .all(),
    inTransaction: db.inTransaction,
  }
}

export type EnrollmentsRepository = ReturnType<typeof createEnrollmentsRepository>
