import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { writeExercise } from '../evaluation/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { errorJson, idParams, listQuery, paginate } from '../http/api.ts'
import { uploadedFile } from '../http/uploads.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { parseExerciseText } from './exercise-text.ts'
import type { ExerciseRow } from './exercises.repository.ts'
import { allowanceBody, ruleChanges } from './exercises.schemas.ts'
import { readText } from './file-field.ts'
import { acceptProject } from './projects.ts'

const tags = ['exercises']
/** Parts of the multipart body, in any order; a part may be a text field or a file. */
const newExercise = z.object({
  exercise: z.union([z.string(), uploadedFile]),
  project: uploadedFile.optional(),
  statement: z.union([z.string(), uploadedFile]).optional(),
  baseTemplate: z.coerce.number<string>().int().optional(),
  courseId: z.string(),
})
/** As `newExercise`; what is left out stays as the current revision has it. */
const newRevision = newExercise.omit({ courseId: true })
const changes = z.object({ rules: ruleChanges.optional() })

/**
 * An exercise as programs see it; the definition for staff only, who may have hidden criteria in it. A student gets the rules as they
 * are for him, and the criteria once it is open.
 */
export function exerciseJson({ exercises, translate }: Pick<Services, 'exercises' | 'translate'>, actor: Actor, exercise: ExerciseRow) {
  const revision = exercises.revisionOf(exercise)
  const isStaff = exercises.has(actor, exercise, 'assist')
  const { criteria } = revision.definition
  const rules = isStaff ? exercise.rules : exercises.rulesFor(exercise, actor.id)
  const phase = exercises.phaseFor(exercise, actor.id)
  return {
    id: exercise.id,
    courseId: exercise.courseId,
    title: exercise.title,
    state: exercise.state,
    revision: revision.number,
    topology: revision.definition.topology,
    maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
    criteria: criteria
      .filter((criterion) => isStaff || (criterion.visible && phase !== 'before'))
      .map(({ id, title, module, device, points }) => ({ id, title, module, device: device ?? null, points })),
    phase,
    rules,
    createdAt: exercise.createdAt,
    publishedAt: exercise.publishedAt,
    ...(isStaff
      ? { isProven: exercise.isProven, publishedUnproven: exercise.publishedUnproven, secrets: exercises.listSecretNames(exercise) }
      : {}),
    ...errorJson(exercise.errorCode, exercise.errorDetails, translate),
  }
}

const accepted = (reply: FastifyReply, { exercise, jobId }: { readonly exercise: ExerciseRow; readonly jobId: string | null }) =>
  reply
    .status(202)
    .header('location', jobId === null ? `/api/v1/exercises/${exercise.id}` : `/api/v1/jobs/${jobId}`)
    .send({ id: exercise.id, jobId })

