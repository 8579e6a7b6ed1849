import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, ne, or, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'
import { rememberParsed } from '../lib/remember.ts'
import { errorDetails, exerciseRules, projectSummary, recordedLab, storedExercise } from './exercises.schemas.ts'

// the rules are read several times for every page and change seldom: as text, which is parsed once
const exerciseColumns = { ...getTableColumns(tables.exercises), rules: sql<string>`${tables.exercises.rules}` }
const parseRules = rememberParsed((text) => exerciseRules.parse(JSON.parse(text)))
const parseExercise = (row: Omit<typeof tables.exercises.$inferSelect, 'rules'> & { rules: string }) => ({
  ...row,
  rules: parseRules(row.rules),
  errorDetails: errorDetails.parse(row.errorDetails),
})
const parseRevision = (row: typeof tables.exerciseRevisions.$inferSelect) => ({ ...row, definition: storedExercise.parse(row.definition) })

// a recorded lab is long and is read for every page: as text, which is parsed once and gives the same object from then on
const templateColumns = { ...getTableColumns(tables.templateVms), lab: sql<string | null>`${tables.templateVms.lab}` }
const parseLab = rememberParsed((text) => recordedLab.nullable().parse(JSON.parse(text)))
const parseTemplate = (row: Omit<typeof tables.templateVms.$inferSelect, 'lab'> & { lab: string | null }) => ({
  ...row,
  lab: row.lab === null ? null : parseLab(row.lab),
})
const parseUpload = (row: typeof tables.uploads.$inferSelect) => ({ ...row, summary: projectSummary.parse(row.summary) })

export type ExerciseRow = ReturnType<typeof parseExercise>
export type RevisionRow = ReturnType<typeof parseRevision>
export type TemplateRow = ReturnType<typeof parseTemplate>
export type UploadRow = ReturnType<typeof parseUpload>

