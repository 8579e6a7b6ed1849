import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { StudentScope } from '../courses/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { groupBy } from '../lib/group-by.ts'
import type { Services } from '../services.ts'
import type { StudentAttempts } from './item-statistics.ts'
import { statisticsCsv, statisticsPage, statisticsTables } from './statistics.pages.ts'

const fileParams = idParams.extend({ table: z.enum(statisticsTables) })

/** Every evaluated submission of everybody enrolled whom the reader sees, oldest first. */
function readAttempts(
  { submissions, enrollments, workVms, jobsRepository }: Pick<Services, 'submissions' | 'enrollments' | 'workVms' | 'jobsRepository'>,
  exerciseId: string,
  scope: StudentScope,
): StudentAttempts[] {
  const done = submissions.listByExercise(exerciseId).filter(({ state }) => state === 'done')
  const criteria = submissions.criteriaOfMany(done)
  const byStudent = groupBy(done, ({ userId }) => userId)
  const labs = workVms.listByExercise(exerciseId).filter(({ purpose }) => purpose === 'student')
  const startedAt = jobsRepository.listFirst(
    'start-work-vm',
    labs.map(({ id }) => `work-vm:${id}`),
  )
  const labsOf = groupBy(labs, ({ userId }) => userId)
  const firstStart = (userId: string) =>
    (labsOf.get(userId) ?? []).flatMap(({ id }) => startedAt.get(`work-vm:${id}`) ?? []).sort()[0] ?? null
  return enrollments.listActive(exerciseId, scope).map(({ user }) => ({
    userId: user.id,
    startedAt: firstStart(user.id),
    attempts: (byStudent.get(user.id) ?? [])
      .map(({ id, points, maxPoints, acceptedAt }) => ({
        ...{ submittedAt: acceptedAt, points: points ?? 0, maxPoints: maxPoints ?? 0 },
        criteria: criteria.get(id) ?? [],
      }))
      .reverse(),
  }))
}

/** What a class tells about an exercise: plots with their tables, and each table as a file. */
export async function statisticsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, translate } = services

  const read = (actor: Actor, id: string) => {
    const exercise = exercises.find(actor, id, 'assist')
    const students = readAttempts(services, exercise.id, exercises.studentsOf(actor, exercise))
    return statisticsPage({
      exercise,
      course: courses.get(actor, exercise.courseId, 'assist'),
      criteria: exercises.revisionOf(exercise).definition.criteria,
      students,
      enrolled: students.length,
      t: translate,
    })
  }

  routes.get('/exercises/:id/statistics', { schema: { params: idParams }, config: { access: 'course-staff' } }, (request, reply) =>
    reply.page('statistics/show.njk', read(actorOf(request), request.params.id)),
  )

  routes.get(
    '/exercises/:id/statistics/:table.csv',
    { schema: { params: fileParams }, config: { access: 'course-staff' } },
    (request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${request.params.table}.csv"`)
        .send(statisticsCsv(request.params.table, read(actorOf(request), request.params.id))),
  )
}
