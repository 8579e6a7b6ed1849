import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { actorOf } from '../http/access.ts'
import { idParams, listQuery, paginate } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import type { CourseRow, MemberRole } from './courses.repository.ts'

const tags = ['courses']
const timeZone = z.string().refine((name) => Intl.supportedValuesOf('timeZone').includes(name) || name === 'UTC', 'timeZone')
export const courseForm = z.object({
  name: z.string().trim().min(1).max(200),
  term: z.string().trim().max(100).default(''),
  timeZone: timeZone.optional(),
})
/** What is absent stays: a default of the form would take the term away. */
const courseChanges = courseForm.partial().extend({
  term: z.string().trim().max(100).optional(),
  state: z.enum(['active', 'archived']).optional(),
})
const member = z.object({
  username: z.string().min(1),
  role: z.enum(['teacher', 'assistant', 'student']).default('student'),
  group: z.string().max(100).nullable().default(null),
})

const courseJson = (course: CourseRow, role: MemberRole | null) => ({
  id: course.id,
  name: course.name,
  term: course.term,
  timeZone: course.timeZone,
  state: course.state,
  role,
  createdAt: course.createdAt,
})

export async function coursesApiRoutes(app: FastifyInstance, { services: { courses, users } }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)

  routes.get('/courses', { schema: { tags, querystring: listQuery }, config: { access: 'account' } }, async (request) =>
    paginate(
      courses.listFor(actorOf(request)).map(({ course, role }) => courseJson(course, role)),
      request.query,
    ),
  )

  routes.post('/courses', { schema: { tags, body: courseForm }, config: { access: 'teacher' } }, async (request, reply) => {
    const course = courses.create(actorOf(request), request.body)
    return reply.status(201).send(courseJson(course, 'teacher'))
  })

  routes.get('/courses/:id', { schema: { tags, params: idParams }, config: { access: 'participant' } }, async (request) => {
    const actor = actorOf(request)
    return courseJson(courses.get(actor, request.params.id, 'participate'), courses.roleIn(actor, request.params.id))
  })

  routes.patch(
    '/courses/:id',
    {
      schema: { tags, params: idParams, body: courseChanges },
      config: { access: 'course-teacher' },
    },
    async (request) => courseJson(courses.update(actorOf(request), request.params.id, request.body), 'teacher'),
  )

  routes.get(
    '/courses/:id/members',
    { schema: { tags, params: idParams, querystring: listQuery }, config: { access: 'course-staff' } },
    async (request) => {
      const actor = actorOf(request)
      const course = courses.get(actor, request.params.id, 'assist')
      const items = courses.listMembers(course.id, courses.studentsOf(actor, course.id)).map(({ member: row, user }) => ({
        id: user.id,
        username: user.username,
        name: user.displayName,
        email: user.email,
        role: row.role,
        group: row.groupName,
      }))
      return paginate(items, request.query)
    },
  )

  routes.post(
    '/courses/:id/members',
    { schema: { tags, params: idParams, body: member }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const course = courses.get(actor, request.params.id, 'teach')
      const user = users.findByUsername(request.body.username)
      if (!user) throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'username', problem: say('pages.problems.noAccount') }] })
      courses.putMember(course.id, { userId: user.id, role: request.body.role, groupName: request.body.group }, actor)
      return reply
        .status(201)
        .send({ id: user.id, username: user.username, name: user.displayName, role: request.body.role, group: request.body.group })
    },
  )
}