/** Exercises, their revisions, templates, secrets and uploads; Drizzle, nothing else. */
export function createExercisesRepository(db: Db) {
  const { exercises, exerciseRevisions, exerciseSecrets, exerciseAllowances, templateVms, uploads, enrollments, workVms } = tables
  // asked for nearly every page, so they are prepared once
  const find = db.query
    .select(exerciseColumns)
    .from(exercises)
    .where(eq(exercises.id, sql.placeholder('id')))
    .prepare()
  const findEnrollment = db.query
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(
      and(
        eq(enrollments.exerciseId, sql.placeholder('exerciseId')),
        eq(enrollments.userId, sql.placeholder('userId')),
        eq(enrollments.state, 'active'),
      ),
    )
    .prepare()
  const findAllowance = db.query
    .select()
    .from(exerciseAllowances)
    .where(and(eq(exerciseAllowances.exerciseId, sql.placeholder('exerciseId')), eq(exerciseAllowances.userId, sql.placeholder('userId'))))
    .prepare()
  const findTemplate = db.query
    .select(templateColumns)
    .from(templateVms)
    .where(eq(templateVms.id, sql.placeholder('id')))
    .prepare()
  const listTemplates = db.query
    .select(templateColumns)
    .from(templateVms)
    .where(eq(templateVms.exerciseRevisionId, sql.placeholder('revisionId')))
    .orderBy(sql`${templateVms}.rowid`)
    .prepare()
  // a revision never changes, and reading one checks the whole definition: the last ones are kept
  const revisionCache = new Map<string, RevisionRow>()
  const findRevision = (id: string): RevisionRow | undefined => {
    const cached = revisionCache.get(id)
    if (cached) return cached
    const row = db.query.select().from(exerciseRevisions).where(eq(exerciseRevisions.id, id)).get()
    if (!row) return undefined
    const revision = parseRevision(row)
    if (revisionCache.size >= 200) revisionCache.clear()
    revisionCache.set(id, revision)
    return revision
  }
  return {
    /** Titles and projects of the exercises that are not archived and whose present revision stands on a base template. */
    listProjectsOn: (baseTemplateVmid: number) =>
      db.query
        .select({ title: exercises.title, projectSha256: exerciseRevisions.projectSha256 })
        .from(exercises)
        .innerJoin(exerciseRevisions, eq(exerciseRevisions.id, exercises.currentRevisionId))
        .where(and(eq(exerciseRevisions.baseTemplateVmid, baseTemplateVmid), ne(exercises.state, 'archived')))
        .all(),
    insert: (row: typeof exercises.$inferInsert) => db.query.insert(exercises).values(row).run(),
    update: (id: string, change: Partial<typeof exercises.$inferInsert>) =>
      db.query.update(exercises).set(change).where(eq(exercises.id, id)).run(),
    find: (id: string) => {
      const row = find.get({ id })
      return row ? parseExercise(row) : undefined
    },
    listByCourses: (courseIds: readonly string[]) =>
      courseIds.length === 0
        ? []
        : db.query
            .select(exerciseColumns)
            .from(exercises)
            .where(inArray(exercises.courseId, [...courseIds]))
            .orderBy(sql`${exercises}.rowid`)
            .all()
            .map(parseExercise),
    /** What a student works on: published, and enrolled. */
    listForStudent: (userId: string) =>
      db.query
        .select(exerciseColumns)
        .from(enrollments)
        .innerJoin(exercises, eq(exercises.id, enrollments.exerciseId))
        .where(
          and(
            eq(enrollments.userId, userId),
            eq(enrollments.state, 'active'),
            // as `isGiven`: what was published once stays open while a new revision is built
            or(
              inArray(exercises.state, ['published', 'archived']),
              and(isNotNull(exercises.publishedAt), inArray(exercises.state, ['building', 'failed'])),
            ),
          ),
        )
        .orderBy(asc(exercises.createdAt))
        .all()
        .map(parseExercise),
    isEnrolled: (exerciseId: string, userId: string) => findEnrollment.get({ exerciseId, userId }) !== undefined,

    findAllowance: (exerciseId: string, userId: string) => findAllowance.get({ exerciseId, userId }),
    listPublished: () => db.query.select(exerciseColumns).from(exercises).where(eq(exercises.state, 'published')).all().map(parseExercise),
    listAllowances: (exerciseId: string) =>
      db.query.select().from(exerciseAllowances).where(eq(exerciseAllowances.exerciseId, exerciseId)).all(),
    putAllowance: (row: typeof exerciseAllowances.$inferInsert) =>
      db.query
        .insert(exerciseAllowances)
        .values(row)
        .onConflictDoUpdate({ target: [exerciseAllowances.exerciseId, exerciseAllowances.userId], set: row })
        .run(),
    deleteAllowance: (exerciseId: string, userId: string) =>
      db.query
        .delete(exerciseAllowances)
        .where(and(eq(exerciseAllowances.exerciseId, exerciseId), eq(exerciseAllowances.userId, userId)))
        .run(),

    insertRevision: (row: typeof exerciseRevisions.$inferInsert) => db.query.insert(exerciseRevisions).values(row).run(),
    findRevision,
    countRevisions: (exerciseId: string) =>
      db.query
        .select({ number: exerciseRevisions.number })
        .from(exerciseRevisions)
        .where(eq(exerciseRevisions.exerciseId, exerciseId))
        .orderBy(desc(exerciseRevisions.number))
        .limit(1)
        .get()?.number ?? 0,

    insertTemplate: (row: typeof templateVms.$inferInsert) => db.query.insert(templateVms).values(row).run(),
    updateTemplate: (id: string, change: Partial<typeof templateVms.$inferInsert>) =>
      db.query.update(templateVms).set(change).where(eq(templateVms.id, id)).run(),
    findTemplate: (id: string) => {
      const row = findTemplate.get({ id })
      return row ? parseTemplate(row) : undefined
    },
    /** Those that can be cloned, of every exercise. */
    listReadyTemplates: () =>
      db.query
        .select({ id: templateVms.id, vmid: templateVms.vmid, pveNode: templateVms.pveNode })
        .from(templateVms)
        .where(eq(templateVms.state, 'ready'))
        .all(),
    listTemplates: (revisionId: string) => listTemplates.all({ revisionId }).map(parseTemplate),
    listTemplatesOfExercise: (exerciseId: string) =>
      db.query
        .select(templateColumns)
        .from(templateVms)
        .innerJoin(exerciseRevisions, eq(exerciseRevisions.id, templateVms.exerciseRevisionId))
        .where(eq(exerciseRevisions.exerciseId, exerciseId))
        .all()
        .map(parseTemplate),

    /** The same lab under a new revision: templates and the students' VMs go on with it. */
    carryOver: (fromRevisionId: string, toRevisionId: string) => {
      db.query.update(templateVms).set({ exerciseRevisionId: toRevisionId }).where(eq(templateVms.exerciseRevisionId, fromRevisionId)).run()
      db.query.update(workVms).set({ exerciseRevisionId: toRevisionId }).where(eq(workVms.exerciseRevisionId, fromRevisionId)).run()
    },

    putSecret: (row: typeof exerciseSecrets.$inferInsert) =>
      db.query
        .insert(exerciseSecrets)
        .values(row)
        .onConflictDoUpdate({
          target: [exerciseSecrets.exerciseId, exerciseSecrets.name],
          set: { ciphertext: row.ciphertext, createdAt: row.createdAt },
        })
        .run(),
    listAllSecrets: () => db.query.select().from(exerciseSecrets).all(),
    listSecrets: (exerciseId: string) => db.query.select().from(exerciseSecrets).where(eq(exerciseSecrets.exerciseId, exerciseId)).all(),

    insertUpload: (row: typeof uploads.$inferInsert) => db.query.insert(uploads).values(row).onConflictDoNothing().run(),
    findUpload: (sha256: string) => {
      const row = db.query.select().from(uploads).where(eq(uploads.sha256, sha256)).get()
      return row ? parseUpload(row) : undefined
    },
    inTransaction: db.inTransaction,
  }
}

export type ExercisesRepository = ReturnType<typeof createExercisesRepository>
