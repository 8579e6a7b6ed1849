import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { StudentScope } from '../courses/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields } from '../http/form-view.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { readJob } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { exercisePage } from './exercise-page.ts'
import { readProofs, scenarios } from './exercise-proof.ts'
import type { ExerciseRow } from './exercises.repository.ts'
import type { ExercisePage } from './exercises.views.ts'

export interface ExercisesRoutesOptions {
  readonly services: Services
  readonly flashes: FlashStore
  readonly numbersOf: (exerciseId: string, scope: StudentScope) => ExercisePage['numbers']
  /** The page of a participant who is not staff: it belongs to the submissions. */
  readonly showStudentExercise: (request: FastifyRequest, reply: FastifyReply, exercise: ExerciseRow) => unknown
}

/** Pages of one exercise for its staff, and the buttons on them. Making and editing one: exercise-form.routes.ts. */
export async function exercisesRoutes(app: FastifyInstance, options: ExercisesRoutesOptions): Promise<void> {
  const { services, flashes } = options
  const routes = typedRoutes(app)
  const { exercises, courses, workVms, proofs, jobs, jobsRepository, translate } = services
  const done = (reply: FastifyReply, id: string) => reply.redirect(`/exercises/${id}`, 303)

  function showStaff(actor: Actor, reply: FastifyReply, exercise: ExerciseRow) {
    const revision = exercises.revisionOf(exercise)
    const trial = workVms.findOwn(actor, exercise.id, 'try')
    const job = jobsRepository.findLatestByKey(`exercise:${exercise.id}`)
    const page = exercisePage({
      exercise,
      revision,
      course: courses.get(actor, exercise.courseId, 'assist'),
      template: exercises.listUsableTemplates(revision.id)[0],
      upload: revision.projectSha256 === null ? undefined : exercises.findUpload(revision.projectSha256),
      job: job?.name === 'build-template' ? { id: job.id, steps: readJob(jobsRepository, jobs.definitions, job, translate).steps } : null,
      proofs: readProofs(services, revision, trial?.id ?? null),
      secrets: exercises.has(actor, exercise, 'teach') ? exercises.listSecretNames(exercise) : [],
      trialState: trial?.state ?? null,
      numbers: options.numbersOf(exercise.id, exercises.studentsOf(actor, exercise)),
      mayTeach: exercises.has(actor, exercise, 'teach'),
      t: translate,
    })
    return reply.page('exercises/show.njk', page)
  }

  routes.get('/exercises/:id', { schema: { params: idParams }, config: { access: 'participant' } }, async (request, reply) => {
    const actor = actorOf(request)
    const { exercise, isStaff } = exercises.findStanding(actor, request.params.id)
    return isStaff ? showStaff(actor, reply, exercise) : options.showStudentExercise(request, reply, exercise)
  })

  routes.post('/exercises/:id/build', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const actor = actorOf(request)
    exercises.rebuild(actor, request.params.id)
    flashes.say(actor.session.id, 'info', 'exerciseBuilding')
    return done(reply, request.params.id)
  })

  routes.post(
    '/exercises/:id/prove',
    { schema: { params: idParams, body: z.object({ scenario: z.enum(scenarios) }) }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      proofs.prove(actor, request.params.id, request.body.scenario)
      flashes.say(actor.session.id, 'info', 'proving')
      return done(reply, request.params.id)
    },
  )

  routes.post(
    '/exercises/:id/publish',
    { schema: { params: idParams, body: z.object({ unproven: z.string().optional() }) }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      exercises.publish(actor, request.params.id, request.body.unproven === 'true')
      flashes.say(actor.session.id, 'done', 'published')
      return done(reply, request.params.id)
    },
  )

  routes.post('/exercises/:id/archive', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const actor = actorOf(request)
    exercises.archive(actor, request.params.id)
    flashes.say(actor.session.id, 'done', 'archived')
    return done(reply, request.params.id)
  })

  routes.post('/exercises/:id/secrets', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'teach')
    const fields = readFields(request.body)
    // only names that the file mentions; an empty input leaves what is kept
    const given = exercises.listSecretNames(exercise).flatMap(({ name }): [string, string][] => {
      const value = fields[`secret.${name}`]
      return value === undefined || value === '' ? [] : [[name, value.slice(0, 1_000)]]
    })
    exercises.setSecrets(actor, exercise.id, new Map(given))
    flashes.say(actor.session.id, 'done', 'secretsSaved')
    return done(reply, exercise.id)
  })
}
