import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { courseHead } from '../courses/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { listResults, type ResultLine, resultsCsv, resultsJson, resultsJunit } from './results.ts'
import type { ResultRow } from './submissions.views.ts'

const groupQuery = z.object({ group: z.string().max(100).optional() })

function resultRow(line: ResultLine, criterionIds: readonly string[]): ResultRow {
  const { submission } = line
  const href = submission ? `/submissions/${submission.id}` : null
  return {
    userId: line.userId,
    name: line.name,
    username: line.username,
    group: line.group,
    submissionHref: href,
    submittedAt: submission?.acceptedAt ?? null,
    attempts: line.attempts,
    points: submission?.points ?? null,
    undecidedPoints: submission?.undecidedPoints ?? 0,
    cells: criterionIds.map((criterionId) => {
      const counted = line.criteria.find(({ result }) => result.criterionId === criterionId)
      return {
        criterionId,
        verdict: counted?.verdict ?? null,
        points: counted?.points ?? 0,
        isOverridden: counted !== undefined && counted.override !== null,
        href: href !== null && counted ? `${href}#criterion-${criterionId}` : null,
      }
    }),
  }
}

/** Of those who submitted, the share that passes; null while nobody did. */
function passShare(lines: readonly ResultLine[], criterionId: string): number | null {
  const verdicts = lines.flatMap(({ criteria }) =>
    criteria.filter(({ result }) => result.criterionId === criterionId).map(({ verdict }) => verdict),
  )
  return verdicts.length === 0 ? null : verdicts.filter((verdict) => verdict === 'pass').length / verdicts.length
}

/** The matrix of students by checks, and the same as a file. */
export async function resultsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses } = services

  const read = (actor: Actor, id: string) => {
    const exercise = exercises.find(actor, id, 'assist')
    return { exercise, lines: listResults(services, exercise.id), criteria: exercises.revisionOf(exercise).definition.criteria }
  }

  routes.get(
    '/exercises/:id/results',
    { schema: { params: idParams, querystring: groupQuery }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { exercise, lines, criteria } = read(actor, request.params.id)
      const course = courses.get(actor, exercise.courseId, 'assist')
      const groups = [...new Set(lines.flatMap(({ group }) => group ?? []))].sort((one, other) =>
        one.localeCompare(other, undefined, { numeric: true }),
      )
      const group = groups.find((name) => name === request.query.group) ?? null
      const shown = lines.filter((line) => group === null || line.group === group)
      const ids = criteria.map((criterion) => criterion.id)
      return reply.page('submissions/results.njk', {
        exercise: {
          id: exercise.id,
          title: exercise.title,
          course: courseHead(course),
          maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
        },
        timeZone: course.timeZone,
        criteria: criteria.map(({ id, title, points }) => ({ id, title, maxPoints: points, passShare: passShare(shown, id) })),
        rows: shown.map((line) => resultRow(line, ids)),
        groups,
        group,
      })
    },
  )

  const staffOnly = { schema: { params: idParams }, config: { access: 'course-staff' } } as const
  const attachment = (kind: string) => `attachment; filename="results.${kind}"`

  routes.get('/exercises/:id/results.csv', staffOnly, async (request, reply) => {
    const { lines, criteria } = read(actorOf(request), request.params.id)
    const text = resultsCsv(
      lines,
      criteria.map((criterion) => criterion.id),
    )
    return reply.type('text/csv; charset=utf-8').header('content-disposition', attachment('csv')).send(text)
  })

  routes.get('/exercises/:id/results.json', staffOnly, async (request, reply) =>
    reply.header('content-disposition', attachment('json')).send(resultsJson(read(actorOf(request), request.params.id).lines)),
  )

  routes.get('/exercises/:id/results.xml', staffOnly, async (request, reply) => {
    const { exercise, lines } = read(actorOf(request), request.params.id)
    return reply
      .type('application/xml; charset=utf-8')
      .header('content-disposition', attachment('xml'))
      .send(resultsJunit(exercise.title, lines))
  })
}
