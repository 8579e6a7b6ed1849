import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { configurationPage } from './configuration-page.ts'
import { faultOf, jobRow } from './job-subject.ts'
import type { JobState, JobRow as StoredJob } from './jobs.repository.ts'
import { readJob, usualStepTimes } from './jobs.service.ts'
import { readProxmoxTasks } from './proxmox-tasks.ts'
import { createStatusReader } from './status-page.ts'

const jobStates = ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const
const perPage = 50
const listFilter = z.object({ state: z.enum(jobStates).optional(), before: z.string().max(40).optional() })

/** How many jobs are in each state. */
export function countJobs(rows: readonly { readonly state: JobState; readonly count: number }[]): Record<JobState, number> {
  const counts: Record<JobState, number> = { queued: 0, running: 0, waiting: 0, done: 0, failed: 0, cancelled: 0 }
  for (const { state, count } of rows) counts[state] = count
  return counts
}

/** The administrator's view of background work and of the systems behind it. */
export async function jobsRoutes(app: FastifyInstance, { services, flashes }: { services: Services; flashes: FlashStore }): Promise<void> {
  const routes = typedRoutes(app)
  const { jobs, jobsRepository, translate, audit, clonePause } = services
  const readStatus = createStatusReader(services)

  routes.get('/admin/configuration', { config: { access: 'admin' } }, (_request, reply) =>
    reply.page('jobs/configuration.njk', configurationPage(services.config, translate)),
  )

  routes.get('/admin', { config: { access: 'admin' } }, async (_request, reply) => {
    const recent = jobsRepository.list({ state: 'failed', limit: 5 })
    return reply.page('jobs/status.njk', {
      ...(await readStatus()),
      jobs: countJobs(jobsRepository.countByState()),
      recentFailures: recent.map((job) => jobRow(services, job)),
    })
  })

  routes.get('/admin/jobs', { schema: { querystring: listFilter }, config: { access: 'admin' } }, async (request, reply) => {
    const { state, before } = request.query
    const found = jobsRepository.list({ limit: perPage + 1, ...(state ? { state } : {}), ...(before ? { before } : {}) })
    const next = found[perPage]
    const query = new URLSearchParams({ ...(state ? { state } : {}), before: next?.createdAt ?? '' })
    return reply.page('jobs/list.njk', {
      jobs: found.slice(0, perPage).map((job) => jobRow(services, job)),
      counts: countJobs(jobsRepository.countByState()),
      state: state ?? null,
      clonesPausedAt: clonePause.since(),
      nextHref: next ? `/admin/jobs?${query}` : null,
    })
  })

  const find = (id: string): StoredJob => {
    const job = jobsRepository.find(id)
    if (!job) throw new AppError('JOB_NOT_FOUND')
    return job
  }

  routes.get('/admin/jobs/:id', { schema: { params: idParams }, config: { access: 'admin' } }, async (request, reply) => {
    const job = find(request.params.id)
    const usual = usualStepTimes(jobsRepository, job.name)
    const steps = readJob(jobsRepository, jobs.definitions, job, translate).steps.map((step) => ({
      ...step,
      usualMs: usual.get(step.id) ?? null,
    }))
    const message = faultOf(job, services)
    const isLive = job.state === 'queued' || job.state === 'running' || job.state === 'waiting'
    return reply.page('jobs/show.njk', {
      job: jobRow(services, job),
      steps,
      tasks: readProxmoxTasks(steps),
      error: job.errorCode !== null && message !== null ? { code: job.errorCode, message } : null,
      may: { retry: job.state === 'failed' || job.state === 'cancelled', cancel: isLive && job.cancelRequestedAt === null },
    })
  })

  for (const [verb, flash] of [
    ['pause', 'clonesPaused'],
    ['resume', 'clonesResumed'],
  ] as const) {
    routes.post(`/admin/clones/${verb}`, { config: { access: 'admin' } }, async (request, reply) => {
      const actor = actorOf(request)
      clonePause[verb](actor.id)
      audit.record({ actorId: actor.id, action: `clones.${verb}`, objectType: 'work-vm' })
      flashes.say(actor.session.id, 'info', flash)
      return reply.redirect('/admin/jobs', 303)
    })
  }

  for (const [verb, flash] of [
    ['retry', 'jobRetried'],
    ['cancel', 'jobCancelled'],
  ] as const) {
    routes.post(`/admin/jobs/:id/${verb}`, { schema: { params: idParams }, config: { access: 'admin' } }, async (request, reply) => {
      const actor = actorOf(request)
      const job = find(request.params.id)
      jobs[verb](job.id)
      audit.record({ actorId: actor.id, onBehalfOf: job.userId, action: `job.${verb}`, objectType: 'job', objectId: job.id })
      flashes.say(actor.session.id, 'info', flash)
      return reply.redirect(`/admin/jobs/${job.id}`, 303)
    })
  }
}
