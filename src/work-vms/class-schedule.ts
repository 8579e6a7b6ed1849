import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import type { Clock } from '../lib/clock.ts'
import { goneStates, type WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface ClassScheduleParts {
  readonly exercises: Pick<ExercisesService, 'listPublished' | 'rulesFor'>
  readonly workVms: Pick<WorkVmsService, 'listByExercise' | 'liveJob' | 'wake' | 'bin' | 'inTransaction'>
  readonly clock: Clock
  readonly log: { info(details: object, message: string): void }
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Not on its way out, and nothing is done with it now. */
const isIdle = (parts: ClassScheduleParts, workVm: WorkVmRow): boolean =>
  workVm.purpose === 'student' &&
  workVm.frozenFor === null &&
  !(goneStates as readonly string[]).includes(workVm.state) &&
  !parts.workVms.liveJob(workVm)

/** What a class's rules ask for by the clock: labs that run when it opens, and that are gone some time after it closed. */
export function createClassSchedule(parts: ClassScheduleParts) {
  const { exercises, workVms, clock, log } = parts

  /** Since when the labs of an exercise are to be started; null outside that time. */
  function warmSince({ rules }: ExerciseRow): string | null {
    if (rules.opensAt === null || rules.prewarmMinutes === null) return null
    const opens = Date.parse(rules.opensAt)
    const since = opens - rules.prewarmMinutes * minuteMs
    return since <= clock.now() && clock.now() < opens ? new Date(since).toISOString() : null
  }

  /** Once in its time: one that was put to sleep again, or stopped, is its student's to start. */
  const isCold = ({ state, readyAt }: WorkVmRow, since: string): boolean =>
    ['requested', 'stopped', 'hibernated'].includes(state) && (readyAt === null || readyAt < since)

  function warm(exercise: ExerciseRow, labs: readonly WorkVmRow[]): number {
    const since = warmSince(exercise)
    const cold = since === null ? [] : labs.filter((workVm) => isCold(workVm, since))
    for (const { id } of cold) workVms.wake(id)
    return cold.length
  }

  function isOver({ rules, ...exercise }: ExerciseRow, { userId }: WorkVmRow): boolean {
    const { closesAt } = exercises.rulesFor({ ...exercise, rules }, userId)
    return closesAt !== null && rules.keepLabsDays !== null && Date.parse(closesAt) + rules.keepLabsDays * dayMs <= clock.now()
  }

  function clear(exercise: ExerciseRow, labs: readonly WorkVmRow[]): number {
    const over = exercise.rules.keepLabsDays === null ? [] : labs.filter((workVm) => isOver(exercise, workVm))
    for (const workVm of over) workVms.bin(workVm, null)
    return over.length
  }

  return {
    /** Called every minute. @returns how many labs are started, and how many go into the bin */
    sweep(): { warmed: number; binned: number } {
      const done = { warmed: 0, binned: 0 }
      for (const exercise of exercises.listPublished()) {
        const { prewarmMinutes, keepLabsDays } = exercise.rules
        if (prewarmMinutes === null && keepLabsDays === null) continue
        workVms.inTransaction(() => {
          const labs = workVms.listByExercise(exercise.id).filter((workVm) => isIdle(parts, workVm))
          const [warmed, binned] = [warm(exercise, labs), clear(exercise, labs)]
          done.warmed += warmed
          done.binned += binned
          if (warmed + binned > 0) log.info({ exerciseId: exercise.id, warmed, binned }, 'the labs of a class by the clock')
        })
      }
      return done
    },
  }
}

export type ClassSchedule = ReturnType<typeof createClassSchedule>
