import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { listResults } from '../submissions/index.ts'
import { boardPage } from './board.pages.ts'
import { readBoard } from './read-board.ts'

const boardQuery = z.object({
  sort: z.enum(['need', 'name']).catch('need').default('need'),
  compose: z.enum(['yes', 'no']).catch('no').default('no'),
})
const messageForm = z.object({
  text: z.string().trim().min(1, 'required').max(300, 'tooLong'),
  minutes: z.coerce.number().int().min(1).max(1_440),
})
const extendForm = z.object({ minutes: z.coerce.number().int().min(1).max(240) })
const studentParams = idParams.extend({ userId: idParams.shape.id })
const messageParams = idParams.extend({ messageId: idParams.shape.id })

/** The class board, raised hands and messages to a class. */
export async function classroomRoutes(
  app: FastifyInstance,
  { services, flashes }: { services: Services; flashes: FlashStore },
): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, classroom, translate } = services

  const showBoard = (request: FastifyRequest, reply: FastifyReply, id: string, form: FormView | null) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, id, 'assist')
    const { sort, compose } = boardQuery.parse(request.query)
    return reply.page(
      'classroom/board.njk',
      boardPage({
        exercise,
        course: courses.get(actor, exercise.courseId, 'assist'),
        criteria: exercises.revisionOf(exercise).definition.criteria.length,
        entries: readBoard(services, exercise.id, listResults(services, exercise.id, exercises.studentsOf(actor, exercise))),
        messages: classroom.listMessages(exercise.id),
        sort,
        mayTell: exercises.seesAll(actor, exercise),
        mayTeach: exercises.has(actor, exercise, 'teach'),
        isComposing: compose === 'yes' || form !== null,
        form: form ?? emptyForm,
        t: translate,
      }),
    )
  }

  routes.get('/exercises/:id/board', { schema: { params: idParams }, config: { access: 'course-staff' } }, (request, reply) =>
    showBoard(request, reply, request.params.id, null),
  )

  routes.post(
    '/exercises/:id/messages',
    {
      schema: { params: idParams, body: messageForm },
      config: {
        access: 'course-staff',
        formView: (request, reply, problem) =>
          showBoard(request, reply, idParams.parse(request.params).id, refusedForm(request.body, problem, translate)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      classroom.send(actor, request.params.id, request.body)
      flashes.say(actor.session.id, 'done', 'messageSent')
      return reply.redirect(`/exercises/${request.params.id}/board`, 303)
    },
  )

  routes.post(
    '/exercises/:id/extend',
    { schema: { params: idParams, body: extendForm }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { minutes } = request.body
      exercises.extendForAll(actor, request.params.id, minutes)
      flashes.say(actor.session.id, 'done', 'extended', { count: minutes })
      return reply.redirect(`/exercises/${request.params.id}/board`, 303)
    },
  )

  for (const verb of ['freeze', 'thaw'] as const) {
    routes.post(
      `/exercises/:id/${verb}`,
      { schema: { params: idParams }, config: { access: 'course-teacher' } },
      async (request, reply) => {
        const actor = actorOf(request)
        exercises.freezeSubmissions(actor, request.params.id, verb === 'freeze')
        flashes.say(actor.session.id, 'done', verb === 'freeze' ? 'submissionsFrozen' : 'submissionsOpen')
        return reply.redirect(`/exercises/${request.params.id}/board`, 303)
      },
    )
  }

  routes.post(
    '/exercises/:id/messages/:messageId/end',
    { schema: { params: messageParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      classroom.takeBack(actorOf(request), request.params.id, request.params.messageId)
      return reply.redirect(`/exercises/${request.params.id}/board`, 303)
    },
  )

  routes.post(
    '/exercises/:id/help/:userId/answer',
    { schema: { params: studentParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      classroom.answerHand(actorOf(request), request.params.id, request.params.userId)
      return reply.redirect(`/exercises/${request.params.id}/board`, 303)
    },
  )

  routes.post('/exercises/:id/help', { schema: { params: idParams }, config: { access: 'participant' } }, async (request, reply) => {
    classroom.raiseHand(actorOf(request), request.params.id)
    return reply.redirect(`/exercises/${request.params.id}#help`, 303)
  })

  routes.post('/exercises/:id/help/undo', { schema: { params: idParams }, config: { access: 'participant' } }, async (request, reply) => {
    classroom.lowerHand(actorOf(request), request.params.id)
    return reply.redirect(`/exercises/${request.params.id}#help`, 303)
  })
}
