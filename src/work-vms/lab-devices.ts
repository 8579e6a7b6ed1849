import { AppError } from '../errors.ts'
import { findPlatform } from '../evaluation/index.ts'
import type { EvaluationsRepository, ObservationRow } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRunner, JobsRepository } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import { type DeviceJobName, devicePayload, isDeviceJob } from './device-jobs.ts'
import type { LabWatch } from './lab-watch.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface LabDevicesOptions {
  readonly workVms: Pick<WorkVmsService, 'find' | 'inTransaction'>
  readonly exercises: ExercisesService
  readonly labWatch: Pick<LabWatch, 'lastSeen'>
  readonly evaluations: Pick<EvaluationsRepository, 'findConfiguration'>
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly jobsRepository: Pick<JobsRepository, 'findLiveByKey'>
  readonly audit: Audit
}

/** True where a running configuration that was kept can be typed on a device of this platform again. */
export const isRestorable = (platform: string | undefined): boolean => (findPlatform(platform ?? '')?.restore ?? null) !== null

/** The part of what was kept that is typed again: further ones only show how much of it the device tells. */
function isWhole({ kind, command }: Pick<ObservationRow, 'kind' | 'command'>, platform: string | undefined): boolean {
  const [source] = findPlatform(platform ?? '')?.configuration.running ?? []
  return kind === 'running' && isRestorable(platform) && source?.kind === 'command' && source.command === command
}

/** What somebody may do with one device of a lab that is ready, without starting the others anew. */
export function createLabDevices({ workVms, exercises, labWatch, evaluations, jobs, jobsRepository, audit }: LabDevicesOptions) {
  /** @throws AppError WORK_VM_NOT_FOUND, LAB_FROZEN, WORK_VM_STATE, DEVICE_NOT_FOUND; EXERCISE_STATE for a student outside its times */
  function requireDevice(actor: Actor, workVmId: string, device: string): WorkVmRow {
    const workVm = workVms.find(actor, workVmId)
    if (workVm.frozenFor !== null) throw new AppError('LAB_FROZEN')
    if (workVm.purpose === 'student' && workVm.userId === actor.id) exercises.requireOpenFor(exercises.get(workVm.exerciseId), actor.id)
    if (workVm.state !== 'ready') throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
    if (!labWatch.lastSeen(workVm).devices.some(({ name }) => name === device))
      throw new AppError('DEVICE_NOT_FOUND', { details: { device } })
    return workVm
  }

  /** The job that does it; one that is at it already is joined. */
  function begin(
    actor: Actor,
    workVm: WorkVmRow,
    name: DeviceJobName,
    payload: { readonly device: string; readonly observationId?: string },
  ): string {
    const live = jobsRepository
      .findLiveByKey(`work-vm:${workVm.id}`)
      .find((job) => job.name === name && devicePayload.parse(job.payload).device === payload.device)
    if (live) return live.id
    audit.record({
      actorId: actor.id,
      onBehalfOf: actor.id === workVm.userId ? null : workVm.userId,
      action: `work-vm.${name}`,
      objectType: 'work-vm',
      objectId: workVm.id,
      details: payload,
    })
    const { courseId } = exercises.get(workVm.exerciseId)
    return jobs.enqueue(
      name,
      { workVmId: workVm.id, ...payload },
      { priority: 'interactive', userId: workVm.userId, courseId, createdBy: actor.id },
    )
  }

  /** A kept configuration of a lab. @throws AppError EVIDENCE_NOT_FOUND */
  function findKept(workVm: WorkVmRow, observationId: string): ObservationRow {
    const kept = evaluations.findConfiguration(workVm.id, observationId)
    if (!kept) throw new AppError('EVIDENCE_NOT_FOUND')
    return kept
  }

  return {
    restart: (actor: Actor, workVmId: string, device: string) =>
      workVms.inTransaction(() => begin(actor, requireDevice(actor, workVmId, device), 'restart-device', { device })),

    freeConsole: (actor: Actor, workVmId: string, device: string) =>
      workVms.inTransaction(() => begin(actor, requireDevice(actor, workVmId, device), 'free-console', { device })),

    /** Brings a kept configuration back on its device. @throws AppError EVIDENCE_NOT_FOUND, RESTORE_UNSUPPORTED and as the others */
    restore: (actor: Actor, workVmId: string, observationId: string) =>
      workVms.inTransaction(() => {
        const kept = findKept(workVms.find(actor, workVmId), observationId)
        const workVm = requireDevice(actor, workVmId, kept.device)
        const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
        if (!isWhole(kept, definition.devices[kept.device]?.platform))
          throw new AppError('RESTORE_UNSUPPORTED', { details: { device: kept.device } })
        return begin(actor, workVm, 'restore-device', { device: kept.device, observationId })
      }),
    /** True while something is done with one of its devices: what is asked of them meanwhile would be about something else. */
    isBusy: (workVmId: string): boolean => jobsRepository.findLiveByKey(`work-vm:${workVmId}`).some(({ name }) => isDeviceJob(name)),
  }
}

export type LabDevices = ReturnType<typeof createLabDevices>
