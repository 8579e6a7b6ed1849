import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { CourseRow } from '../courses/index.ts'
import { AppError, type FieldProblem } from '../errors.ts'
import { platforms, readCriteria } from '../evaluation/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import type { FlashStore } from '../http/flash.ts'
import { readFields, showFormProblems } from '../http/form-view.ts'
import { uploadedFile } from '../http/uploads.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { newId } from '../lib/ids.ts'
import { createOnce } from '../lib/once.ts'
import { say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { askedAt, askedNowView, readOneCheck } from './ask-now.ts'
import { changeDraft, draftOf, type ExerciseDraft, readDraft } from './exercise-draft.ts'
import { type ExerciseFormParts, exerciseFormPage, matchDevices } from './exercise-form-page.ts'
import { inputOf, readExerciseDraft } from './exercise-model.ts'
import { provingOf, readProofs } from './exercise-proof.ts'
import type { ExerciseRow, RevisionRow, UploadRow } from './exercises.repository.ts'
import type { AskedNowView } from './exercises.views.ts'
import { acceptProject } from './projects.ts'

export interface ExerciseFormOptions {
  readonly services: Services
  readonly flashes: FlashStore
}

const courseQuery = z.object({ course: z.string().min(1).max(64) })
const uploadToken = z.object({ sha256: z.string(), fileName: z.string() })
/** The same content may have been sent by somebody else under another name. */
const named = (upload: UploadRow | undefined, fileName: string): UploadRow | undefined => upload && { ...upload, fileName }
const projectPart = z.object({ project: uploadedFile })

/** What the form is about: a course, and the exercise that is edited. */
interface Subject {
  readonly actor: Actor
  readonly course: CourseRow
  readonly exercise: ExerciseRow | null
  readonly revision: RevisionRow | null
}
interface Problem {
  readonly message: string | null
  readonly fields: readonly FieldProblem[]
}
const noProblem: Problem = { message: null, fields: [] }

/** Making and editing an exercise: one form whose buttons each come back with everything that was typed, until it is saved. */
export async function exerciseFormRoutes(app: FastifyInstance, { services, flashes }: ExerciseFormOptions): Promise<void> {
  const routes = typedRoutes(app)
  const { exercises, courses, config, secrets, translate } = services
  const once = createOnce<string>()
  const platformChoices = platforms.map(({ id }) => ({
    value: id,
    label: services.platforms.find(id)?.title ?? services.translate(`platforms.names.${id}`),
  }))

  const subjectOfNew = (request: FastifyRequest): Subject => {
    const actor = actorOf(request)
    return { actor, course: courses.get(actor, courseQuery.parse(request.query).course, 'teach'), exercise: null, revision: null }
  }
  const subjectOfEdit = (request: FastifyRequest): Subject => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, idParams.parse(request.params).id, 'teach')
    return { actor, course: courses.get(actor, exercise.courseId, 'teach'), exercise, revision: exercises.revisionOf(exercise) }
  }

  // The token proves to us alone that this teacher may use the upload: he sent it, or edits an exercise that has it.
  const uploadContext = (actor: Actor) => `upload/${actor.id}`
  const passwordContext = (actor: Actor) => `exercise-form/${actor.id}`
  const tokenFor = (actor: Actor, { sha256, fileName }: UploadRow) =>
    secrets.seal(JSON.stringify({ sha256, fileName }), uploadContext(actor))
  const findByToken = (actor: Actor, token: string): UploadRow | undefined => {
    try {
      if (token === '') return undefined
      const { sha256, fileName } = uploadToken.parse(JSON.parse(secrets.open(token, uploadContext(actor))))
      return named(exercises.findUpload(sha256), fileName)
    } catch (error) {
      services.log.info({ err: error }, 'an upload token was refused')
      return undefined
    }
  }

  /** The upload a request is about: the file in it once it was accepted, else the one named by its token, else the exercise's own. */
  function findUpload({ actor, revision }: Subject, request: FastifyRequest): UploadRow | undefined {
    const file = projectPart.safeParse(request.body)
    const accepted = file.success && file.data.project.sizeBytes > 0 ? exercises.findUpload(file.data.project.sha256) : undefined
    if (accepted && file.success) return named(accepted, file.data.project.fileName)
    const { uploadToken: token } = readFields(request.body)
    if (token !== undefined) return findByToken(actor, token)
    return revision?.projectSha256 ? exercises.findUpload(revision.projectSha256) : undefined
  }

  async function acceptFile({ actor }: Subject, request: FastifyRequest): Promise<boolean> {
    const file = projectPart.safeParse(request.body)
    if (!file.success || file.data.project.sizeBytes === 0) return false
    await acceptProject({ exercises, uploadsFolder: config.UPLOADS_DIR }, file.data.project, actor.id)
    return true
  }

  /** Passwords that were typed go back encrypted. */
  const keepPasswords = (draft: ExerciseDraft, actor: Actor): ExerciseDraft => {
    const keep = (typed: string, kept: string) => (typed === '' ? kept : secrets.seal(typed, passwordContext(actor)))
    return {
      ...draft,
      devices: draft.devices.map((device) => ({
        ...device,
        password: '',
        enablePassword: '',
        keptPassword: keep(device.password, device.keptPassword),
        keptEnablePassword: keep(device.enablePassword, device.keptEnablePassword),
        connect: {
          ...device.connect,
          jumpPassword: '',
          keptJumpPassword: keep(device.connect.jumpPassword, device.connect.keptJumpPassword),
        },
      })),
    }
  }

  /** Templates to choose from; while Proxmox does not answer the form still opens, at once, and says so. */
  async function glanceAtBaseTemplates(request: FastifyRequest) {
    const seen = await exercises.glanceAtBaseTemplates()
    if (seen.fault) request.log.warn({ err: seen.fault }, 'the base templates could not be listed')
    return seen
  }

  /** The teacher's own lab of the exercise: checks can be asked there before they are saved, and what is saved be proven. */
  function ownLabOf({ actor, exercise, revision }: Subject): Pick<ExerciseFormParts, 'trial' | 'proving'> {
    if (!exercise || !revision) return { trial: null, proving: null }
    const lab = services.workVms.findLive(exercise.id, actor.id, 'try')
    const proofs = readProofs(services, revision, lab?.id ?? null)
    return {
      trial: { href: `/exercises/${exercise.id}/try`, isReady: lab?.state === 'ready' },
      proving: {
        ...provingOf({ exercise, revision, proofs, trialState: lab?.state ?? null, mayTeach: true, t: translate }),
        revision: revision.number,
      },
    }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    subject: Subject,
    draft: ExerciseDraft,
    { problem = noProblem, asked = null }: { readonly problem?: Problem; readonly asked?: AskedNowView | null } = {},
  ) {
    const upload = findUpload(subject, request)
    const baseTemplates = await glanceAtBaseTemplates(request)
    const shown = keepPasswords(matchDevices(draft, upload), subject.actor)
    const problems = showFormProblems(
      problem.fields.map((one) => placeProblem(one, shown)),
      problem.message ?? '',
      translate,
    )
    const page = exerciseFormPage({
      course: subject.course,
      exercise: subject.exercise,
      existing: subject.revision?.definition ?? null,
      draft: { ...shown, values: { ...shown.values, formId: shown.values.formId ?? newId() } },
      problem: { problems, message: problem.message },
      baseTemplates,
      upload: upload ? { token: tokenFor(subject.actor, upload), row: upload } : null,
      platforms: platformChoices,
      ...ownLabOf(subject),
      asked,
      budgetSeconds: config.EVALUATION_TIMEOUT_MINUTES * 60,
      maxConsoles: config.EVALUATION_CONSOLES,
      t: translate,
    })
    return reply.page('exercises/form.njk', page)
  }

  /** What the service found wrong names devices, the form has rows. */
  const placeProblem = (problem: FieldProblem, draft: ExerciseDraft): FieldProblem => {
    const device = /^devices\.(.+)$/.exec(problem.field)?.[1]
    if (device === undefined || /^\d+\./.test(device)) return problem
    const said = say('pages.problems.labelled', { label: device, problem: problem.problem ?? say('shapes.unusable') })
    return { ...problem, field: inputOf(['devices', device], draft.devices), problem: said }
  }

  const showAgain = (subjectOf: (request: FastifyRequest) => Subject) => (request: FastifyRequest, reply: FastifyReply, problem: Problem) =>
    show(request, reply, subjectOf(request), readDraft(readFields(request.body)), { problem })

  /** Every button but `save`: the page again, changed as the button says. */
  async function press(request: FastifyRequest, reply: FastifyReply, subject: Subject, button: string) {
    const hasFile = await acceptFile(subject, request)
    const draft = readDraft(readFields(request.body))
    if (button === 'upload' && !hasFile)
      throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'project', problem: say('pages.problems.noFile') }] })
    if (button === 'use-form') {
      const read = readCriteria(draft.values.yaml ?? '')
      if ('problems' in read)
        throw new AppError('EXERCISE_FILE_INVALID', { fields: read.problems.map((one) => ({ ...one, field: 'yaml' })) })
    }
    return show(request, reply, subject, changeDraft(matchDevices(draft, findUpload(subject, request)), button))
  }

  /** One check, on the teacher's own lab, with the page again and what came of it. @throws AppError with the problems of that check */
  async function askNow(request: FastifyRequest, reply: FastifyReply, subject: Subject, at: number) {
    const { actor, exercise, revision, course } = subject
    if (!exercise) throw new AppError('EXERCISE_NOT_FOUND')
    const draft = matchDevices(readDraft(readFields(request.body)), findUpload(subject, request))
    const reading = readOneCheck(
      {
        draft,
        existing: revision?.definition ?? null,
        timeZone: course.timeZone,
        open: (sealed) => secrets.open(sealed, passwordContext(actor)),
        t: translate,
      },
      at,
    )
    if (reading === null) throw new AppError('STALE_PAGE')
    if (!reading.exercise) throw new AppError('VALIDATION_FAILED', { fields: [...reading.problems] })
    const result = await services.askNow.ask(actor, exercise.id, reading)
    return show(request, reply, subject, draft, { asked: askedNowView(at, result, translate) })
  }

  /** @throws AppError with every problem of the form */
  async function save(request: FastifyRequest, subject: Subject): Promise<string> {
    const { actor, course, exercise, revision } = subject
    const fields = readFields(request.body)
    if (revision && fields.revision !== undefined && fields.revision !== revision.id) throw new AppError('STALE_PAGE')
    await acceptFile(subject, request)
    const upload = findUpload(subject, request)
    const draft = matchDevices(readDraft(fields), upload)
    const reading = readExerciseDraft({
      draft,
      existing: revision?.definition ?? null,
      timeZone: course.timeZone,
      open: (sealed) => secrets.open(sealed, passwordContext(actor)),
      t: translate,
    })
    const isLost = !upload && (fields.uploadToken ?? '') !== ''
    if (!reading.exercise || isLost) {
      const lost: FieldProblem[] = isLost ? [{ field: 'project', problem: say('pages.problems.uploadGone') }] : []
      throw new AppError('VALIDATION_FAILED', { fields: [...lost, ...(reading.problems ?? [])] })
    }
    const vmid = Number(fields.baseTemplate ?? '')
    const input = {
      definition: reading.exercise,
      statement: fields.statement ?? '',
      projectSha256: upload?.sha256 ?? null,
      baseTemplateVmid: Number.isInteger(vmid) && vmid > 0 ? vmid : null,
      rules: reading.rules,
      secrets: reading.secrets,
    }
    const saved = exercise
      ? await exercises.revise(actor, exercise.id, input)
      : await exercises.create(actor, { ...input, courseId: course.id })
    flashes.say(actor.session.id, 'done', saved.jobId === null ? 'exerciseSaved' : 'exerciseBuilding')
    return saved.exercise.id
  }

  const submit = (subjectOf: (request: FastifyRequest) => Subject) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { do: button = 'save', formId = newId() } = readFields(request.body)
    const subject = subjectOf(request)
    const at = askedAt(button)
    if (at !== null) return askNow(request, reply, subject, at)
    if (button !== 'save') return press(request, reply, subject, button)
    const id = await once(`${subject.actor.id}/${formId}`, () => save(request, subject))
    return reply.redirect(`/exercises/${id}`, 303)
  }

  routes.get('/exercises', { config: { access: 'account' } }, (_request, reply) => reply.redirect('/courses', 303))

  routes.get('/exercises/new', { schema: { querystring: courseQuery }, config: { access: 'course-teacher' } }, async (request, reply) =>
    show(request, reply, subjectOfNew(request), readDraft({})),
  )

  routes.post(
    '/exercises',
    { schema: { querystring: courseQuery }, config: { access: 'course-teacher', formView: showAgain(subjectOfNew) } },
    submit(subjectOfNew),
  )

  routes.get('/exercises/:id/edit', { schema: { params: idParams }, config: { access: 'course-teacher' } }, async (request, reply) => {
    const subject = subjectOfEdit(request)
    const { exercise, revision, course } = subject
    if (!exercise || !revision) throw new AppError('EXERCISE_NOT_FOUND')
    return show(request, reply, subject, draftOf(exercise, revision, course.timeZone))
  })

  routes.post(
    '/exercises/:id',
    { schema: { params: idParams }, config: { access: 'course-teacher', formView: showAgain(subjectOfEdit) } },
    submit(subjectOfEdit),
  )
}