export async function exercisesApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, config } = services

  routes.get('/base-templates', { schema: { tags }, config: { access: 'teacher' } }, async () => ({
    items: (await exercises.listBaseTemplates()).map(({ vmid, name, node }) => ({ vmid, name, node })),
  }))

  routes.get(
    '/exercises',
    { schema: { tags, querystring: listQuery.extend({ courseId: z.string().optional() }) }, config: { access: 'account' } },
    async (request) => {
      const actor = actorOf(request)
      const staffed = courses
        .listFor(actor)
        .filter(({ course }) => courses.can(actor, course.id, 'assist'))
        .map(({ course }) => course.id)
      const rows = new Map(
        [...exercises.listByCourses(staffed), ...exercises.listForStudent(actor.id)].map((exercise) => [exercise.id, exercise]),
      )
      const items = [...rows.values()].filter(
        (exercise) => request.query.courseId === undefined || exercise.courseId === request.query.courseId,
      )
      return paginate(
        items.map((exercise) => exerciseJson(services, actor, exercise)),
        request.query,
      )
    },
  )

  routes.post(
    '/exercises',
    { schema: { tags, body: newExercise, consumes: ['multipart/form-data'] }, config: { access: 'teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { body } = request
      courses.get(actor, body.courseId, 'teach')
      const definition = parseExerciseText(await readText(body.exercise))
      const project = body.project ? await acceptProject({ exercises, uploadsFolder: config.UPLOADS_DIR }, body.project, actor.id) : null
      const saved = await exercises.create(actor, {
        courseId: body.courseId,
        definition,
        statement: body.statement === undefined ? '' : await readText(body.statement),
        projectSha256: project?.sha256 ?? null,
        baseTemplateVmid: body.baseTemplate ?? null,
      })
      return accepted(reply, saved)
    },
  )

  routes.post(
    '/exercises/:id/revisions',
    { schema: { tags, params: idParams, body: newRevision, consumes: ['multipart/form-data'] }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { body } = request
      const before = exercises.revisionOf(exercises.find(actor, request.params.id, 'teach'))
      const definition = parseExerciseText(await readText(body.exercise))
      const project = body.project ? await acceptProject({ exercises, uploadsFolder: config.UPLOADS_DIR }, body.project, actor.id) : null
      const saved = await exercises.revise(actor, request.params.id, {
        definition,
        statement: body.statement === undefined ? before.statement : await readText(body.statement),
        projectSha256: project?.sha256 ?? before.projectSha256,
        baseTemplateVmid: body.baseTemplate ?? before.baseTemplateVmid,
      })
      return accepted(reply, saved)
    },
  )

  routes.get('/exercises/:id', { schema: { tags, params: idParams }, config: { access: 'participant' } }, async (request) => {
    const actor = actorOf(request)
    return exerciseJson(services, actor, exercises.find(actor, request.params.id, 'see'))
  })

  routes.get('/exercises/:id/file', { schema: { tags, params: idParams }, config: { access: 'course-staff' } }, async (request, reply) => {
    const exercise = exercises.find(actorOf(request), request.params.id, 'assist')
    return reply.type('application/yaml; charset=utf-8').send(writeExercise(exercises.fileOf(exercise)))
  })

  routes.get(
    '/exercises/:id/statement',
    { schema: { tags, params: idParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const exercise = exercises.find(actorOf(request), request.params.id, 'assist')
      return reply.type('text/markdown; charset=utf-8').send(exercises.revisionOf(exercise).statement)
    },
  )

  routes.get(
    '/exercises/:id/project',
    { schema: { tags, params: idParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const exercise = exercises.find(actorOf(request), request.params.id, 'assist')
      const path = exercises.projectPath(exercises.revisionOf(exercise))
      if (path === null) throw new AppError('NOT_FOUND')
      return reply
        .type('application/octet-stream')
        .header('content-length', (await stat(path)).size)
        .header('content-disposition', 'attachment; filename="lab.gns3project"')
        .send(createReadStream(path))
    },
  )

  routes.patch(
    '/exercises/:id',
    { schema: { tags, params: idParams, body: changes }, config: { access: 'course-teacher' } },
    async (request) => {
      const actor = actorOf(request)
      exercises.find(actor, request.params.id, 'teach')
      const exercise = request.body.rules
        ? exercises.setRules(actor, request.params.id, request.body.rules)
        : exercises.get(request.params.id)
      return exerciseJson(services, actor, exercise)
    },
  )

  routes.get('/exercises/:id/allowances', { schema: { tags, params: idParams }, config: { access: 'course-staff' } }, async (request) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'assist')
    const scope = exercises.studentsOf(actor, exercise)
    return {
      items: exercises
        .listAllowances(exercise.id)
        .filter(({ userId }) => scope(userId))
        .map(({ userId, extraMinutes, extraAttempts }) => ({ userId, extraMinutes, extraAttempts })),
    }
  })

  routes.put(
    '/exercises/:id/allowances/:userId',
    { schema: { tags, params: idParams.extend({ userId: idParams.shape.id }), body: allowanceBody }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      exercises.allow(actorOf(request), request.params.id, request.params.userId, request.body)
      return reply.status(204).send()
    },
  )

  routes.post(
    '/exercises/:id/release-results',
    { schema: { tags, params: idParams }, config: { access: 'course-teacher' } },
    async (request) => {
      const actor = actorOf(request)
      return exerciseJson(services, actor, exercises.releaseResults(actor, request.params.id))
    },
  )

  routes.put(
    '/exercises/:id/secrets',
    { schema: { tags, params: idParams, body: z.record(z.string(), z.string().max(1_000)) }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      exercises.setSecrets(actorOf(request), request.params.id, new Map(Object.entries(request.body)))
      return reply.status(204).send()
    },
  )

  routes.post(
    '/exercises/:id/publish',
    {
      schema: { tags, params: idParams, body: z.object({ unproven: z.boolean().default(false) }).nullish() },
      config: { access: 'course-teacher' },
    },
    async (request) => {
      const actor = actorOf(request)
      return exerciseJson(services, actor, exercises.publish(actor, request.params.id, request.body?.unproven ?? false))
    },
  )

  routes.post('/exercises/:id/archive', { schema: { tags, params: idParams }, config: { access: 'course-teacher' } }, async (request) => {
    const actor = actorOf(request)
    return exerciseJson(services, actor, exercises.archive(actor, request.params.id))
  })

  routes.post(
    '/exercises/:id/build',
    { schema: { tags, params: idParams }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const jobId = exercises.rebuild(actorOf(request), request.params.id)
      return reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ jobId })
    },
  )
}
