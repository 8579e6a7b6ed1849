import { type CoursesService, everybody, type StudentScope } from '../courses/index.ts'
import { AppError, type FieldProblem } from '../errors.ts'
import { canonicalJson, type Exercise, type ExerciseDevice, exerciseHash, hasConsole, secretNames } from '../evaluation/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRunner } from '../jobs/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { newId } from '../lib/ids.ts'
import type { SecretBox } from '../lib/secret-box.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import { isWithinLab, wayTo } from '../vms/index.ts'
import { lookAtBaseTemplates } from './base-templates.ts'
import {
  type Allowance,
  areResultsWithheld,
  extendedBy,
  noAllowance,
  phaseAt,
  ruleProblems,
  rulesOfFile,
  rulesWith,
  withoutRules,
  withRules,
} from './exercise-rules.ts'
import type { ExerciseRow, ExercisesRepository, RevisionRow, TemplateRow, UploadRow } from './exercises.repository.ts'
import { type ExerciseRules, exerciseRules, type RuleChanges } from './exercises.schemas.ts'

/** `see`: enrolled in it while it is published, or staff; `assist`: staff; `teach`: teachers of the course. */
export type ExerciseRight = 'see' | 'assist' | 'teach'

export interface BaseTemplate {
  readonly vmid: number
  readonly name: string
  readonly node: string
  /** The same on several nodes, itself among them: an exercise is built into each. */
  readonly copies: readonly { readonly vmid: number; readonly node: string }[]
}

export interface NewExercise {
  readonly courseId: string
  readonly definition: Exercise
  readonly statement: string
  /** Checksum of an accepted upload; null saves a draft. */
  readonly projectSha256: string | null
  readonly baseTemplateVmid: number | null
  readonly rules?: RuleChanges
  readonly secrets?: ReadonlyMap<string, string>
}

export interface ExercisesOptions {
  readonly repository: ExercisesRepository
  readonly courses: CoursesService
  readonly audit: Audit
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly events: Pick<EventBus, 'publish'>
  readonly clock: Clock
  readonly secrets: SecretBox
  /** The base templates that the administrator allows and that Proxmox has. */
  readonly listBaseTemplates: () => Promise<readonly BaseTemplate[]>
  readonly uploadPath: (sha256: string) => string
}

const editable = ['draft', 'ready', 'published', 'failed'] as const

/** Students work on it: published, also while a new revision of it is built, or could not be: their labs stay on the one they have. */
export const isGiven = ({ state, publishedAt }: Pick<ExerciseRow, 'state' | 'publishedAt'>): boolean =>
  state === 'published' || (publishedAt !== null && (state === 'building' || state === 'failed'))

