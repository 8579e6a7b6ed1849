import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { errorJson, idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import type { JobRow } from './jobs.repository.ts'
import { readJob } from './jobs.service.ts'

/** True for whom the job is for, who asked for it, staff of its course that is there for him, and administrators. */
export function maySeeJob({ courses }: Pick<Services, 'courses'>, actor: Actor, job: JobRow): boolean {
  if (actor.role === 'admin' || job.userId === actor.id || job.createdBy === actor.id) return true
  if (job.courseId === null) return false
  return job.userId === null ? courses.can(actor, job.courseId, 'assist') : courses.studentsOf(actor, job.courseId)(job.userId)
}

export async function jobsApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  routes.get('/jobs/:id', { schema: { tags: ['jobs'], params: idParams }, config: { access: 'job-reader' } }, async (request) => {
    const job = services.jobsRepository.find(request.params.id)
    if (!job || !maySeeJob(services, actorOf(request), job)) throw new AppError('JOB_NOT_FOUND')
    const { steps, progress, error } = readJob(services.jobsRepository, services.jobs.definitions, job, services.translate)
    return {
      id: job.id,
      name: job.name,
      state: job.state,
      step: job.step,
      progress,
      steps: steps.map(({ id, label, state, startedAt, tookMs }) => ({ id, label, state, startedAt, tookMs })),
      createdAt: job.createdAt,
      startedAt: job.startedAt,
      endedAt: job.endedAt,
      ...errorJson(error?.code ?? null, error?.details ?? null, services.translate),
    }
  })
}
