import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { type CourseExercise, courseCard, courseHead, exerciseRow, groupsOf, rosterRow } from './courses.pages.ts'
import type { StudentScope } from './courses.service.ts'

export interface CoursesRoutesOptions {
  readonly services: Services
  readonly flashes: FlashStore
  /** The exercises of a course with their classes in numbers. */
  readonly listExercises: (courseId: string, scope: StudentScope) => readonly CourseExercise[]
}

const isStudent = ({ member }: { readonly member: { readonly role: string } }): boolean => member.role === 'student'

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const courseForm = z.object({
  title: z.string().trim().min(1, 'required').max(200, 'tooLong'),
  term: z.string().trim().min(1, 'required').max(100, 'tooLong'),
  timeZone: z.string().refine((zone) => timeZones.includes(zone), 'timeZone'),
})
const memberForm = z.object({
  username: z.string().trim().toLowerCase().min(1, 'required').max(100, 'tooLong'),
  role: z.enum(['teacher', 'assistant', 'student'], 'choose').default('student'),
  group: z.string().trim().max(100, 'tooLong').default(''),
})
const memberParams = idParams.extend({ userId: z.string().min(1).max(64) })

/** Pages of courses: the list, one course with its exercises, its roster. */
export async function coursesRoutes(app: FastifyInstance, { services, flashes, listExercises }: CoursesRoutesOptions): Promise<void> {
  const routes = typedRoutes(app)
  const { courses, users, translate, config } = services
  const mayCreate = (actor: Actor) => actor.role === 'teacher' || actor.role === 'admin'

  const showList = (request: FastifyRequest, reply: FastifyReply, form: FormView) => {
    const actor = actorOf(request)
    const staffed = courses.listFor(actor).filter(({ role }) => role !== 'student')
    const students = courses.countStudents(staffed.map(({ course }) => course.id))
    const cards = staffed.map(({ course, role }) => {
      const scope = courses.studentsOf(actor, course.id)
      const isWhole = courses.groupOf(actor, course.id) === null
      const count = isWhole ? (students.get(course.id) ?? 0) : courses.listMembers(course.id, scope).filter(isStudent).length
      return courseCard(course, role, count, listExercises(course.id, scope))
    })
    return reply.page('courses/list.njk', { courses: cards, mayCreate: mayCreate(actor), timeZones, form })
  }

  const showRoster = (request: FastifyRequest, reply: FastifyReply, options: { id: string; group: string | null; form: FormView }) => {
    const actor = actorOf(request)
    const course = courses.get(actor, options.id, 'assist')
    const rows = courses.listMembers(course.id, courses.studentsOf(actor, course.id)).map(rosterRow)
    const students = rows.filter((row) => row.role === 'student')
    const groups = groupsOf(students)
    const group = groups.some(({ name }) => name === options.group) ? options.group : null
    return reply.page('courses/roster.njk', {
      course: courseHead(course),
      timeZone: course.timeZone,
      mayEdit: courses.can(actor, course.id, 'teach'),
      groups,
      group,
      staff: rows.filter((row) => row.role !== 'student'),
      students: students.filter((row) => group === null || row.group === group),
      form: options.form,
    })
  }

  routes.get('/courses', { config: { access: 'account' } }, (request, reply) =>
    showList(request, reply, { ...emptyForm, values: { timeZone: config.TIME_ZONE } }),
  )

  routes.post(
    '/courses',
    {
      schema: { body: courseForm },
      config: {
        access: 'teacher',
        formView: (request, reply, problem) => showList(request, reply, refusedForm(request.body, problem, translate)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { title, term, timeZone } = request.body
      const course = courses.create(actor, { name: title, term, timeZone })
      flashes.say(actor.session.id, 'done', 'courseCreated')
      return reply.redirect(`/courses/${course.id}`, 303)
    },
  )

  routes.get('/courses/:id', { schema: { params: idParams }, config: { access: 'course-staff' } }, (request, reply) => {
    const actor = actorOf(request)
    const course = courses.get(actor, request.params.id, 'assist')
    const scope = courses.studentsOf(actor, course.id)
    const exercises = listExercises(course.id, scope)
    const members = courses.listMembers(course.id, scope).map(rosterRow)
    return reply.page('courses/show.njk', {
      course: courseHead(course),
      timeZone: course.timeZone,
      mayEdit: courses.can(actor, course.id, 'teach'),
      exercises: exercises.filter((exercise) => exercise.state !== 'archived').map(exerciseRow),
      archived: exercises.filter((exercise) => exercise.state === 'archived').map(exerciseRow),
      staff: members.filter((row) => row.role !== 'student'),
      studentCount: members.filter((row) => row.role === 'student').length,
    })
  })

  routes.get(
    '/courses/:id/roster',
    { schema: { params: idParams, querystring: z.object({ group: z.string().max(100).optional() }) }, config: { access: 'course-staff' } },
    (request, reply) => showRoster(request, reply, { id: request.params.id, group: request.query.group ?? null, form: emptyForm }),
  )

  routes.post(
    '/courses/:id/members',
    {
      schema: { params: idParams, body: memberForm },
      config: {
        access: 'course-teacher',
        formView: (request, reply, problem) =>
          showRoster(request, reply, {
            id: idParams.parse(request.params).id,
            group: null,
            form: refusedForm(request.body, problem, translate),
          }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const course = courses.get(actor, request.params.id, 'teach')
      const { username, role, group } = request.body
      const user = users.findByUsername(username)
      if (!user) throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'username', problem: say('pages.problems.noAccount') }] })
      if (user.id === actor.id)
        throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'username', problem: say('pages.problems.oneself') }] })
      courses.putMember(course.id, { userId: user.id, role, groupName: group === '' ? null : group }, actor)
      flashes.say(actor.session.id, 'done', 'memberAdded', { name: user.displayName })
      return reply.redirect(`/courses/${course.id}/roster`, 303)
    },
  )

  routes.post(
    '/courses/:id/members/:userId/remove',
    { schema: { params: memberParams }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      courses.get(actor, request.params.id, 'teach')
      if (request.params.userId === actor.id)
        throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'username', problem: say('pages.problems.oneself') }] })
      courses.removeMember(actor, request.params.id, request.params.userId)
      flashes.say(actor.session.id, 'done', 'memberRemoved')
      return reply.redirect(`/courses/${request.params.id}/roster`, 303)
    },
  )
}
