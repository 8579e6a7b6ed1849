import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, tables } from '../db/index.ts'
import { consideredSchema } from './placement.ts'

type Row = typeof tables.placements.$inferSelect
const considered = z.array(consideredSchema)
const parse = (row: Row) => ({ ...row, considered: considered.parse(row.considered) })
export type PlacementRow = ReturnType<typeof parse>

/** Where VMs were put and moved, and why; Drizzle, nothing else. */
export function createPlacementsRepository(db: Db) {
  const { placements } = tables
  return {
    insert: (row: typeof placements.$inferInsert) => db.query.insert(placements).values(row).run(),
    update: (id: string, change: Partial<Row>) => db.query.update(placements).set(change).where(eq(placements.id, id)).run(),
    find: (id: string): PlacementRow | undefined => {
      const row = db.query.select().from(placements).where(eq(placements.id, id)).get()
      return row ? parse(row) : undefined
    },
    /** The newest first. */
    listLatest: (limit: number): PlacementRow[] =>
      db.query.select().from(placements).orderBy(desc(placements.createdAt)).limit(limit).all().map(parse),
    /** Moves since then, whatever came of them. */
    listMovesSince: (at: string): PlacementRow[] =>
      db.query
        .select()
        .from(placements)
        .where(and(inArray(placements.kind, ['balance', 'request']), gte(placements.createdAt, at)))
        .all()
        .map(parse),
    deleteBefore: (at: string) => db.query.delete(placements).where(lt(placements.createdAt, at)).run(),
  }
}

export type PlacementsRepository = ReturnType<typeof createPlacementsRepository>
