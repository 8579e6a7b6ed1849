import { everybody, type StudentScope } from '../courses/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRow, JobRunner, JobsRepository } from '../jobs/index.ts'
import type { Audit } from '../users/index.ts'
import { vmData } from './job-parts.ts'
import { goneStates, type WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface LabUnderWay {
  readonly workVm: WorkVmRow
  readonly job: JobRow
}

/** How far the labs of a class are; every lab of a student who is enrolled stands in one list. */
export interface LabMaking {
  /** Their VM is there, whatever it does now. */
  readonly made: readonly WorkVmRow[]
  readonly running: readonly LabUnderWay[]
  /** Asked for; Proxmox has heard nothing of it yet. */
  readonly waiting: readonly LabUnderWay[]
  /** Could not be made, for good. */
  readonly failed: readonly WorkVmRow[]
  /** Neither there nor asked for: stopped on the way, or made at the first start. */
  readonly missing: readonly WorkVmRow[]
}

export interface ClassLabsParts {
  readonly exercises: Pick<ExercisesService, 'find' | 'studentsOf'>
  readonly workVms: Pick<WorkVmsService, 'listByExercise' | 'retry' | 'inTransaction'>
  readonly jobs: Pick<JobRunner, 'cancel'>
  readonly jobsRepository: Pick<JobsRepository, 'listLive' | 'findLiveByKey'>
  readonly audit: Audit
}

/** All jobs of a class run at once and wait for the limiter: one has begun when Proxmox was asked for its clone. */
function hasBegun({ data, step }: JobRow): boolean {
  const recorded = vmData.safeParse(data)
  return step === 'configure' || step === 'compensate' || (recorded.success && recorded.data.upids !== undefined)
}

/** Sorts the labs of a class by how far their making is. @param jobOf the job that makes it, where one is under way */
export function sortLabs(labs: readonly WorkVmRow[], jobOf: (workVm: WorkVmRow) => JobRow | undefined): LabMaking {
  const under = labs.flatMap((workVm) => {
    const job = jobOf(workVm)
    return job ? [{ workVm, job }] : []
  })
  const idle = labs.filter((workVm) => jobOf(workVm) === undefined)
  const withoutVm = idle.filter(({ vmid }) => vmid === null)
  return {
    made: idle.filter(({ vmid }) => vmid !== null),
    running: under.filter(({ job }) => hasBegun(job)),
    waiting: under.filter(({ job }) => !hasBegun(job)),
    failed: withoutVm.filter(({ state }) => state === 'failed'),
    missing: withoutVm.filter(({ state }) => state !== 'failed'),
  }
}

/** The labs of a class as one thing: made in one go, each by a job of its own, so that none waits for another that fails. */
export function createClassLabs({ exercises, workVms, jobs, jobsRepository, audit }: ClassLabsParts) {
  function read(exerciseId: string, scope: StudentScope): LabMaking {
    const live = new Map(jobsRepository.listLive('create-work-vm').map((job) => [job.key, job]))
    const labs = workVms
      .listByExercise(exerciseId)
      .filter(({ purpose, state, userId }) => purpose === 'student' && scope(userId) && !(goneStates as readonly string[]).includes(state))
    return sortLabs(labs, ({ id }) => live.get(`work-vm:${id}`))
  }

  /** A student who pressed Start waits for it by himself: that is no part of the class's making any more. */
  const isAwaited = (key: string): boolean => jobsRepository.findLiveByKey(key).some(({ name }) => name !== 'create-work-vm')

  const note = (actor: Actor, verb: string, exerciseId: string, count: number) =>
    audit.record({ actorId: actor.id, action: `exercise.labs.${verb}`, objectType: 'exercise', objectId: exerciseId, details: { count } })

  return {
    read,

    /**
     * Makes every lab that could not be made, or those that were never begun, of the students that the caller is there for.
     * @returns the jobs, one per lab
     * @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN
     */
    make(actor: Actor, exerciseId: string, which: 'failed' | 'missing'): string[] {
      const scope = exercises.studentsOf(actor, exercises.find(actor, exerciseId, 'assist'))
      return workVms.inTransaction(() => {
        const labs = read(exerciseId, scope)[which]
        const jobIds = labs.map(({ id }) => workVms.retry(actor, id))
        note(actor, which === 'failed' ? 'retry' : 'make', exerciseId, jobIds.length)
        return jobIds
      })
    },

    /**
     * Stops the making: what has not begun is not begun, what has begun is undone. Labs that are there stay, and nobody is un-enrolled.
     * @returns how many were stopped
     * @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN
     */
    cancel(actor: Actor, exerciseId: string): number {
      exercises.find(actor, exerciseId, 'teach')
      return workVms.inTransaction(() => {
        const { running, waiting } = read(exerciseId, everybody)
        const mine = [...running, ...waiting].filter(({ job }) => !isAwaited(job.key))
        for (const { job } of mine) jobs.cancel(job.id)
        note(actor, 'cancel', exerciseId, mine.length)
        return mine.length
      })
    },
  }
}

export type ClassLabs = ReturnType<typeof createClassLabs>
