import { and, asc, eq, isNull } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type BankComment = typeof tables.exerciseComments.$inferSelect

/** Comments that staff of an exercise uses again; Drizzle, nothing else. */
export function createCommentBankRepository(db: Db) {
  const { exerciseComments } = tables
  const isShown = (exerciseId: string) => and(eq(exerciseComments.exerciseId, exerciseId), isNull(exerciseComments.removedAt))
  return {
    insert: (row: typeof exerciseComments.$inferInsert) => db.query.insert(exerciseComments).values(row).run(),
    /** Oldest first: the number of a comment stays while nothing before it is removed. */
    list: (exerciseId: string): BankComment[] =>
      db.query
        .select()
        .from(exerciseComments)
        .where(isShown(exerciseId))
        .orderBy(asc(exerciseComments.createdAt), asc(exerciseComments.id))
        .all(),
    remove: (exerciseId: string, id: string, at: string) =>
      db.query
        .update(exerciseComments)
        .set({ removedAt: at })
        .where(and(isShown(exerciseId), eq(exerciseComments.id, id)))
        .run(),
  }
}

export type CommentBankRepository = ReturnType<typeof createCommentBankRepository>
