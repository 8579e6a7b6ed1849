import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { resultsPage } from './results.pages.ts'
import { listResults, resultsCsv, resultsJson, resultsJunit } from './results.ts'
import { moodleCsv } from './results-moodle.ts'
import { type ResultsQuery, resultsQuery } from './results-query.ts'
import { selectLines } from './results-selection.ts'

const fileQuery = resultsQuery.extend({ profile: z.enum(['netpraxis', 'moodle']).catch('netpraxis').default('netpraxis') })

const attach = (reply: FastifyReply, name: string, type: string) =>
  reply.type(`${type}; charset=utf-8`).header('content-disposition', `attachment; filename="${name}"`)

/** The matrix of students by checks, and what it shows as a file. */
export async function resultsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, translate, clock } = services

  const read = (actor: Actor, id: string, query: ResultsQuery) => {
    const exercise = exercises.find(actor, id, 'assist')
    const lines = listResults(services, exercise.id, exercises.studentsOf(actor, exercise), query.counts)
    return { exercise, lines, query, criteria: exercises.revisionOf(exercise).definition.criteria }
  }
  const readShown = (actor: Actor, id: string, query: ResultsQuery) => {
    const { lines, ...rest } = read(actor, id, query)
    return { ...rest, lines: selectLines(lines, query, clock.now()) }
  }

  const page = { schema: { params: idParams, querystring: resultsQuery }, config: { access: 'course-staff' } } as const
  const file = { schema: { params: idParams, querystring: fileQuery }, config: { access: 'course-staff' } } as const

  routes.get('/exercises/:id/results', page, async (request, reply) => {
    const actor = actorOf(request)
    const found = read(actor, request.params.id, request.query)
    const course = courses.get(actor, found.exercise.courseId, 'assist')
    const mayTeach = exercises.has(actor, found.exercise, 'teach')
    return reply.page('submissions/results.njk', resultsPage({ ...found, course, mayTeach, now: clock.now() }))
  })

  routes.get('/exercises/:id/results.csv', file, async (request, reply) => {
    const { exercise, lines, criteria } = readShown(actorOf(request), request.params.id, request.query)
    if (request.query.profile === 'moodle')
      return attach(reply, 'results-moodle.csv', 'text/csv').send(moodleCsv(exercise.title, lines, translate))
    const ids = criteria.map((criterion) => criterion.id)
    return attach(reply, 'results.csv', 'text/csv').send(resultsCsv(lines, ids))
  })

  routes.get('/exercises/:id/results.json', page, async (request, reply) => {
    const { lines } = readShown(actorOf(request), request.params.id, request.query)
    return attach(reply, 'results.json', 'application/json').send(resultsJson(lines))
  })

  routes.get('/exercises/:id/results.xml', page, async (request, reply) => {
    const { exercise, lines } = readShown(actorOf(request), request.params.id, request.query)
    return attach(reply, 'results.xml', 'application/xml').send(resultsJunit(exercise.title, lines))
  })
}
