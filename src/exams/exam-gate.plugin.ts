import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { AppError } from '../errors.ts'
import type { ExamsService } from './exams.service.ts'

/**
 * While an exam runs, its students use the pages only from where and as it allows. Signing out and what is public stays open to them.
 * `request.ip` is the address that the trusted proxy names, or the peer's own.
 */
export const examGatePlugin = fastifyPlugin(
  async (app: FastifyInstance, { exams }: { exams: Pick<ExamsService, 'refusalOf'> }) => {
    app.addHook('onRequest', async (request) => {
      const { access, beforePasswordChange } = request.routeOptions.config
      if (!request.actor || access === 'public' || beforePasswordChange === true) return
      const refusal = exams.refusalOf(request.actor, request.ip)
      if (refusal) throw new AppError(refusal.code, { details: { exam: refusal.exam, address: request.ip } })
    })
  },
  { name: 'exam-gate', dependencies: ['access'] },
)
