import type { AuthService } from '../auth/index.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRow, JobRunner, JobsRepository } from '../jobs/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import { isWithin } from './address-ranges.ts'
import type { Collection } from './collection.ts'
import type { ExamRow, ExamsRepository } from './exams.repository.ts'
import type { ExamSettings } from './exams.schemas.ts'

export interface ExamsOptions {
  readonly repository: ExamsRepository
  readonly exercises: ExercisesService
  readonly collection: Collection
  readonly auth: Pick<AuthService, 'listSessions' | 'endSession' | 'signOut'>
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly jobsRepository: JobsRepository
  readonly audit: Audit
  readonly clock: Clock
}

/** Why somebody may not use the pages while his exam runs. */
export interface Refusal {
  readonly code: Extract<ErrorCode, 'EXAM_ELSEWHERE' | 'EXAM_KEY' | 'EXAM_OTHER_SESSION'>
  readonly exam: string
}

/** The key under which the work of an exam is collected. */
export const examKey = (exerciseId: string): string => `exam:${exerciseId}`

/**
 * Exams: an exercise whose window, attempts and extra time are its rules, and that besides says from where and with how many sessions it
 * may be taken, and hands in for everybody at its end.
 */
export function createExamsService(options: ExamsOptions) {
  const { repository, exercises, collection, auth, jobs, jobsRepository, audit, clock } = options

  const record = (actor: Actor, action: string, exerciseId: string, details: Readonly<Record<string, unknown>> | null, address: string) =>
    audit.record({ actorId: actor.id, action, objectType: 'exercise', objectId: exerciseId, ...(details ? { details } : {}), address })

  /** @throws AppError EXAM_NEEDS_WINDOW without a beginning and an end */
  function requireWindow(exercise: ExerciseRow): void {
    if (exercise.rules.opensAt === null || exercise.rules.closesAt === null) throw new AppError('EXAM_NEEDS_WINDOW')
  }

  const liveJob = (exerciseId: string): JobRow | undefined => jobsRepository.findLiveByKey(examKey(exerciseId)).at(-1)

  function collect(exercise: ExerciseRow, again: boolean, actorId: string | null): string {
    const live = liveJob(exercise.id)
    if (live) return live.id
    return jobs.enqueue(
      'collect-exam',
      { exerciseId: exercise.id, again },
      { priority: 'batch', courseId: exercise.courseId, createdBy: actorId },
    )
  }

  /** The exams that run for a student now. */
  const runningOf = (userId: string): { exam: ExamRow; exercise: ExerciseRow }[] =>
    repository
      .listOnOf(userId)
      .map((exam) => ({ exam, exercise: exercises.get(exam.exerciseId) }))
      .filter(({ exercise }) => exercises.phaseFor(exercise, userId) === 'open')

  return {
    /** As it was set up last; off where it never was. */
    find: (exerciseId: string): ExamRow | undefined => repository.find(exerciseId),
    liveJob,
    /** Whether an exam runs for a student now. */
    isSitting: (userId: string): boolean => runningOf(userId).length > 0,
    latestJob: (exerciseId: string): JobRow | undefined => jobsRepository.findLatestByKey(examKey(exerciseId)),

    /**
     * Switches exam mode on, or changes how a running one is held. Results are withheld from then on.
     * @throws AppError FORBIDDEN, EXERCISE_NOT_FOUND, EXERCISE_STATE, EXAM_NEEDS_WINDOW
     */
    switchOn(actor: Actor, exerciseId: string, settings: ExamSettings, address: string): ExamRow {
      const exercise = exercises.find(actor, exerciseId, 'teach')
      if (exercise.state !== 'ready' && exercise.state !== 'published')
        throw new AppError('EXERCISE_STATE', { details: { state: say(`details.states.exercise.${exercise.state}`) } })
      requireWindow(exercise)
      return repository.inTransaction(() => {
        const before = repository.find(exerciseId)
        const row = { ...settings, exerciseId, state: 'on' as const, switchedBy: actor.id, switchedAt: isoNow(clock) }
        repository.put({ ...row, createdAt: before?.createdAt ?? isoNow(clock) })
        if (before?.state !== 'on') exercises.withholdResults(exercise)
        record(actor, before?.state === 'on' ? 'exam.change' : 'exam.on', exerciseId, settings, address)
        return { ...row, addresses: [...settings.addresses], createdAt: before?.createdAt ?? isoNow(clock) }
      })
    },

    /** Results stay withheld until they are released. */
    switchOff(actor: Actor, exerciseId: string, address: string): void {
      exercises.find(actor, exerciseId, 'teach')
      repository.inTransaction(() => {
        const exam = repository.find(exerciseId)
        if (exam?.state !== 'on') return
        repository.put({ ...exam, state: 'off', switchedBy: actor.id, switchedAt: isoNow(clock) })
        record(actor, 'exam.off', exerciseId, null, address)
      })
    },

    /**
     * The end for everybody without extra time, if it has not come yet; and submits for all whose end has come. Pressed again it submits
     * once more for those that could not be checked, and for nobody else.
     * @throws AppError FORBIDDEN, EXERCISE_NOT_FOUND, EXAM_OFF
     */
    end(actor: Actor, exerciseId: string, address: string): string {
      exercises.find(actor, exerciseId, 'teach')
      return repository.inTransaction(() => {
        const exercise = exercises.get(exerciseId)
        if (repository.find(exerciseId)?.state !== 'on') throw new AppError('EXAM_OFF')
        const now = isoNow(clock)
        const { opensAt, dueAt, closesAt } = exercise.rules
        if (closesAt === null || closesAt > now) {
          const earliest = (time: string | null) => (time !== null && time > now ? now : time)
          exercises.setRules(actor, exerciseId, { opensAt: earliest(opensAt), dueAt: earliest(dueAt), closesAt: now })
        }
        record(actor, 'exam.end', exerciseId, null, address)
        return collect(exercises.get(exerciseId), true, actor.id)
      })
    },

    /** Called now and then: submits where the end has come for somebody. @returns how many exams that were */
    collectDue(): number {
      const due = repository.listOn().flatMap(({ exerciseId, collect: rule }) => {
        const exercise = exercises.get(exerciseId)
        return liveJob(exerciseId) || collection.listDue(exercise, rule, false).length === 0 ? [] : [exercise]
      })
      for (const exercise of due) repository.inTransaction(() => void collect(exercise, false, null))
      return due.length
    },

    /**
     * Whether a student may use the pages while an exam of his runs: from a range it allows, with a session and not with a key, and from
     * the session he began last. An earlier session is ended by the later one.
     * @param address the caller's, as the proxy that is trusted says it
     */
    refusalOf(actor: Actor, address: string): Refusal | null {
      for (const { exam, exercise } of runningOf(actor.id)) {
        const refuse = (code: Refusal['code']): Refusal => ({ code, exam: exercise.title })
        if (!isWithin(address, exam.addresses)) return refuse('EXAM_ELSEWHERE')
        if (!exam.singleSession) continue
        if (actor.session.kind === 'token') return refuse('EXAM_KEY')
        const [newest, ...older] = auth.listSessions(actor)
        if (newest && !newest.isThis) return refuse('EXAM_OTHER_SESSION')
        for (const session of older) auth.endSession(actor, session.name)
      }
      return null
    },
  }
}

export type ExamsService = ReturnType<typeof createExamsService>
