import type { FastifyInstance } from 'fastify'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import type { ExamRow } from './exams.repository.ts'
import { examChange } from './exams.schemas.ts'

const tags = ['exams']

const examJson = (exam: ExamRow | undefined) => ({
  state: exam?.state ?? 'off',
  addresses: exam?.addresses ?? [],
  singleSession: exam?.singleSession ?? true,
  collect: exam?.collect ?? 'missing',
  switchedBy: exam?.switchedBy ?? null,
  switchedAt: exam?.switchedAt ?? null,
})

/** Exam mode for programs. The window is in the rules of the exercise. */
export async function examsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { exams, exercises } = services

  routes.get('/exercises/:id/exam', { schema: { tags, params: idParams }, config: { access: 'course-staff' } }, async (request) =>
    examJson(exams.find(exercises.find(actorOf(request), request.params.id, 'assist').id)),
  )

  routes.put(
    '/exercises/:id/exam',
    { schema: { tags, params: idParams, body: examChange }, config: { access: 'course-teacher' } },
    async (request) => {
      const { state, ...settings } = request.body
      if (state === 'on') return examJson(exams.switchOn(actorOf(request), request.params.id, settings, request.ip))
      exams.switchOff(actorOf(request), request.params.id, request.ip)
      return examJson(exams.find(request.params.id))
    },
  )

  routes.post(
    '/exercises/:id/exam/end',
    { schema: { tags, params: idParams }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const jobId = exams.end(actorOf(request), request.params.id, request.ip)
      return reply.status(202).header('location', `/api/v1/jobs/${jobId}`).send({ jobId })
    },
  )
}
