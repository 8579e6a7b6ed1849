import { and, asc, desc, eq, inArray, isNotNull, lte, ne, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, tables } from '../db/index.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'

type Row = typeof tables.workVms.$inferSelect
export type WorkVmState = Row['state']
export type NewWorkVm = typeof tables.workVms.$inferInsert

const endpointSchema = z.object({ host: z.string(), port: z.number() }).nullable()
const detailsSchema = sentenceValuesSchema.nullable()

const hostKeysSchema = z.record(z.string(), z.string()).nullable()

const parse = (row: Row) => ({
  ...row,
  endpoint: endpointSchema.parse(row.endpoint),
  hostKeys: hostKeysSchema.parse(row.hostKeys),
  errorDetails: detailsSchema.parse(row.errorDetails),
})
export type WorkVmRow = ReturnType<typeof parse>
const parseOne = (row: Row | undefined) => (row === undefined ? undefined : parse(row))

/** A VM in one of these is there for its student; the others are on their way out. */
export const goneStates = ['deleted', 'deleting', 'binned'] as const
/** States in which a VM takes memory on its node. */
export const poweredStates = ['starting', 'ready', 'stopping', 'suspended'] as const

/** Work VMs in the database; Drizzle, nothing else. */
export function createWorkVmsRepository(db: Db) {
  const { workVms } = tables
  // asked for nearly every page, so they are prepared once
  const find = db.query
    .select()
    .from(workVms)
    .where(eq(workVms.id, sql.placeholder('id')))
    .prepare()
  const findLive = db.query
    .select()
    .from(workVms)
    .where(
      and(
        eq(workVms.exerciseId, sql.placeholder('exerciseId')),
        eq(workVms.userId, sql.placeholder('userId')),
        eq(workVms.purpose, sql.placeholder('purpose')),
        sql`${workVms.state} not in ('deleted', 'deleting', 'binned')`,
      ),
    )
    .prepare()
  return {
    insert: (row: NewWorkVm) => db.query.insert(workVms).values(row).run(),
    find: (id: string) => parseOne(find.get({ id })),
    update: (id: string, change: Partial<NewWorkVm>) => db.query.update(workVms).set(change).where(eq(workVms.id, id)).run(),
    /** The one that is not on its way out. */
    findLive: (exerciseId: string, userId: string, purpose: Row['purpose']) => parseOne(findLive.get({ exerciseId, userId, purpose })),
    findBinned: (exerciseId: string, userId: string) =>
      parseOne(
        db.query
          .select()
          .from(workVms)
          .where(and(eq(workVms.exerciseId, exerciseId), eq(workVms.userId, userId), eq(workVms.state, 'binned')))
          .orderBy(desc(workVms.createdAt))
          .get(),
      ),
    listByExercise: (exerciseId: string) =>
      db.query
        .select()
        .from(workVms)
        .where(and(eq(workVms.exerciseId, exerciseId), ne(workVms.state, 'deleted')))
        .orderBy(asc(workVms.createdAt))
        .all()
        .map(parse),
    /** Also those that are gone. */
    listAllOfExercise: (exerciseId: string) => db.query.select().from(workVms).where(eq(workVms.exerciseId, exerciseId)).all().map(parse),
    listLiveByUser: (userId: string) =>
      db.query
        .select()
        .from(workVms)
        .where(and(eq(workVms.userId, userId), sql`${workVms.state} not in ('deleted', 'deleting', 'binned')`))
        .all()
        .map(parse),
    listInStates: (states: readonly WorkVmState[]) =>
      db.query
        .select()
        .from(workVms)
        .where(inArray(workVms.state, [...states]))
        .all()
        .map(parse),
    listFrozenFor: (frozenFor: string) => db.query.select().from(workVms).where(eq(workVms.frozenFor, frozenFor)).all().map(parse),
    /** In the order in which they asked. */
    listQueued: () =>
      db.query.select().from(workVms).where(eq(workVms.state, 'queued')).orderBy(asc(workVms.startedAt), asc(workVms.id)).all().map(parse),
    listBinned: (exerciseId: string) =>
      db.query
        .select()
        .from(workVms)
        .where(and(eq(workVms.exerciseId, exerciseId), eq(workVms.state, 'binned')))
        .orderBy(desc(workVms.deletedAt))
        .all()
        .map(parse),
    listBinnedBefore: (time: string) =>
      db.query
        .select()
        .from(workVms)
        .where(and(eq(workVms.state, 'binned'), isNotNull(workVms.deletedAt), lte(workVms.deletedAt, time)))
        .all()
        .map(parse),
    /** Another VM that holds this endpoint now. */
    findByEndpoint: (endpoint: { host: string; port: number }, exceptId: string) =>
      parseOne(
        db.query
          .select()
          .from(workVms)
          .where(
            and(
              ne(workVms.id, exceptId),
              sql`json_extract(${workVms.endpoint}, '$.host') = ${endpoint.host}`,
              sql`json_extract(${workVms.endpoint}, '$.port') = ${endpoint.port}`,
            ),
          )
          .get(),
      ),
    inTransaction: db.inTransaction,
  }
}

export type WorkVmsRepository = ReturnType<typeof createWorkVmsRepository>
