import { z } from 'zod'
import type { HostKeyPins } from '../clients/console/index.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobPriority, JobRow, JobRunner, JobsRepository } from '../jobs/index.ts'
import { assertNever } from '../lib/assert-never.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import type { NewWorkVm, WorkVmRow, WorkVmState, WorkVmsRepository } from './work-vms.repository.ts'

/** What somebody may ask of a lab. */
export const powerVerbs = ['start', 'stop', 'shutdown', 'reboot', 'suspend', 'resume', 'hibernate', 'reset', 'replace'] as const
export type PowerVerb = (typeof powerVerbs)[number]

/** How a verb meets a state: a new job, the job that is already at it, nothing to do, or refused. */
type Meeting = 'run' | 'join' | 'done' | 'refuse'

const meetings: Record<Exclude<PowerVerb, 'replace'>, Partial<Record<WorkVmState, Meeting>>> = {
  start: {
    requested: 'run',
    creating: 'run',
    stopped: 'run',
    failed: 'run',
    hibernated: 'run',
    suspended: 'run',
    stopping: 'run',
    queued: 'join',
    starting: 'join',
    ready: 'done',
  },
  resume: { suspended: 'run', hibernated: 'run', queued: 'join', starting: 'join', ready: 'done' },
  reboot: { ready: 'run', failed: 'run', starting: 'join', stopping: 'join' },
  stop: {
    ready: 'run',
    failed: 'run',
    suspended: 'run',
    starting: 'run',
    queued: 'run',
    stopping: 'join',
    stopped: 'done',
    hibernated: 'done',
    requested: 'done',
  },
  shutdown: {
    ready: 'run',
    failed: 'run',
    suspended: 'run',
    starting: 'run',
    queued: 'run',
    stopping: 'join',
    stopped: 'done',
    hibernated: 'done',
    requested: 'done',
  },
  suspend: { ready: 'run', stopping: 'join', suspended: 'done' },
  hibernate: { ready: 'run', suspended: 'run', stopping: 'join', hibernated: 'done' },
  reset: {
    stopped: 'run',
    ready: 'run',
    failed: 'run',
    suspended: 'run',
    hibernated: 'run',
    starting: 'run',
    queued: 'run',
    stopping: 'run',
    requested: 'done',
  },
}

/** True where a verb would begin something in a state. */
export const isAllowed = (verb: Exclude<PowerVerb, 'replace'>, state: WorkVmState): boolean => meetings[verb][state] === 'run'

/** A lab that ran when it was reset is started again. */
const startsAfterwards = ({ name, payload }: JobRow): boolean =>
  name === 'reset-work-vm' && z.object({ startAfter: z.literal(true) }).safeParse(payload).success

/** What a student may press only while the exercise is open for him. */
const opening: readonly PowerVerb[] = ['start', 'resume', 'reboot', 'reset', 'replace']

/** Nothing runs that would have to be stopped. */
const isOff = (state: WorkVmState): boolean => ['requested', 'stopped', 'hibernated'].includes(state)

const dayMs = 86_400_000

/** Who asks for a lab, and from which address. */
interface Asker {
  readonly actorId: string | null
  readonly from: string | null
}

export interface WorkVmsOptions {
  readonly repository: WorkVmsRepository
  readonly exercises: ExercisesService
  readonly jobs: Pick<JobRunner, 'enqueue' | 'cancel'>
  readonly jobsRepository: JobsRepository
  readonly events: Pick<EventBus, 'publish'>
  readonly audit: Audit
  readonly clock: Clock
  readonly limits: { readonly perStudent: number; readonly binDays: number }
}

