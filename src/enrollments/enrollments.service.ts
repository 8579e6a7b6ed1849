import type { Directory } from '../auth/index.ts'
import type { CoursesService, StudentScope } from '../courses/index.ts'
import { AppError } from '../errors.ts'
import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { Audit, DirectoryPerson, UserRow, UsersService } from '../users/index.ts'
import type { WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import { type ClassListLine, readClassList } from './class-list.ts'
import type { EnrollmentsRepository } from './enrollments.repository.ts'

export type LineOutcome = 'known' | 'will-create' | 'enrolled' | 'not-in-directory' | 'duplicate' | 'malformed'

export interface JudgedLine {
  readonly line: number
  readonly username: string
  readonly name: string | null
  readonly email: string | null
  readonly group: string | null
  readonly outcome: LineOutcome
  readonly message: string | null
}

export interface EnrollResult {
  /** Enrollments made now. */
  readonly created: number
  /** Enrolled before. */
  readonly unchanged: number
  readonly rejected: readonly JudgedLine[]
  readonly jobIds: readonly string[]
  /** Of accounts made now; shown once. */
  readonly oneTimePasswords: readonly { username: string; name: string; password: string }[]
}

export interface EnrollmentsOptions {
  readonly repository: EnrollmentsRepository
  readonly exercises: ExercisesService
  readonly courses: CoursesService
  readonly users: UsersService
  readonly workVms: WorkVmsService
  readonly directory: Directory | null
  readonly audit: Audit
  readonly clock: Clock
  readonly translate: Translate
}

const noPeople: ReadonlyMap<string, DirectoryPerson> = new Map()
const rejected: readonly LineOutcome[] = ['not-in-directory', 'duplicate', 'malformed']

/** Enrolling a class from a list; the same list again changes nothing. */
export function createEnrollmentsService(options: EnrollmentsOptions) {
  const { repository, exercises, courses, users, workVms, directory, audit, clock, translate } = options

  function outcomeOf(line: ClassListLine, exercise: ExerciseRow, user: UserRow | undefined, isInDirectory: boolean): LineOutcome {
    if (line.problem === 'duplicate') return 'duplicate'
    if (line.problem !== null) return 'malformed'
    if (user && repository.find(exercise.id, user.id)?.state === 'active') return 'enrolled'
    const isGone = directory !== null && user?.source === 'ldap' && !isInDirectory
    if (user && !isGone) return 'known'
    if (directory) return isInDirectory ? 'will-create' : 'not-in-directory'
    return 'will-create'
  }

  /** Whose account a name of the list means. The directory may have given the name to somebody else since: its id decides, not the name. */
  async function findAccounts(names: readonly string[]) {
    const byName = new Map(users.listByUsernames(names).map((user) => [user.username, user]))
    if (!directory) return { known: byName, people: noPeople }
    const asked = names.filter((name) => byName.get(name)?.source !== 'local')
    const people = asked.length === 0 ? noPeople : await directory.lookUp(asked)
    const known = new Map<string, UserRow>()
    for (const name of names) {
      const person = people.get(name)
      const user = person ? users.findByExternalId('ldap', person.externalId) : byName.get(name)
      if (user) known.set(name, user)
    }
    return { known, people }
  }

  async function judge(exercise: ExerciseRow, list: string | Uint8Array) {
    const lines = readClassList(list)
    const usable = lines.filter((line) => line.problem === null)
    const { known, people } = await findAccounts(usable.map((line) => line.username))
    const judged = lines.map((line): JudgedLine => {
      const outcome = outcomeOf(line, exercise, known.get(line.username), people.has(line.username))
      const problem = line.problem ?? (outcome === 'not-in-directory' ? outcome : null)
      return {
        line: line.line,
        username: line.username,
        name: line.name,
        email: line.email,
        group: line.group,
        outcome,
        message: problem === null ? null : translate(`enrollment.problems.${problem}`),
      }
    })
    return { judged, people }
  }

  const requireEnrollable = (exercise: ExerciseRow) => {
    if (exercise.state !== 'published' && exercise.state !== 'ready')
      throw new AppError('EXERCISE_STATE', { details: { state: say(`details.states.exercise.${exercise.state}`) } })
  }

  return {
    countActive: (exerciseIds: readonly string[]): ReadonlyMap<string, number> =>
      new Map(repository.countActive(exerciseIds).map((row) => [row.exerciseId, row.count])),
    /** By name, with the group of each. */
    listActive: (exerciseId: string, scope: StudentScope) => repository.listActive(exerciseId).filter(({ user }) => scope(user.id)),

    /** What each line would do; nothing is changed. */
    async dryRun(actor: Actor, exerciseId: string, list: string | Uint8Array): Promise<readonly JudgedLine[]> {
      const exercise = exercises.find(actor, exerciseId, 'teach')
      return (await judge(exercise, list)).judged
    },

    /**
     * Enrolls every usable line: account, roster, enrollment and the VM's job in one transaction; the other lines are listed.
     * @throws AppError EXERCISE_STATE, CLASS_LIST_INVALID, LDAP_*
     */
    async enroll(actor: Actor, exerciseId: string, list: string | Uint8Array): Promise<EnrollResult> {
      const exercise = exercises.find(actor, exerciseId, 'teach')
      requireEnrollable(exercise)
      const { judged, people } = await judge(exercise, list)
      const usable = judged.filter((line) => !rejected.includes(line.outcome))
      const fresh = usable.filter((line) => line.outcome === 'will-create' && !people.has(line.username))
      const prepared = await users.prepareOneTimePasswords(fresh.map((line) => line.username))
      const createNow = exercises.revisionOf(exercise).definition.create === 'enroll'
      return repository.inTransaction(() => {
        const jobIds: string[] = []
        const oneTimePasswords: { username: string; name: string; password: string }[] = []
        let created = 0
        for (const line of usable) {
          const user = accountFor(line, people, prepared, oneTimePasswords)
          if (enrollOne(actor, exercise, user, line)) created += 1
          else continue
          const enrollment = repository.find(exercise.id, user.id)
          const { jobId } = workVms.provision({
            exercise,
            userId: user.id,
            purpose: 'student',
            enrollmentId: enrollment?.id ?? null,
            createNow,
            priority: 'batch',
            actorId: actor.id,
          })
          if (jobId !== null) jobIds.push(jobId)
        }
        audit.record({
          actorId: actor.id,
          action: 'exercise.enroll',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { created, lines: judged.length },
        })
        return {
          created,
          unchanged: usable.length - created,
          rejected: judged.filter((line) => rejected.includes(line.outcome)),
          jobIds,
          oneTimePasswords,
        }
      })
    },

    /** Takes a student out: the enrollment is archived, the VM goes to the bin; marks and submissions stay. */
    unenroll(actor: Actor, exerciseId: string, userId: string): void {
      exercises.find(actor, exerciseId, 'teach')
      repository.inTransaction(() => {
        const enrollment = repository.find(exerciseId, userId)
        if (enrollment?.state !== 'active') throw new AppError('ENROLLMENT_NOT_FOUND')
        repository.update(enrollment.id, { state: 'archived', archivedAt: isoNow(clock) })
        const workVm = workVms.findLive(exerciseId, userId, 'student')
        if (workVm) workVms.bin(workVm, actor.id)
        audit.record({ actorId: actor.id, onBehalfOf: userId, action: 'exercise.unenroll', objectType: 'exercise', objectId: exerciseId })
      })
    },

    /**
     * Undoes it as long as the lab lies in the bin: the student is enrolled again and finds his work as he left it.
     * @throws AppError WORK_VM_NOT_FOUND, FORBIDDEN, EXERCISE_STATE, WORK_VM_STATE
     */
    undelete(actor: Actor, workVmId: string): WorkVmRow {
      const workVm = workVms.lookUp(workVmId)
      if (!workVm || !exercises.assists(actor, exercises.get(workVm.exerciseId), workVm.userId)) throw new AppError('WORK_VM_NOT_FOUND')
      const exercise = exercises.find(actor, workVm.exerciseId, 'teach')
      requireEnrollable(exercise)
      return repository.inTransaction(() => {
        const enrollment = repository.find(exercise.id, workVm.userId)
        if (enrollment) repository.update(enrollment.id, { state: 'active', archivedAt: null })
        audit.record({
          actorId: actor.id,
          onBehalfOf: workVm.userId,
          action: 'work-vm.undelete',
          objectType: 'work-vm',
          objectId: workVm.id,
        })
        return workVms.restore(workVms.get(workVm.id))
      })
    },
  }

  function accountFor(
    line: JudgedLine,
    people: ReadonlyMap<string, DirectoryPerson>,
    prepared: ReadonlyMap<string, { password: string; hash: string }>,
    shown: { username: string; name: string; password: string }[],
  ): UserRow {
    const person = people.get(line.username)
    if (person) return users.takeOverFromDirectory(person)
    const known = users.findByUsername(line.username)
    if (known) return known
    const secret = prepared.get(line.username)
    if (!secret) throw new AppError('STALE_PAGE')
    const user = users.insertWithOneTimePassword(
      { username: line.username, displayName: line.name ?? line.username, email: line.email, role: 'student' },
      secret,
    )
    shown.push({ username: user.username, name: user.displayName, password: secret.password })
    return user
  }

  /** @returns false when the student was enrolled before */
  function enrollOne(actor: Actor, exercise: ExerciseRow, user: UserRow, line: JudgedLine): boolean {
    const membership = courses.findMember(exercise.courseId, user.id)
    if (!membership) courses.putMember(exercise.courseId, { userId: user.id, role: 'student', groupName: line.group }, actor)
    else if (line.group !== null && membership.role === 'student')
      courses.putMember(exercise.courseId, { userId: user.id, role: 'student', groupName: line.group }, actor)
    const known = repository.find(exercise.id, user.id)
    if (known?.state === 'active') return false
    if (known) {
      repository.update(known.id, { state: 'active', archivedAt: null })
      reviveVm(exercise, user)
    } else repository.insert({ id: newId(), exerciseId: exercise.id, userId: user.id, state: 'active', createdAt: isoNow(clock) })
    return true
  }

  /** Enrolled again while the old VM is still in the bin: the student finds his work as he left it. */
  function reviveVm(exercise: ExerciseRow, user: UserRow): void {
    const binned = workVms.findBinned(exercise.id, user.id)
    if (binned) workVms.restore(binned)
  }
}

export type EnrollmentsService = ReturnType<typeof createEnrollmentsService>
