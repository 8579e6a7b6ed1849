import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError, type FieldProblem } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, showFormProblems } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { readRanges } from './address-ranges.ts'
import { examValues, readExamPage } from './exam-page.ts'
import { collectRules, type ExamSettings } from './exams.schemas.ts'

const examForm = z.object({
  state: z.enum(['on', 'off']),
  addresses: z.string().max(5_000).default(''),
  singleSession: z.string().optional(),
  collect: z.enum(collectRules).default('missing'),
})

/** @throws AppError VALIDATION_FAILED naming what is no range */
function settingsOf({ addresses, singleSession, collect }: z.infer<typeof examForm>): ExamSettings {
  const { ranges, wrong } = readRanges(addresses)
  if (wrong.length > 0)
    throw new AppError('VALIDATION_FAILED', {
      fields: [{ field: 'addresses', problem: say('pages.problems.addressRanges', { wrong: wrong.join(', ') }) }],
    })
  return { addresses: [...ranges], singleSession: singleSession === 'true', collect }
}

/** Exam mode of an exercise: switched by its teachers, followed by all staff. */
export async function examsRoutes(app: FastifyInstance, { services, flashes }: { services: Services; flashes: FlashStore }): Promise<void> {
  const routes = typedRoutes(app)
  const { exams, exercises, translate } = services

  const show = (request: FastifyRequest, reply: FastifyReply, change: Partial<FormView>) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, idParams.parse(request.params).id, 'assist')
    const form = { ...emptyForm, values: examValues(exams.find(exercise.id)), ...change }
    return reply.page('exams/show.njk', readExamPage(services, actor, exercise, form))
  }

  const showAgain = (request: FastifyRequest, reply: FastifyReply, problem: { message: string; fields: readonly FieldProblem[] }) =>
    show(request, reply, {
      values: readFields(request.body),
      problems: showFormProblems(problem.fields, problem.message, translate),
      message: problem.fields.length > 0 ? null : problem.message,
    })

  routes.get('/exercises/:id/exam', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) =>
    show(request, reply, {}),
  )

  routes.post(
    '/exercises/:id/exam',
    { schema: { params: idParams, body: examForm }, config: { access: 'course-teacher', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id } = request.params
      if (request.body.state === 'on') exams.switchOn(actor, id, settingsOf(request.body), request.ip)
      else exams.switchOff(actor, id, request.ip)
      flashes.say(actor.session.id, 'done', request.body.state === 'on' ? 'examOn' : 'examOff')
      return reply.redirect(`/exercises/${id}/exam`, 303)
    },
  )

  routes.post(
    '/exercises/:id/exam/end',
    { schema: { params: idParams }, config: { access: 'course-teacher', formView: showAgain } },
    async (request, reply) => {
      const actor = actorOf(request)
      exams.end(actor, request.params.id, request.ip)
      flashes.say(actor.session.id, 'info', 'examEnded')
      return reply.redirect(`/exercises/${request.params.id}/exam`, 303)
    },
  )
}
