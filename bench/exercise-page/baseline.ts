import type { FastifyInstance } from 'fastify'
import { type Actor, actorOf } from '../../src/http/access.ts'
import { idParams } from '../../src/http/api.ts'
import { typedRoutes } from '../../src/http/zod-validation.ts'
import type { Services } from '../../src/services.ts'

/** Everything that the student's exercise page reads, in its order (student-exercise.routes.ts, lab-view.ts), made into nothing. */
function readAll(services: Services, actor: Actor, exerciseId: string): void {
  const { exercises, courses, workVms, labWatch, submissions, jobsRepository } = services
  const { exercise } = exercises.findStanding(actor, exerciseId)
  const workVm = workVms.findOwn(actor, exercise.id)
  const revision = workVm ? exercises.getRevision(workVm.exerciseRevisionId) : exercises.revisionOf(exercise)
  courses.find(exercise.courseId)
  services.classroom.findHelp(exercise.id, actor.id)
  services.classroom.noticesFor(actor)
  const own = submissions.listOf(exercise.id, actor.id)
  if (own[0]) submissions.runOf(own[0])
  submissions.criteriaOfMany(own.filter((submission) => submission.state === 'done'))
  if (!workVm) {
    exercises.findLab(revision.id)
    return
  }
  labWatch.lastSeen(workVm)
  if (workVm.state === 'requested') workVms.liveJob(workVm)
  if (workVm.state === 'queued') workVms.listQueued()
  for (const job of jobsRepository.findLiveByKey(`work-vm:${workVm.id}`)) {
    jobsRepository.listStepTimes(job.name, 20)
    jobsRepository.listSteps(job.id)
  }
  const latest = workVms.latestJob(workVm)
  if (latest && workVm.state === 'failed') jobsRepository.listSteps(latest.id)
}

/**
 * A route with the page's session check and reads that answers prepared bytes: what the page could be if rendering cost nothing.
 * @param sizeBytes of those: a page's
 */
export async function registerBaseline(app: FastifyInstance, services: Services, sizeBytes: number): Promise<void> {
  const bytes = Buffer.alloc(sizeBytes, 'x')
  typedRoutes(app).get(
    '/bench/exercises/:id',
    { schema: { params: idParams }, config: { access: 'participant' } },
    async (request, reply) => {
      readAll(services, actorOf(request), request.params.id)
      return reply.type('text/html; charset=utf-8').send(bytes)
    },
  )
}
