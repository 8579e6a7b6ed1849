import type { Services } from '../services.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { LabState } from './work-vms.views.ts'

type Parts = Pick<Services, 'workVms'>

/** The state as people see it: a VM that nobody asked for yet is no lab yet. */
export function labStateOf({ workVms }: Parts, workVm: WorkVmRow | undefined): LabState {
  if (!workVm) return 'none'
  if (workVm.state === 'requested' && !workVms.liveJob(workVm)) return 'none'
  return workVm.state
}

/** Place in the queue of its node, from 1; null when it does not wait. */
export function queuePositionOf({ workVms }: Parts, workVm: WorkVmRow | undefined): number | null {
  if (workVm?.state !== 'queued') return null
  const waiting = workVms.listQueued().filter((other) => other.pveNode === workVm.pveNode)
  return waiting.findIndex((other) => other.id === workVm.id) + 1 || null
}
