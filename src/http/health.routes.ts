import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import type { Services } from '../services.ts'

const states = ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const

function isToken(expected: string | undefined, header: string | undefined): boolean {
  if (expected === undefined || header === undefined) return false
  const given = Buffer.from(header.replace(/^Bearer /, ''))
  const wanted = Buffer.from(expected)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** For load balancers and monitoring. */
export async function healthRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { config, jobsRepository, proxmox } = services

  app.get('/healthz', { config: { access: 'public' } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { config: { access: 'public' } }, async () => {
    jobsRepository.countByState()
    return { status: 'ready' }
  })

  app.get('/metrics', { config: { access: 'metrics' } }, async (request, reply) => {
    if (request.actor?.role !== 'admin' && !isToken(config.METRICS_TOKEN, request.headers.authorization)) throw new AppError('NOT_FOUND')
    const jobs = new Map(jobsRepository.countByState().map((row) => [row.state, row.count]))
    const lines = [
      '# TYPE netpraxis_jobs gauge',
      ...states.map((state) => `netpraxis_jobs{state="${state}"} ${jobs.get(state) ?? 0}`),
      '# TYPE netpraxis_proxmox_in_flight gauge',
      ...proxmox.limiterState().map((budget) => `netpraxis_proxmox_in_flight{budget="${budget.key}"} ${budget.inFlight}`),
      '# TYPE netpraxis_memory_bytes gauge',
      `netpraxis_memory_bytes ${process.memoryUsage.rss()}`,
    ]
    return reply.type('text/plain; version=0.0.4').send(`${lines.join('\n')}\n`)
  })
}
