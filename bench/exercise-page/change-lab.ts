import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { typedRoutes } from '../../src/http/zod-validation.ts'
import type { Services } from '../../src/services.ts'
import { addJobs } from '../support/class-jobs.ts'
import { now } from '../support/class-room.ts'

const params = z.object({ exerciseId: z.string(), userId: z.string(), state: z.enum(['queued', 'starting', 'ready']) })

/** A route that brings a student's lab into the next state as its job would, with the event that open pages get. */
export async function registerChangeLab(
  app: FastifyInstance,
  { workVms, jobsRepository, exercises }: Services,
  gns3: { readonly host: string; readonly port: number },
): Promise<void> {
  typedRoutes(app).get(
    '/bench/labs/:exerciseId/:userId/:state',
    { schema: { params }, config: { access: 'public' } },
    async ({ params: { exerciseId, userId, state } }) => {
      const lab = workVms.listByExercise(exerciseId).find((workVm) => workVm.userId === userId)
      if (!lab) throw new Error(`no lab of ${userId}`)
      const { id: workVmId } = lab
      for (const job of jobsRepository.findLiveByKey(`work-vm:${workVmId}`))
        jobsRepository.update(job.id, { state: 'done', endedAt: now() })
      addJobs(jobsRepository, { workVmId, userId, courseId: exercises.get(exerciseId).courseId, state })
      workVms.update(workVmId, { state, ...(state === 'ready' ? { endpoint: gns3, readyAt: now() } : {}) })
      return { state }
    },
  )
}
