import type { ExercisesRepository } from '../exercises/index.ts'
import type { JobsRepository } from '../jobs/index.ts'
import type { OwnerState } from '../vms/index.ts'
import type { WorkVmsRepository } from './work-vms.repository.ts'

export interface VmOwnersParts {
  readonly workVms: Pick<WorkVmsRepository, 'find'>
  readonly exercises: Pick<ExercisesRepository, 'findTemplate' | 'findRevision'>
  readonly jobs: Pick<JobsRepository, 'findLiveByKey'>
}

interface Allocation {
  readonly vmid: number
  readonly purpose: 'template' | 'work' | 'probe'
  readonly ownerId: string
  readonly state: 'reserved' | 'exists' | 'released' | 'leaked'
}

/** How the lab or the template stands that a VM id was taken for. What a job works on is `busy`: nobody else touches it. */
export function createVmOwners({ workVms, exercises, jobs }: VmOwnersParts): (allocation: Allocation) => OwnerState {
  const isBusy = (key: string): boolean => jobs.findLiveByKey(key).length > 0

  function workVmState(ownerId: string, vmid: number): OwnerState {
    const row = workVms.find(ownerId)
    if (row === undefined) return 'none'
    if (isBusy(`work-vm:${row.id}`) || isBusy(`exercise:${row.exerciseId}`)) return 'busy'
    return row.state === 'deleted' || row.vmid !== vmid ? 'gone' : 'live'
  }

  function templateState(ownerId: string, vmid: number): OwnerState {
    const row = exercises.findTemplate(ownerId)
    if (row === undefined) return 'none'
    const exerciseId = exercises.findRevision(row.exerciseRevisionId)?.exerciseId
    if (exerciseId !== undefined && isBusy(`exercise:${exerciseId}`)) return 'busy'
    return row.state === 'deleted' || row.vmid !== vmid ? 'gone' : 'live'
  }

  return ({ vmid, purpose, ownerId, state }) => {
    if (purpose === 'probe') return 'none'
    const owner = purpose === 'work' ? workVmState(ownerId, vmid) : templateState(ownerId, vmid)
    // booked out: whatever the row says, it gave this VM up
    return owner === 'live' && (state === 'released' || state === 'leaked') ? 'gone' : owner
  }
}