/** Exercises and their immutable revisions. */
export function createExercisesService(options: ExercisesOptions) {
  const { repository, courses, audit, jobs, events, clock, secrets } = options

  const get = (id: string): ExerciseRow => {
    const exercise = repository.find(id)
    if (!exercise) throw new AppError('EXERCISE_NOT_FOUND')
    return exercise
  }

  const isOpenTo = (actor: Actor, exercise: ExerciseRow): boolean =>
    (isGiven(exercise) || exercise.state === 'archived') && repository.isEnrolled(exercise.id, actor.id)

  const has = (actor: Actor, exercise: ExerciseRow, right: ExerciseRight): boolean => {
    if (right === 'teach') return courses.can(actor, exercise.courseId, 'teach')
    return courses.can(actor, exercise.courseId, 'assist') || (right === 'see' && isOpenTo(actor, exercise))
  }

  /** Of which students of its class somebody sees labs, submissions and marks. */
  const studentsOf = (actor: Actor, exercise: ExerciseRow): StudentScope => courses.studentsOf(actor, exercise.courseId)

  /** Staff that is there for the whole class. */
  const seesAll = (actor: Actor, exercise: ExerciseRow): boolean => studentsOf(actor, exercise) === everybody

  /** Staff of its course that is there for this student. */
  const assists = (actor: Actor, exercise: ExerciseRow, userId: string): boolean => studentsOf(actor, exercise)(userId)

  /** As `find` with the right to see it, and whether the caller is staff of its course: one look for both. */
  const findStanding = (actor: Actor, id: string): { exercise: ExerciseRow; isStaff: boolean } => {
    const exercise = get(id)
    const isStaff = has(actor, exercise, 'assist')
    if (!isStaff && !isOpenTo(actor, exercise)) throw new AppError('EXERCISE_NOT_FOUND')
    return { exercise, isStaff }
  }

  /** @throws AppError EXERCISE_NOT_FOUND for whoever may not see it, FORBIDDEN for whoever may see it but not do this */
  const find = (actor: Actor, id: string, right: ExerciseRight): ExerciseRow => {
    const exercise = get(id)
    if (!has(actor, exercise, 'see')) throw new AppError('EXERCISE_NOT_FOUND')
    if (right !== 'see' && !has(actor, exercise, right)) throw new AppError('FORBIDDEN')
    return exercise
  }

  const publishEvent = (exercise: ExerciseRow, state: ExerciseRow['state']) =>
    events.publish({ name: 'exercise', data: { id: exercise.id, state }, audience: { userIds: [], courseId: exercise.courseId } })

  /** Changes state and tells open pages. */
  const setState = (id: string, state: ExerciseRow['state'], change: Parameters<ExercisesRepository['update']>[1] = {}) => {
    repository.update(id, { ...change, state })
    publishEvent(get(id), state)
  }

  const requireState = (exercise: ExerciseRow, allowed: readonly ExerciseRow['state'][]) => {
    if (!allowed.includes(exercise.state))
      throw new AppError('EXERCISE_STATE', { details: { state: say(`details.states.exercise.${exercise.state}`) } })
  }

  /** What the project and the definition say of each other; told to the teacher, never to a student. */
  function compareWithProject(definition: Exercise, upload: UploadRow): FieldProblem[] {
    const known = new Map(upload.summary.devices.map((device) => [device.name, device]))
    return Object.entries(definition.devices).flatMap(([name, described]) => {
      const device = known.get(name)
      const problem = device
        ? problemOfWay(described, device.consoleType ?? 'none')
        : say('exerciseProblems.notInProject', { device: name, known: [...known.keys()] })
      return problem === null ? [] : [{ field: `devices.${name}`, problem }]
    })
  }

  /**
   * @param isBuilt it is built from this very project and base template: Proxmox need not be asked, and may be out of reach
   * @throws AppError EXERCISE_FILE_INVALID, BASE_TEMPLATE_UNKNOWN, PROXMOX_*
   */
  async function checkInput(input: NewExercise, { isBuilt }: { readonly isBuilt: boolean }): Promise<void> {
    if (input.projectSha256 === null) return
    const upload = repository.findUpload(input.projectSha256)
    const problems: FieldProblem[] = upload
      ? compareWithProject(input.definition, upload)
      : [{ field: 'project', problem: say('pages.problems.uploadGone') }]
    const isAllowed = isBuilt || (await options.listBaseTemplates()).some((template) => template.vmid === input.baseTemplateVmid)
    const vmid = input.baseTemplateVmid
    const problem = vmid === null ? say('exerciseProblems.noTemplate') : say('exerciseProblems.templateNotAllowed', { vmid })
    const baseTemplate = { field: 'baseTemplate', problem }
    if (problems.length > 0) throw new AppError('EXERCISE_FILE_INVALID', { fields: isAllowed ? problems : [...problems, baseTemplate] })
    if (!isAllowed) throw new AppError('BASE_TEMPLATE_UNKNOWN', { details: { vmid: input.baseTemplateVmid ?? '' }, fields: [baseTemplate] })
  }

  /** Templates of a revision that another one can go on with. */
  const readyTemplatesFor = (before: RevisionRow, next: Buildable): TemplateRow[] =>
    isSameBuild(before, next) ? repository.listTemplates(before.id).filter((template) => template.state === 'ready') : []

  const timeZoneOf = (courseId: string): string => courses.find(courseId)?.timeZone ?? 'UTC'

  /** @throws AppError VALIDATION_FAILED for rules that contradict each other */
  function changedRules(before: ExerciseRules | null, ...changes: readonly (RuleChanges | undefined)[]): ExerciseRules {
    const rules = exerciseRules.parse(Object.assign({}, before, ...changes.map((change) => withoutUndefined(change ?? {}))))
    const fields = ruleProblems(rules)
    if (fields.length > 0) throw new AppError('VALIDATION_FAILED', { fields })
    // what was released before is not what is withheld now
    return before?.results === 'at-once' && rules.results === 'withheld' ? { ...rules, resultsReleasedAt: null } : rules
  }

  /** The rules as they are for one student, with what he alone was given. */
  const rulesFor = (exercise: ExerciseRow, userId: string): ExerciseRules =>
    rulesWith(exercise.rules, repository.findAllowance(exercise.id, userId) ?? noAllowance)

  function insertRevision(exerciseId: string, input: NewExercise, actor: Actor): RevisionRow {
    const definition = withoutRules(input.definition)
    const row = {
      id: newId(),
      exerciseId,
      number: repository.countRevisions(exerciseId) + 1,
      definition: JSON.parse(canonicalJson(definition)),
      sha256: exerciseHash(definition),
      statement: input.statement,
      projectSha256: input.projectSha256,
      baseTemplateVmid: input.baseTemplateVmid,
      createdBy: actor.id,
      createdAt: isoNow(clock),
    }
    repository.insertRevision(row)
    const stored = repository.findRevision(row.id)
    if (!stored) throw new Error('a revision that was just written is missing')
    return stored
  }

  const enqueueBuild = (exercise: ExerciseRow, revisionId: string, actor: Actor): string =>
    jobs.enqueue(
      'build-template',
      { exerciseId: exercise.id, revisionId },
      { priority: 'interactive', createdBy: actor.id, courseId: exercise.courseId },
    )

  const storeSecrets = (exerciseId: string, values: ReadonlyMap<string, string>) => {
    for (const [name, value] of values) {
      repository.putSecret({ exerciseId, name, ciphertext: secrets.seal(value, `${exerciseId}/${name}`), createdAt: isoNow(clock) })
    }
  }

  /** After a change of the key: nothing is left that only the old one opens. @throws Error for a secret that neither opens */
  const sealSecretsAnew = (): void =>
    repository.inTransaction(() => {
      for (const { ciphertext, ...row } of repository.listAllSecrets()) {
        const context = `${row.exerciseId}/${row.name}`
        repository.putSecret({ ...row, ciphertext: secrets.seal(secrets.open(ciphertext, context), context) })
      }
    })

  const revisionOf = (exercise: ExerciseRow): RevisionRow => {
    const revision = exercise.currentRevisionId === null ? undefined : repository.findRevision(exercise.currentRevisionId)
    if (!revision) throw new Error(`exercise ${exercise.id} has no revision`)
    return revision
  }

  const getRevision = (id: string): RevisionRow => {
    const revision = repository.findRevision(id)
    if (!revision) throw new Error(`there is no revision ${id}`)
    return revision
  }

  return {
    sealSecretsAnew,
    find,
    findStanding,
    get,
    has,
    studentsOf,
    seesAll,
    assists,
    getRevision,
    revisionOf,
    setState,
    listByCourses: repository.listByCourses,
    listForStudent: repository.listForStudent,
    listBaseTemplates: options.listBaseTemplates,
    /** For pages, which do not wait for Proxmox. */
    glanceAtBaseTemplates: lookAtBaseTemplates(options.listBaseTemplates, clock),
    findUpload: repository.findUpload,
    findTemplate: repository.findTemplate,
    listTemplatesOfExercise: repository.listTemplatesOfExercise,
    listReadyTemplates: repository.listReadyTemplates,
    /** Proxmox moved it. */
    noteTemplateNode: (id: string, pveNode: string) => repository.updateTemplate(id, { pveNode }),
    inTransaction: repository.inTransaction,

    /** Templates of a revision that can be cloned now. */
    listUsableTemplates: (revisionId: string): TemplateRow[] =>
      repository.listTemplates(revisionId).filter((template) => template.state === 'ready'),

    /** The lab as it was built, for the integrity check and the drawing; null before the first build. */
    findLab: (revisionId: string) =>
      repository.listTemplates(revisionId).find((template) => template.state === 'ready' && template.lab)?.lab ?? null,

    /** Books an accepted upload. */
    noteUpload: (upload: { sha256: string; fileName: string; sizeBytes: number; summary: unknown; createdBy: string | null }) =>
      repository.insertUpload({ ...upload, createdAt: isoNow(clock) }),

    /**
     * Saves a new exercise; with a project its template is built at once.
     * @throws AppError COURSE_NOT_FOUND, FORBIDDEN, EXERCISE_FILE_INVALID, BASE_TEMPLATE_UNKNOWN
     */
    async create(actor: Actor, input: NewExercise): Promise<{ exercise: ExerciseRow; jobId: string | null }> {
      courses.get(actor, input.courseId, 'teach')
      const rules = changedRules(null, rulesOfFile(input.definition, timeZoneOf(input.courseId)), input.rules)
      await checkInput(input, { isBuilt: false })
      return repository.inTransaction(() => {
        const id = newId()
        repository.insert({
          id,
          courseId: input.courseId,
          title: input.definition.title,
          state: 'draft',
          rules,
          createdBy: actor.id,
          createdAt: isoNow(clock),
        })
        const revision = insertRevision(id, input, actor)
        storeSecrets(id, input.secrets ?? new Map())
        const hasProject = input.projectSha256 !== null
        setState(id, hasProject ? 'building' : 'draft', { currentRevisionId: revision.id })
        audit.record({ actorId: actor.id, action: 'exercise.create', objectType: 'exercise', objectId: id })
        const exercise = get(id)
        return { exercise, jobId: hasProject ? enqueueBuild(exercise, revision.id, actor) : null }
      })
    },

    /** Saves a new revision. A changed project, base template, VM or pre-configuration is built again; changed criteria alone are not. */
    async revise(
      actor: Actor,
      exerciseId: string,
      input: Omit<NewExercise, 'courseId'>,
    ): Promise<{ exercise: ExerciseRow; jobId: string | null }> {
      const seen = find(actor, exerciseId, 'teach')
      requireState(seen, editable)
      const full = { ...input, courseId: seen.courseId }
      const stated = rulesOfFile(input.definition, timeZoneOf(seen.courseId))
      changedRules(seen.rules, stated, input.rules)
      await checkInput(full, { isBuilt: readyTemplatesFor(revisionOf(seen), full).length > 0 })
      return repository.inTransaction(() => {
        // read again: another revision may have been saved meanwhile
        const exercise = find(actor, exerciseId, 'teach')
        requireState(exercise, editable)
        const before = revisionOf(exercise)
        const revision = insertRevision(exerciseId, full, actor)
        storeSecrets(exerciseId, input.secrets ?? new Map())
        const reusable = readyTemplatesFor(before, revision)
        audit.record({
          actorId: actor.id,
          action: 'exercise.revise',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { revision: revision.number },
        })
        const change = {
          currentRevisionId: revision.id,
          title: input.definition.title,
          isProven: false,
          errorCode: null,
          errorDetails: null,
          rules: changedRules(exercise.rules, stated, input.rules),
        }
        if (reusable.length > 0) {
          repository.carryOver(before.id, revision.id)
          setState(exerciseId, exercise.state === 'failed' ? 'ready' : exercise.state, change)
          return { exercise: get(exerciseId), jobId: null }
        }
        if (revision.projectSha256 === null) {
          setState(exerciseId, 'draft', change)
          return { exercise: get(exerciseId), jobId: null }
        }
        setState(exerciseId, 'building', change)
        return { exercise: get(exerciseId), jobId: enqueueBuild(exercise, revision.id, actor) }
      })
    },

    /** Builds the template again after a failure. */
    rebuild(actor: Actor, exerciseId: string): string {
      const exercise = find(actor, exerciseId, 'teach')
      requireState(exercise, ['failed'])
      return repository.inTransaction(() => {
        setState(exerciseId, 'building', { errorCode: null, errorDetails: null })
        return enqueueBuild(exercise, revisionOf(exercise).id, actor)
      })
    },

    /** Publishing what was not proven must be confirmed, and stays marked. */
    publish(actor: Actor, exerciseId: string, unproven: boolean): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      if (exercise.state === 'published') return exercise
      requireState(exercise, ['ready'])
      if (!exercise.isProven && !unproven) throw new AppError('EXERCISE_UNPROVEN')
      repository.inTransaction(() => {
        setState(exerciseId, 'published', { publishedAt: isoNow(clock), publishedUnproven: !exercise.isProven })
        audit.record({
          actorId: actor.id,
          action: 'exercise.publish',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { unproven: !exercise.isProven },
        })
      })
      return get(exerciseId)
    },

    /** Marks, submissions and evidence stay; what removes the VMs listens to this. */
    archive(actor: Actor, exerciseId: string): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      if (exercise.state === 'archived') return exercise
      requireState(exercise, ['draft', 'ready', 'published', 'failed'])
      repository.inTransaction(() => {
        setState(exerciseId, 'archived', { archivedAt: isoNow(clock) })
        audit.record({ actorId: actor.id, action: 'exercise.archive', objectType: 'exercise', objectId: exerciseId })
        jobs.enqueue('delete-exercise-vms', { exerciseId }, { priority: 'batch', createdBy: actor.id, courseId: exercise.courseId })
      })
      return get(exerciseId)
    },

    rulesFor,
    areResultsWithheld: (exercise: ExerciseRow): boolean => areResultsWithheld(exercise.rules),

    /** Whether a student may work on it now. */
    phaseFor: (exercise: ExerciseRow, userId: string) => phaseAt(rulesFor(exercise, userId), isoNow(clock)),

    /** @throws AppError EXERCISE_STATE before it opens and after it closed for this student */
    requireOpenFor(exercise: ExerciseRow, userId: string, at: string = isoNow(clock)): void {
      const phase = phaseAt(rulesFor(exercise, userId), at)
      if (phase !== 'open')
        throw new AppError('EXERCISE_STATE', {
          details: { state: say(`details.states.exercise.${phase === 'before' ? 'notOpen' : 'closed'}`) },
        })
    },

    /** @throws AppError VALIDATION_FAILED */
    setRules(actor: Actor, exerciseId: string, rules: RuleChanges): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      const changed = changedRules(exercise.rules, rules)
      repository.inTransaction(() => {
        repository.update(exerciseId, { rules: changed })
        audit.record({ actorId: actor.id, action: 'exercise.rules', objectType: 'exercise', objectId: exerciseId, details: rules })
      })
      return get(exerciseId)
    },

    /** More time for the whole class, at once. @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN; EXERCISE_TIMELESS where nothing ends */
    extendForAll(actor: Actor, exerciseId: string, minutes: number): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      const { dueAt, closesAt } = exercise.rules
      if (dueAt === null && closesAt === null) throw new AppError('EXERCISE_TIMELESS')
      const rules = { ...exercise.rules, ...extendedBy(exercise.rules, minutes, isoNow(clock)) }
      repository.inTransaction(() => {
        repository.update(exerciseId, { rules })
        const details = { minutes }
        audit.record({ actorId: actor.id, action: 'exercise.extend', objectType: 'exercise', objectId: exerciseId, details })
      })
      publishEvent(get(exerciseId), exercise.state)
      return get(exerciseId)
    },

    /** Nobody of the class submits until it is let go on; labs, and what was submitted, stay as they are. */
    freezeSubmissions(actor: Actor, exerciseId: string, isFrozen: boolean): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      if ((exercise.rules.submissionsFrozenAt !== null) === isFrozen) return exercise
      repository.inTransaction(() => {
        repository.update(exerciseId, { rules: { ...exercise.rules, submissionsFrozenAt: isFrozen ? isoNow(clock) : null } })
        const action = isFrozen ? 'exercise.freeze' : 'exercise.thaw'
        audit.record({ actorId: actor.id, action, objectType: 'exercise', objectId: exerciseId })
      })
      publishEvent(get(exerciseId), exercise.state)
      return get(exerciseId)
    },

    /** Withheld results are shown to their students from now on; pressed again, nothing changes. */
    releaseResults(actor: Actor, exerciseId: string): ExerciseRow {
      const exercise = find(actor, exerciseId, 'teach')
      if (!areResultsWithheld(exercise.rules)) return exercise
      repository.inTransaction(() => {
        repository.update(exerciseId, { rules: { ...exercise.rules, resultsReleasedAt: isoNow(clock) } })
        audit.record({ actorId: actor.id, action: 'exercise.release-results', objectType: 'exercise', objectId: exerciseId })
      })
      const released = get(exerciseId)
      publishEvent(released, released.state)
      return released
    },

    /** Withheld again, also for what was released before. The caller says in the audit log why. */
    withholdResults: (exercise: ExerciseRow) =>
      repository.update(exercise.id, { rules: { ...exercise.rules, results: 'withheld', resultsReleasedAt: null } }),

    listPublished: repository.listPublished,
    listAllowances: repository.listAllowances,

    /** More time and attempts for one student of the course; nothing of both takes away what he had. */
    allow(actor: Actor, exerciseId: string, userId: string, allowance: Allowance): void {
      const exercise = find(actor, exerciseId, 'teach')
      if (!repository.isEnrolled(exercise.id, userId)) throw new AppError('ENROLLMENT_NOT_FOUND')
      const isNothing = allowance.extraMinutes === 0 && allowance.extraAttempts === 0
      repository.inTransaction(() => {
        if (isNothing) repository.deleteAllowance(exerciseId, userId)
        else repository.putAllowance({ exerciseId, userId, ...allowance, createdBy: actor.id, createdAt: isoNow(clock) })
        audit.record({
          actorId: actor.id,
          onBehalfOf: userId,
          action: 'exercise.allow',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { ...allowance },
        })
      })
    },

    /** The exercise as a file, with the rules as they are now. */
    fileOf: (exercise: ExerciseRow): Exercise => withRules(revisionOf(exercise).definition, exercise.rules, timeZoneOf(exercise.courseId)),

    setProven: (exerciseId: string, isProven: boolean) => {
      repository.update(exerciseId, { isProven })
      const exercise = get(exerciseId)
      publishEvent(exercise, exercise.state)
    },

    setSecrets(actor: Actor, exerciseId: string, values: ReadonlyMap<string, string>): void {
      find(actor, exerciseId, 'teach')
      repository.inTransaction(() => {
        storeSecrets(exerciseId, values)
        audit.record({
          actorId: actor.id,
          action: 'exercise.secrets',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { names: [...values.keys()] },
        })
      })
    },

    /** Names the definition mentions, each with whether it has a value. */
    listSecretNames(exercise: ExerciseRow): { name: string; isSet: boolean }[] {
      const set = new Set(repository.listSecrets(exercise.id).map((row) => row.name))
      return secretNames(revisionOf(exercise).definition).map((name) => ({ name, isSet: set.has(name) }))
    },

    /** False when a secret was set after the template was begun: then nothing has shown yet that it opens the devices. */
    areSecretsProven: (exerciseId: string, template: Pick<TemplateRow, 'createdAt'>): boolean =>
      repository.listSecrets(exerciseId).every((secret) => secret.createdAt <= template.createdAt),

    /**
     * The values, for whoever asks devices.
     * @param typed those that are not saved yet; they come before what is stored
     * @throws AppError SECRET_MISSING
     */
    openSecrets(exerciseId: string, definition: Exercise, typed: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
      const stored = new Map(repository.listSecrets(exerciseId).map((row) => [row.name, row.ciphertext]))
      return new Map(
        secretNames(definition).map((name) => {
          const fresh = typed.get(name)
          if (fresh !== undefined) return [name, fresh] as const
          const sealed = stored.get(name)
          if (sealed === undefined) throw new AppError('SECRET_MISSING', { details: { name } })
          return [name, secrets.open(sealed, `${exerciseId}/${name}`)] as const
        }),
      )
    },

    /** Title and archive of every exercise on a base template: what a server in it must be able to open. */
    listProjectsOn: (baseTemplateVmid: number): readonly { title: string; archive: string }[] =>
      repository
        .listProjectsOn(baseTemplateVmid)
        .flatMap(({ title, projectSha256 }) => (projectSha256 === null ? [] : [{ title, archive: options.uploadPath(projectSha256) }])),

    projectPath: (revision: RevisionRow) => (revision.projectSha256 === null ? null : options.uploadPath(revision.projectSha256)),
  }
}

