import { and, asc, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type HelpRequest = typeof tables.helpRequests.$inferSelect
export type ClassMessage = typeof tables.classMessages.$inferSelect

/** Raised hands and messages to a class; Drizzle, nothing else. */
export function createClassroomRepository(db: Db) {
  const { helpRequests, classMessages, enrollments, exercises, users } = tables
  // asked for nearly every page, so they are prepared once
  const findHelp = db.query
    .select()
    .from(helpRequests)
    .where(
      and(
        eq(helpRequests.exerciseId, sql.placeholder('exerciseId')),
        eq(helpRequests.userId, sql.placeholder('userId')),
        isNull(helpRequests.endedAt),
      ),
    )
    .prepare()
  const listMessagesTo = db.query
    .select({ message: classMessages, sender: users.displayName, exercise: exercises.title })
    .from(classMessages)
    .innerJoin(enrollments, and(eq(enrollments.exerciseId, classMessages.exerciseId), eq(enrollments.state, 'active')))
    .innerJoin(exercises, and(eq(exercises.id, classMessages.exerciseId), eq(exercises.state, 'published')))
    .innerJoin(users, eq(users.id, classMessages.sentBy))
    .where(and(eq(enrollments.userId, sql.placeholder('userId')), gt(classMessages.endsAt, sql.placeholder('at'))))
    .orderBy(desc(classMessages.createdAt))
    .prepare()
  return {
    insertHelp: (row: typeof helpRequests.$inferInsert) => db.query.insert(helpRequests).values(row).run(),
    findHelp: (exerciseId: string, userId: string): HelpRequest | undefined => findHelp.get({ exerciseId, userId }),
    endHelp: (id: string, endedBy: string, at: string) =>
      db.query.update(helpRequests).set({ endedAt: at, endedBy }).where(eq(helpRequests.id, id)).run(),
    /** Who waits longest comes first. */
    listHelp: (exerciseIds: readonly string[]): HelpRequest[] =>
      db.query
        .select()
        .from(helpRequests)
        .where(and(inArray(helpRequests.exerciseId, [...exerciseIds]), isNull(helpRequests.endedAt)))
        .orderBy(asc(helpRequests.createdAt))
        .all(),
    insertMessage: (row: typeof classMessages.$inferInsert) => db.query.insert(classMessages).values(row).run(),
    endMessage: (exerciseId: string, id: string, at: string) =>
      db.query
        .update(classMessages)
        .set({ endsAt: at })
        .where(and(eq(classMessages.exerciseId, exerciseId), eq(classMessages.id, id), gt(classMessages.endsAt, at)))
        .run(),
    /** Those that are shown at a time, newest first, with who sent them. */
    listMessages: (exerciseId: string, at: string) =>
      db.query
        .select({ message: classMessages, sender: users.displayName })
        .from(classMessages)
        .innerJoin(users, eq(users.id, classMessages.sentBy))
        .where(and(eq(classMessages.exerciseId, exerciseId), gt(classMessages.endsAt, at)))
        .orderBy(desc(classMessages.createdAt))
        .all(),
    /** What a student is told now, of all exercises that are given to the student. */
    listMessagesTo: (userId: string, at: string) => listMessagesTo.all({ userId, at }),
    inTransaction: db.inTransaction,
  }
}

export type ClassroomRepository = ReturnType<typeof createClassroomRepository>
