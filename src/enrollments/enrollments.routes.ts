import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { courseHead, everybody, groupsOf, type StudentScope } from '../courses/index.ts'
import { AppError } from '../errors.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, refusedForm } from '../http/form-view.ts'
import { emptyForm, type FormView } from '../http/page-context.ts'
import { uploadedFile } from '../http/uploads.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { readJob } from '../jobs/index.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { decodeClassList } from './class-list.ts'
import { type ClassMember, classRow, countRejected, dryRunView, makingView } from './enrollments.pages.ts'
import type { DryRunView, LabMakingView } from './enrollments.views.ts'

export interface EnrollmentsRoutesOptions {
  readonly services: Services
  readonly flashes: FlashStore
  readonly listClass: (exerciseId: string, scope: StudentScope) => readonly ClassMember[]
}

const listFile = z.object({ file: uploadedFile })
const maxListBytes = 4 * 1_048_576
const memberParams = idParams.extend({ userId: z.string().min(1).max(64) })
/** Part of the address after enrolling: another tab that reloads itself meanwhile must not take the passwords. */
const shownQuery = z.object({ passwords: z.string().max(64).optional() })
const onceName = (exerciseId: string, key: string) => `one-time-passwords ${exerciseId} ${key}`
const oneTimePasswords = z.array(z.object({ username: z.string(), name: z.string(), password: z.string() }))

/** The list of a request: the file where there is one, else what was pasted. */
async function readList(body: unknown): Promise<string> {
  const file = listFile.safeParse(body)
  if (!file.success || file.data.file.sizeBytes === 0) return readFields(body).list ?? ''
  if (file.data.file.sizeBytes > maxListBytes) throw new AppError('PAYLOAD_TOO_LARGE', { details: { limit: '4 MiB' } })
  return decodeClassList(await readFile(file.data.file.path))
}