const withoutUndefined = (changes: RuleChanges) => Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))

type Buildable = Pick<RevisionRow, 'projectSha256' | 'baseTemplateVmid' | 'definition'>

/** True when two revisions are built into the same lab. */
function isSameBuild(one: Buildable, other: Buildable): boolean {
  const part = (revision: Buildable) =>
    canonicalJson({
      project: revision.projectSha256,
      base: revision.baseTemplateVmid,
      vm: revision.definition.vm ?? null,
      network: revision.definition.network,
      preconfigure: revision.definition.preconfigure,
      devices: revision.definition.preconfigure.length > 0 ? revision.definition.devices : null,
    })
  return part(one) === part(other)
}

/** Why a device can never be asked in a lab of the server, from the exercise and the console the project gives it; null when it can. */
function problemOfWay(device: ExerciseDevice, consoleType: string): Sentence | null {
  if (!hasConsole(device.platform)) return null
  const way = wayTo(device, '')
  if (!isWithinLab(way)) return say('exerciseProblems.connectUnsupported')
  if (way.kind === 'direct' || consoleType === 'telnet') return null
  return consoleType === 'none' ? say('exerciseProblems.noConsole') : say('exerciseProblems.graphicalConsole', { console: consoleType })
}

export type ExercisesService = ReturnType<typeof createExercisesService>
