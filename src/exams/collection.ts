import { everybody } from '../courses/index.ts'
import type { EnrollmentsService } from '../enrollments/index.ts'
import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { SubmissionRow, SubmissionsService } from '../submissions/index.ts'
import type { WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import type { CollectRule } from './exams.schemas.ts'

export interface CollectionOptions {
  readonly exercises: ExercisesService
  readonly enrollments: Pick<EnrollmentsService, 'listActive'>
  readonly submissions: SubmissionsService
  readonly workVms: WorkVmsService
  readonly clock: Clock
}

/** Somebody for whom the end of an exam submits, and when that end was. */
export interface DueStudent {
  readonly userId: string
  readonly workVm: WorkVmRow
  readonly endedAt: string
}

const isOpen = ({ state }: SubmissionRow): boolean => state === 'queued' || state === 'evaluating'
const isLost = ({ state }: SubmissionRow): boolean => state === 'failed' || state === 'cancelled'

/** True for a lab in which somebody may have worked: it was ready once, or is on its way there. */
const wasUsed = ({ vmid, readyAt, state }: WorkVmRow): boolean =>
  vmid !== null && (readyAt !== null || !['requested', 'creating', 'stopped'].includes(state))

/** Whom the end of an exam submits for. */
export function createCollection({ exercises, enrollments, submissions, workVms, clock }: CollectionOptions) {
  /** What a student handed in already leaves nothing to do, by the rule of the exam. */
  function isServed(own: readonly SubmissionRow[], rule: CollectRule, again: boolean): boolean {
    // one that is being checked now has the lab as it was a moment ago, and its lab is frozen since
    if (own.some(isOpen)) return true
    if (own.some((one) => one.collectedBy !== null && (!again || !isLost(one)))) return true
    return rule === 'missing' && own.some((one) => !isLost(one))
  }

  return {
    /**
     * Everybody whose own end has come and who is still to be submitted for.
     * @param again also those whose collected work could not be checked
     */
    listDue(exercise: ExerciseRow, rule: CollectRule, again: boolean): DueStudent[] {
      const now = isoNow(clock)
      return enrollments.listActive(exercise.id, everybody).flatMap(({ user }): DueStudent[] => {
        const { closesAt } = exercises.rulesFor(exercise, user.id)
        if (closesAt === null || closesAt > now) return []
        const workVm = workVms.findLive(exercise.id, user.id, 'student')
        if (!workVm || !wasUsed(workVm) || isServed(submissions.listOf(exercise.id, user.id), rule, again)) return []
        return [{ userId: user.id, workVm, endedAt: closesAt }]
      })
    },
  }
}

export type Collection = ReturnType<typeof createCollection>