/** The class of an exercise: who is enrolled, with which lab; a list is shown line by line before anything happens. */
export async function enrollmentsRoutes(app: FastifyInstance, { services, flashes, listClass }: EnrollmentsRoutesOptions): Promise<void> {
  const routes = typedRoutes(app)
  const { enrollments, exercises, courses, users, workVms, classLabs, jobs, jobsRepository, translate } = services

  const takePasswords = (request: FastifyRequest, exercise: ExerciseRow) => {
    const { passwords: key = '' } = shownQuery.catch({}).parse(request.query)
    return oneTimePasswords.catch([]).parse(flashes.takeOnce(actorOf(request).session.id, onceName(exercise.id, key)))
  }

  const nameOf = (userId: string): string => users.find(userId)?.displayName ?? ''

  const readMaking = (exercise: ExerciseRow, scope: StudentScope, mayCancel: boolean): LabMakingView | null =>
    makingView(classLabs.read(exercise.id, scope), {
      nameOf,
      doingOf: ({ job }) => {
        const { steps, progress } = readJob(jobsRepository, jobs.definitions, job, translate)
        return progress ?? steps.find(({ state }) => state === 'running')?.label ?? translate(`pages.states.job.${job.state}`)
      },
      isMadeAtOnce: exercises.revisionOf(exercise).definition.create === 'enroll' && exercise.state !== 'archived',
      mayCancel,
      t: translate,
    })

  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    exercise: ExerciseRow,
    shown: { form: FormView; dryRun: DryRunView | null },
  ) => {
    const actor = actorOf(request)
    const course = courses.get(actor, exercise.courseId, 'assist')
    const { criteria } = exercises.revisionOf(exercise).definition
    const scope = courses.studentsOf(actor, course.id)
    const students = courses.listMembers(course.id, scope).filter(({ member }) => member.role === 'student')
    return reply.page('enrollments/list.njk', {
      exercise: {
        id: exercise.id,
        title: exercise.title,
        course: courseHead(course),
        maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
        isPublished: exercise.state === 'published' || exercise.state === 'archived',
      },
      timeZone: course.timeZone,
      mayEnroll: exercises.has(actor, exercise, 'teach') && (exercise.state === 'ready' || exercise.state === 'published'),
      hasGns3Ui: services.labHosts.isOffered,
      mayRemove: exercises.has(actor, exercise, 'teach'),
      groups: groupsOf(students.map(({ member }) => ({ group: member.groupName }))),
      ...shown,
      oneTimePasswords: takePasswords(request, exercise),
      making: readMaking(exercise, scope, exercises.has(actor, exercise, 'teach')),
      bin: workVms
        .listBinned(exercise.id)
        .filter(({ workVm }) => scope(workVm.userId))
        .map(({ workVm, emptiedAt }) => ({
          workVmId: workVm.id,
          name: nameOf(workVm.userId),
          removedAt: workVm.deletedAt,
          emptiedAt,
        })),
      rows: listClass(exercise.id, scope).map((member) => classRow(member, translate)),
    })
  }

  /** The names of a group of the course, as a list. */
  const listGroup = (exercise: ExerciseRow, group: string): string => {
    const members = courses
      .listMembers(exercise.courseId, everybody)
      .filter(({ member }) => member.role === 'student' && member.groupName === group)
    return ['username', ...members.map(({ user }) => user.username)].join('\n')
  }

  async function showDryRun(request: FastifyRequest, reply: FastifyReply, exercise: ExerciseRow, list: string) {
    if (list.trim() === '')
      throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'list', problem: say('pages.problems.required') }] })
    const lines = await enrollments.dryRun(actorOf(request), exercise.id, list)
    const createsVms = exercises.revisionOf(exercise).definition.create === 'enroll'
    return show(request, reply, exercise, { form: emptyForm, dryRun: dryRunView(lines, list, createsVms) })
  }

  async function enroll(request: FastifyRequest, reply: FastifyReply, exercise: ExerciseRow, list: string) {
    const actor = actorOf(request)
    const result = await enrollments.enroll(actor, exercise.id, list)
    // a second press makes no accounts, and must not take the passwords of the first away
    const key = result.oneTimePasswords.length > 0 ? newId() : null
    if (key !== null) flashes.keepOnce(actor.session.id, onceName(exercise.id, key), result.oneTimePasswords)
    const left = countRejected(result.rejected)
    flashes.say(actor.session.id, 'done', left > 0 ? 'enrolledSome' : 'enrolled', { count: result.created, rejected: left })
    return reply.redirect(`/exercises/${exercise.id}/enrollments${key === null ? '' : `?passwords=${key}`}`, 303)
  }

  routes.get('/exercises/:id/enrollments', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) =>
    show(request, reply, exercises.find(actorOf(request), request.params.id, 'assist'), { form: emptyForm, dryRun: null }),
  )

  routes.post(
    '/exercises/:id/enrollments',
    {
      schema: { params: idParams },
      config: {
        access: 'course-teacher',
        formView: (request, reply, problem) => {
          const exercise = exercises.find(actorOf(request), idParams.parse(request.params).id, 'teach')
          return show(request, reply, exercise, { form: refusedForm(request.body, problem, translate), dryRun: null })
        },
      },
    },
    async (request, reply) => {
      const exercise = exercises.find(actorOf(request), request.params.id, 'teach')
      const { do: button = 'dry-run' } = readFields(request.body)
      const group = /^group:(.+)$/s.exec(button)?.[1]
      if (group !== undefined) return showDryRun(request, reply, exercise, listGroup(exercise, group))
      const list = await readList(request.body)
      return button === 'enroll' ? enroll(request, reply, exercise, list) : showDryRun(request, reply, exercise, list)
    },
  )

  routes.post(
    '/exercises/:id/enrollments/:userId/remove',
    { schema: { params: memberParams }, config: { access: 'course-teacher' } },
    async (request, reply) => {
      const actor = actorOf(request)
      enrollments.unenroll(actor, request.params.id, request.params.userId)
      flashes.say(actor.session.id, 'done', 'unenrolled')
      return reply.redirect(`/exercises/${request.params.id}/enrollments`, 303)
    },
  )

  routes.post('/work-vms/:id/undelete', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const actor = actorOf(request)
    const { exerciseId, userId } = enrollments.undelete(actor, request.params.id)
    flashes.say(actor.session.id, 'done', 'labRestored', { name: nameOf(userId) })
    return reply.redirect(`/exercises/${exerciseId}/enrollments`, 303)
  })

  const classVerb = z.enum(['retry', 'make', 'cancel'])
  routes.post(
    '/exercises/:id/labs/:verb',
    { schema: { params: idParams.extend({ verb: classVerb }) }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id, verb } = request.params
      const count =
        verb === 'cancel' ? classLabs.cancel(actor, id) : classLabs.make(actor, id, verb === 'retry' ? 'failed' : 'missing').length
      flashes.say(actor.session.id, 'info', verb === 'cancel' ? 'labsCancelled' : 'labsRetried', { count })
      return reply.redirect(`/exercises/${id}/enrollments`, 303)
    },
  )

  routes.post(
    '/exercises/:id/enrollments/:userId/retry',
    { schema: { params: memberParams }, config: { access: 'course-staff' } },
    async (request, reply) => {
      const actor = actorOf(request)
      const exercise = exercises.find(actor, request.params.id, 'assist')
      const workVm = workVms.findLive(exercise.id, request.params.userId, 'student')
      if (!workVm) throw new AppError('WORK_VM_NOT_FOUND')
      workVms.retry(actor, workVm.id)
      flashes.say(actor.session.id, 'info', 'labRetried')
      return reply.redirect(`/exercises/${exercise.id}/enrollments`, 303)
    },
  )
}
