import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type CourseRow = typeof tables.courses.$inferSelect
export type MemberRow = typeof tables.courseMembers.$inferSelect
export type MemberRole = MemberRow['role']

/** Courses and their rosters; Drizzle, nothing else. */
export function createCoursesRepository(db: Db) {
  const { courses, courseMembers, users } = tables
  // asked for nearly every page, so they are prepared once
  const find = db.query
    .select()
    .from(courses)
    .where(eq(courses.id, sql.placeholder('id')))
    .prepare()
  const findMember = db.query
    .select()
    .from(courseMembers)
    .where(and(eq(courseMembers.courseId, sql.placeholder('courseId')), eq(courseMembers.userId, sql.placeholder('userId'))))
    .prepare()
  return {
    insert: (row: typeof courses.$inferInsert) => db.query.insert(courses).values(row).run(),
    find: (id: string) => find.get({ id }),
    update: (id: string, change: Partial<CourseRow>) => db.query.update(courses).set(change).where(eq(courses.id, id)).run(),
    listAll: () => db.query.select().from(courses).orderBy(asc(courses.createdAt)).all(),
    /** With the role of the member in each. */
    listOf: (userId: string) =>
      db.query
        .select({ course: courses, role: courseMembers.role })
        .from(courseMembers)
        .innerJoin(courses, eq(courses.id, courseMembers.courseId))
        .where(eq(courseMembers.userId, userId))
        .orderBy(asc(courses.createdAt))
        .all(),
    findMember: (courseId: string, userId: string) => findMember.get({ courseId, userId }),
    insertMember: (row: typeof courseMembers.$inferInsert) => db.query.insert(courseMembers).values(row).onConflictDoNothing().run(),
    updateMember: (courseId: string, userId: string, change: Partial<MemberRow>) =>
      db.query
        .update(courseMembers)
        .set(change)
        .where(and(eq(courseMembers.courseId, courseId), eq(courseMembers.userId, userId)))
        .run(),
    deleteMember: (courseId: string, userId: string) =>
      db.query
        .delete(courseMembers)
        .where(and(eq(courseMembers.courseId, courseId), eq(courseMembers.userId, userId)))
        .run(),
    listMembers: (courseId: string) =>
      db.query
        .select({ member: courseMembers, user: users })
        .from(courseMembers)
        .innerJoin(users, eq(users.id, courseMembers.userId))
        .where(eq(courseMembers.courseId, courseId))
        .orderBy(asc(users.displayName), asc(users.username))
        .all(),
    countStudents: (courseIds: readonly string[]) =>
      courseIds.length === 0
        ? []
        : db.query
            .select({ courseId: courseMembers.courseId, count: count() })
            .from(courseMembers)
            .where(and(inArray(courseMembers.courseId, [...courseIds]), eq(courseMembers.role, 'student')))
            .groupBy(courseMembers.courseId)
            .all(),
    inTransaction: db.inTransaction,
  }
}

export type CoursesRepository = ReturnType<typeof createCoursesRepository>
