import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { courseHead, type StudentScope } from '../courses/index.ts'
import { AppError, type FieldProblem } from '../errors.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, showFormProblems } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { areResultsWithheld, rulesWith } from './exercise-rules.ts'
import type { ExerciseRow } from './exercises.repository.ts'
import type { RulesPage } from './exercises.views.ts'
import { readRuleFields, ruleValues } from './rules-form.ts'

/** Who is enrolled, as the rules name people. */
export interface EnrolledStudent {
  readonly userId: string
  readonly name: string
  readonly username: string
}

export interface RulesRoutesOptions {
  readonly services: Services
  readonly flashes: FlashStore
  /** Enrolling belongs to another domain. */
  readonly listStudents: (exerciseId: string, scope: StudentScope) => readonly EnrolledStudent[]
}

/** An empty input is nothing extra. */
const amount = (max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{0,6}$/, 'wholeNumber')
    .transform((text) => Number(text))
    .refine((value) => value <= max, 'tooLong')
const allowanceForm = z.object({ userId: idParams.shape.id, extraMinutes: amount(100_000), extraAttempts: amount(1_000) })

/** `/exercises/:id/rules`: when and how often may be submitted, when results are shown, and who has more of both. */
export async function rulesRoutes(app: FastifyInstance, { services, flashes, listStudents }: RulesRoutesOptions): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, translate } = services

  function readPage(actor: Actor, exercise: ExerciseRow, form: FormView): RulesPage {
    const course = courses.get(actor, exercise.courseId, 'assist')
    const students = [...listStudents(exercise.id, exercises.studentsOf(actor, exercise))].sort((one, other) =>
      one.name.localeCompare(other.name),
    )
    const byUser = new Map(students.map((student) => [student.userId, student]))
    return {
      exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
      timeZone: course.timeZone,
      form,
      isWithheld: areResultsWithheld(exercise.rules),
      releasedAt: exercise.rules.resultsReleasedAt,
      students: students.map(({ userId, name, username }) => ({ value: userId, label: `${name} (${username})` })),
      allowances: exercises.listAllowances(exercise.id).flatMap((row) => {
        const student = byUser.get(row.userId)
        if (!student) return []
        const { extraMinutes, extraAttempts } = row
        return [{ ...student, extraMinutes, extraAttempts, closesAt: rulesWith(exercise.rules, row).closesAt }]
      }),
      mayTeach: exercises.has(actor, exercise, 'teach'),
    }
  }

  const show = (request: FastifyRequest, reply: FastifyReply, change: Partial<FormView>) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, idParams.parse(request.params).id, 'assist')
    const { timeZone } = courses.get(actor, exercise.courseId, 'assist')
    const form = { ...emptyForm, values: ruleValues(exercise.rules, timeZone), ...change }
    return reply.page('exercises/rules.njk', readPage(actor, exercise, form))
  }

  const showAgain = (request: FastifyRequest, reply: FastifyReply, problem: { message: string; fields: readonly FieldProblem[] }) =>
    show(request, reply, {
      values: readFields(request.body),
      problems: showFormProblems(problem.fields, problem.message, translate),
      message: problem.fields.length > 0 ? null : problem.message,
    })

  routes.get('/exercises/:id/rules', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) =>
    show(request, reply, {}),
  )

  routes.post(
    '/exercises/:id/rules',
    { schema: { params: idParams }, config: { access: 'course-teacher', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const exercise = exercises.find(actor, request.params.id, 'teach')
      const { timeZone } = courses.get(actor, exercise.courseId, 'teach')
      const { changes, problems } = readRuleFields(readFields(request.body), timeZone)
      if (!changes) throw new AppError('VALIDATION_FAILED', { fields: problems })
      exercises.setRules(actor, exercise.id, changes)
      flashes.say(actor.session.id, 'done', 'rulesSaved')
      return reply.redirect(`/exercises/${exercise.id}/rules`, 303)
    },
  )

  routes.post(
    '/exercises/:id/allowances',
    { schema: { params: idParams, body: allowanceForm }, config: { access: 'course-teacher', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { userId, ...allowance } = request.body
      exercises.allow(actor, request.params.id, userId, allowance)
      flashes.say(actor.session.id, 'done', 'allowed')
      return reply.redirect(`/exercises/${request.params.id}/rules`, 303)
    },
  )

  routes.post(
    '/exercises/:id/release-results',
    { schema: { params: idParams }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      exercises.releaseResults(actor, request.params.id)
      flashes.say(actor.session.id, 'done', 'resultsReleased')
      return reply.redirect(`/exercises/${request.params.id}/rules`, 303)
    },
  )
}
