import { and, eq, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'
import { addressRanges } from './exams.schemas.ts'

const parse = (row: typeof tables.exams.$inferSelect) => ({ ...row, addresses: addressRanges.parse(row.addresses) })
export type ExamRow = ReturnType<typeof parse>

/** Exams; Drizzle, nothing else. */
export function createExamsRepository(db: Db) {
  const { exams, enrollments, exercises } = tables
  // asked on every request of a student, so it is prepared once
  const listOn = db.query
    .select({ exam: exams })
    .from(enrollments)
    .innerJoin(exams, eq(exams.exerciseId, enrollments.exerciseId))
    .innerJoin(exercises, eq(exercises.id, enrollments.exerciseId))
    .where(
      and(
        eq(enrollments.userId, sql.placeholder('userId')),
        eq(enrollments.state, 'active'),
        eq(exams.state, 'on'),
        eq(exercises.state, 'published'),
      ),
    )
    .prepare()
  return {
    find: (exerciseId: string): ExamRow | undefined => {
      const row = db.query.select().from(exams).where(eq(exams.exerciseId, exerciseId)).get()
      return row ? parse(row) : undefined
    },
    /** Those that are switched on and that somebody is enrolled in. */
    listOnOf: (userId: string): ExamRow[] => listOn.all({ userId }).map((row) => parse(row.exam)),
    listOn: (): ExamRow[] => db.query.select().from(exams).where(eq(exams.state, 'on')).all().map(parse),
    put: (row: typeof exams.$inferInsert) =>
      db.query.insert(exams).values(row).onConflictDoUpdate({ target: exams.exerciseId, set: row }).run(),
    inTransaction: db.inTransaction,
  }
}

export type ExamsRepository = ReturnType<typeof createExamsRepository>