/** Work VMs: each student's own linked clone. */
export function createWorkVmsService(options: WorkVmsOptions) {
  const { repository, exercises, jobs, jobsRepository, events, audit, clock, limits } = options

  const get = (id: string): WorkVmRow => {
    const workVm = repository.find(id)
    if (!workVm) throw new AppError('WORK_VM_NOT_FOUND')
    return workVm
  }

  /**
   * The lab for somebody: its owner, and staff of the course that is there for its student. Anybody else: not found.
   * @throws AppError WORK_VM_NOT_FOUND
   */
  const find = (actor: Actor, id: string): WorkVmRow => {
    const workVm = get(id)
    const exercise = exercises.get(workVm.exerciseId)
    const isOwner = workVm.userId === actor.id && exercises.has(actor, exercise, 'see')
    if (!isOwner && !exercises.assists(actor, exercise, workVm.userId)) throw new AppError('WORK_VM_NOT_FOUND')
    return workVm
  }

  const announce = (workVm: WorkVmRow) =>
    events.publish({
      name: 'work-vm',
      data: { id: workVm.id, exerciseId: workVm.exerciseId, state: workVm.state },
      audience: { userIds: [workVm.userId], courseId: exercises.get(workVm.exerciseId).courseId },
    })

  /** Changes the row and tells open pages. */
  const update = (id: string, change: Partial<NewWorkVm>): WorkVmRow => {
    repository.update(id, change)
    const workVm = get(id)
    announce(workVm)
    return workVm
  }

  const enqueue = (workVm: WorkVmRow, job: string, payload: object, priority: JobPriority, actorId: string | null): string =>
    jobs.enqueue(
      job,
      { workVmId: workVm.id, ...payload },
      {
        priority,
        userId: workVm.userId,
        courseId: exercises.get(workVm.exerciseId).courseId,
        createdBy: actorId,
      },
    )

  /**
   * A row for a student's (or a teacher's own) VM, and the job that makes it. Call inside the transaction that enrolls.
   * Does nothing when there is one already.
   */
  const provision = (request: {
    exercise: ExerciseRow
    userId: string
    purpose: 'student' | 'try'
    enrollmentId: string | null
    createNow: boolean
    priority: JobPriority
    actorId: string | null
  }) => {
    const known = repository.findLive(request.exercise.id, request.userId, request.purpose)
    if (known) return { workVm: known, jobId: null }
    const id = newId()
    repository.insert({
      id,
      exerciseId: request.exercise.id,
      userId: request.userId,
      purpose: request.purpose,
      enrollmentId: request.enrollmentId,
      exerciseRevisionId: exercises.revisionOf(request.exercise).id,
      state: 'requested',
      createdAt: isoNow(clock),
    })
    const workVm = get(id)
    announce(workVm)
    return { workVm, jobId: request.createNow ? enqueue(workVm, 'create-work-vm', {}, request.priority, request.actorId) : null }
  }

  const liveJob = (workVm: WorkVmRow): JobRow | undefined => jobsRepository.findLiveByKey(`work-vm:${workVm.id}`).at(-1)

  const requireUnfrozen = (workVm: WorkVmRow) => {
    if (workVm.frozenFor !== null) throw new AppError('LAB_FROZEN')
  }

  /** A start that was asked for counts before its VM is made: else two pressed early would both go through. */
  const isOnOrWillBe = ({ id, state }: WorkVmRow): boolean =>
    ['queued', 'starting', 'ready', 'stopping', 'suspended'].includes(state) ||
    jobsRepository.findLiveByKey(`work-vm:${id}`).some((job) => job.name === 'start-work-vm' || startsAfterwards(job))

  function requireRoom(workVm: WorkVmRow): void {
    if (workVm.purpose !== 'student') return
    const running = repository.listLiveByUser(workVm.userId).filter((other) => other.id !== workVm.id && isOnOrWillBe(other))
    if (running.length >= limits.perStudent) throw new AppError('LAB_LIMIT', { details: { limit: limits.perStudent } })
  }

  function startNow(workVm: WorkVmRow, { actorId, from }: Asker): string {
    requireRoom(workVm)
    return switchOn(workVm, 'interactive', { actorId, from })
  }

  /** From where a lab is asked for, kept only where its exercise lets its own student in directly. */
  const fromOf = (workVm: WorkVmRow, { actorId, from }: Asker, revisionId = workVm.exerciseRevisionId): { from?: string } =>
    from !== null && actorId === workVm.userId && exercises.getRevision(revisionId).definition.direct === true ? { from } : {}

  /** @throws AppError EXERCISE_STATE where there is nothing to clone from any more */
  function switchOn(workVm: WorkVmRow, priority: JobPriority, asker: Asker): string {
    const { actorId } = asker
    requireTemplate(workVm.exerciseId, workVm.exerciseRevisionId)
    const hasVm = workVm.vmid !== null
    if (!hasVm && !liveJob(workVm)) enqueue(workVm, 'create-work-vm', {}, priority, actorId)
    // the old reason is gone from the page the moment somebody tries again
    if (!hasVm && workVm.state === 'failed') update(workVm.id, { state: 'requested', errorCode: null, errorDetails: null })
    // `queued` at once, so that a second press joins this start; what is being made or stopped says so until it is done
    if (hasVm && workVm.state !== 'stopping' && workVm.state !== 'creating')
      update(workVm.id, { state: 'queued', startedAt: isoNow(clock), errorCode: null, errorDetails: null })
    return enqueue(workVm, 'start-work-vm', fromOf(workVm, asker), priority, actorId)
  }

  function run(workVm: WorkVmRow, verb: PowerVerb, asker: Asker & { readonly actorId: string }): string {
    const { actorId } = asker
    switch (verb) {
      case 'start':
      case 'resume':
        return startNow(workVm, asker)
      case 'reboot':
        // at once, so that a second press joins this one
        update(workVm.id, { state: 'stopping', errorCode: null, errorDetails: null })
        enqueue(workVm, 'stop-work-vm', { how: 'shutdown' }, 'interactive', actorId)
        return enqueue(workVm, 'start-work-vm', fromOf(workVm, asker), 'interactive', actorId)
      case 'stop':
      case 'shutdown':
      case 'suspend':
      case 'hibernate':
        return stopNow(workVm, verb, actorId)
      case 'reset':
      case 'replace':
        return startOver(workVm, verb, asker)
      default:
        return assertNever(verb)
    }
  }

  /** By a fresh clone: of what it was made from, or of the exercise as it is now. */
  function startOver(workVm: WorkVmRow, verb: 'reset' | 'replace', asker: Asker): string {
    const revisionId = verb === 'replace' ? exercises.revisionOf(exercises.get(workVm.exerciseId)).id : workVm.exerciseRevisionId
    requireTemplate(workVm.exerciseId, revisionId)
    cancelPending(workVm)
    const payload = { startAfter: workVm.state === 'ready', revisionId, ...fromOf(workVm, asker, revisionId) }
    return enqueue(workVm, 'reset-work-vm', payload, 'interactive', asker.actorId)
  }

  function requireTemplate(exerciseId: string, revisionId: string): void {
    if (exercises.listUsableTemplates(revisionId).length > 0) return
    throw new AppError('EXERCISE_STATE', { details: { state: say(`details.states.exercise.${exercises.get(exerciseId).state}`) } })
  }

  /** A start that has not come far is given up for a stop or a reset. */
  function cancelPending(workVm: WorkVmRow, names: readonly string[] = ['start-work-vm']): void {
    for (const name of names) {
      // looked up each time: cancelling one may end another
      for (const job of jobsRepository.findLiveByKey(`work-vm:${workVm.id}`)) if (job.name === name) jobs.cancel(job.id)
    }
  }

  /** Whoever is sent away needs no VM that is only being made, and waits for no room. */
  const cancelMaking = (workVm: WorkVmRow) => cancelPending(workVm, ['create-work-vm', 'start-work-vm', 'reset-work-vm'])

  function stopNow(workVm: WorkVmRow, how: 'stop' | 'shutdown' | 'suspend' | 'hibernate', actorId: string): string {
    cancelPending(workVm)
    if (workVm.state !== 'failed') update(workVm.id, { state: 'stopping' })
    return enqueue(workVm, 'stop-work-vm', { how }, 'interactive', actorId)
  }

  return {
    get,
    find,
    update,
    /** Tells open pages to read a lab again, though its row did not change. */
    announce: (id: string) => announce(get(id)),
    provision,
    findOwn: (actor: Actor, exerciseId: string, purpose: 'student' | 'try' = 'student') =>
      repository.findLive(exerciseId, actor.id, purpose),
    /** The row, whoever asks; undefined when there is none. */
    lookUp: repository.find,
    findLive: repository.findLive,
    findBinned: repository.findBinned,
    listByExercise: repository.listByExercise,
    listAllOfExercise: repository.listAllOfExercise,
    /** What lies in the bin, last first, each with when it is emptied (ISO 8601). */
    listBinned: (exerciseId: string): { workVm: WorkVmRow; emptiedAt: string }[] =>
      repository.listBinned(exerciseId).map((workVm) => ({
        workVm,
        emptiedAt: new Date(Date.parse(workVm.deletedAt ?? isoNow(clock)) + limits.binDays * dayMs).toISOString(),
      })),
    listInStates: repository.listInStates,
    listQueued: repository.listQueued,
    /** The exercise was changed since this lab was made, and there is something newer to make it from. */
    isOutdated: (workVm: WorkVmRow): boolean => {
      const { id } = exercises.revisionOf(exercises.get(workVm.exerciseId))
      return id !== workVm.exerciseRevisionId && exercises.listUsableTemplates(id).length > 0
    },
    /** A lab that nobody uses: to disk, or saved on its devices and switched off where that cannot be. */
    sleep: (workVm: WorkVmRow): string => {
      update(workVm.id, { state: 'stopping' })
      return enqueue(workVm, 'stop-work-vm', { how: 'hibernate', orStop: true }, 'batch', null)
    },
    isClaimed: (endpoint: { host: string; port: number }, exceptId: string) => repository.findByEndpoint(endpoint, exceptId) !== undefined,
    liveJob,
    latestJob: (workVm: WorkVmRow): JobRow | undefined => jobsRepository.findLatestByKey(`work-vm:${workVm.id}`),
    latestJobName: (workVm: WorkVmRow): string | undefined => jobsRepository.findLatestNameByKey(`work-vm:${workVm.id}`),

    /** The student's own VM, made now where the exercise makes it at first start. @throws AppError WORK_VM_NOT_FOUND */
    ensureOwn(actor: Actor, exerciseId: string, purpose: 'student' | 'try'): WorkVmRow {
      const exercise = exercises.find(actor, exerciseId, purpose === 'try' ? 'assist' : 'see')
      const known = repository.findLive(exerciseId, actor.id, purpose)
      if (known) return known
      if (purpose === 'student') throw new AppError('WORK_VM_NOT_FOUND')
      return repository.inTransaction(
        () =>
          provision({
            exercise,
            userId: actor.id,
            purpose,
            enrollmentId: null,
            createNow: true,
            priority: 'interactive',
            actorId: actor.id,
          }).workVm,
      )
    },

    /**
     * Carries out a power verb as the table says. A repeated verb answers the job that is at it already.
     * @param from the address that it is asked from; null: unknown, or of no interest
     * @returns the job, or null when there is nothing to do
     * @throws AppError LAB_FROZEN, WORK_VM_STATE, LAB_LIMIT; EXERCISE_STATE for a student before it opens and after it closed
     */
    power(actor: Actor, id: string, verb: PowerVerb, from: string | null = null): { workVm: WorkVmRow; jobId: string | null } {
      return repository.inTransaction(() => {
        const workVm = find(actor, id)
        requireUnfrozen(workVm)
        if (opening.includes(verb) && workVm.purpose === 'student' && workVm.userId === actor.id)
          exercises.requireOpenFor(exercises.get(workVm.exerciseId), actor.id)
        const meeting = meetings[verb === 'replace' ? 'reset' : verb][workVm.state] ?? 'refuse'
        if (meeting === 'refuse') throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
        if (meeting === 'done') return { workVm, jobId: null }
        const live = liveJob(workVm)
        if (meeting === 'join' && live) return { workVm, jobId: live.id }
        if (verb === 'start' && live?.name === 'start-work-vm') return { workVm, jobId: live.id }
        if ((verb === 'reset' || verb === 'replace') && live?.name === 'reset-work-vm') return { workVm, jobId: live.id }
        audit.record({
          actorId: actor.id,
          onBehalfOf: actor.id === workVm.userId ? null : workVm.userId,
          action: `work-vm.${verb}`,
          objectType: 'work-vm',
          objectId: id,
        })
        return { jobId: run(workVm, verb, { actorId: actor.id, from }), workVm: get(id) }
      })
    },

    /**
     * A failed lab once more, or one whose making was stopped, asked for by staff: made where there is no VM, else started.
     * @returns the job; of one that is at it already, that one
     * @throws AppError WORK_VM_NOT_FOUND, WORK_VM_STATE, LAB_FROZEN
     */
    retry(actor: Actor, id: string): string {
      return repository.inTransaction(() => {
        const workVm = find(actor, id)
        requireUnfrozen(workVm)
        const live = liveJob(workVm)
        if (live) return live.id
        if (workVm.state !== 'failed' && workVm.state !== 'requested')
          throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
        audit.record({ actorId: actor.id, onBehalfOf: workVm.userId, action: 'work-vm.retry', objectType: 'work-vm', objectId: id })
        if (workVm.vmid !== null) return startNow(workVm, { actorId: actor.id, from: null })
        update(id, { state: 'requested', errorCode: null, errorDetails: null })
        return enqueue(workVm, 'create-work-vm', {}, 'repair', actor.id)
      })
    },

    /**
     * Puts it to sleep and keeps it for BIN_DAYS; its student loses it at once, though what he submitted is still checked. Call inside the
     * transaction that un-enrolls.
     */
    bin(workVm: WorkVmRow, actorId: string | null): void {
      cancelMaking(workVm)
      const how = workVm.state === 'ready' ? { how: 'hibernate', orStop: true } : { how: 'stop' }
      if (workVm.vmid !== null && !isOff(workVm.state)) enqueue(workVm, 'stop-work-vm', how, 'batch', actorId)
      update(workVm.id, { state: 'binned', deletedAt: isoNow(clock) })
    },

    /** Removes for good what has been in the bin long enough, or belongs to an archived exercise. */
    remove(workVm: WorkVmRow, actorId: string | null): string {
      cancelMaking(workVm)
      update(workVm.id, { state: 'deleting' })
      return enqueue(workVm, 'delete-work-vm', {}, 'batch', actorId)
    },

    /**
     * Gives a lab in the bin back as it was. Call inside the transaction that enrolls its student again, after the right was checked.
     * @throws AppError WORK_VM_STATE when it is in no bin, or its student has another one by now
     */
    restore(workVm: WorkVmRow): WorkVmRow {
      if (workVm.state !== 'binned' || repository.findLive(workVm.exerciseId, workVm.userId, workVm.purpose))
        throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
      return update(workVm.id, { state: workVm.vmid === null ? 'requested' : 'stopped', deletedAt: null })
    },

    /** Called now and then: also what resisted an earlier removal is tried again. @returns how many are sent away */
    emptyBin(): number {
      const before = new Date(clock.now() - limits.binDays * dayMs).toISOString()
      const resisting = repository.listInStates(['deleting']).filter((workVm) => !liveJob(workVm))
      const old = [...repository.listBinnedBefore(before), ...resisting]
      repository.inTransaction(() => {
        for (const workVm of old) {
          update(workVm.id, { state: 'deleting' })
          enqueue(workVm, 'delete-work-vm', {}, 'batch', null)
        }
      })
      return old.length
    },

    /** Switches a lab on that was submitted without its student, frozen as it is. */
    wake: (id: string): string => repository.inTransaction(() => switchOn(get(id), 'batch', { actorId: null, from: null })),

    /** And off again. */
    putToSleep: (id: string, how: 'shutdown' | 'hibernate'): string =>
      repository.inTransaction(() => {
        update(id, { state: 'stopping' })
        return enqueue(get(id), 'stop-work-vm', { how }, 'batch', null)
      }),

    /** The lab is left alone while it is asked, for a submission (its id) or else (`proof:…`, `ask:…`); power verbs are refused. */
    freeze: (id: string, frozenFor: string) => update(id, { frozenFor }),
    thaw: (id: string, frozenFor: string) => {
      if (get(id).frozenFor === frozenFor) update(id, { frozenFor: null })
    },
    /** Whatever was frozen for it. */
    thawAll: (frozenFor: string) => {
      for (const { id } of repository.listFrozenFor(frozenFor)) update(id, { frozenFor: null })
    },

    /** SSH host keys of one work VM and the devices in it: the first key that was seen is the one. */
    hostKeysOf: (id: string): HostKeyPins => ({
      find: (endpoint) => get(id).hostKeys?.[endpoint],
      remember: (endpoint, fingerprint) => {
        update(id, { hostKeys: { ...get(id).hostKeys, [endpoint]: fingerprint } })
      },
    }),

    noteFailed: (id: string, code: ErrorCode, details: unknown) => update(id, { state: 'failed', errorCode: code, errorDetails: details }),
    /** The VM that a start waits for could not be made: the start has nothing to wait for. */
    giveUpStart: (id: string) => cancelPending(get(id)),
    inTransaction: repository.inTransaction,
  }
}

export type WorkVmsService = ReturnType<typeof createWorkVmsService>
