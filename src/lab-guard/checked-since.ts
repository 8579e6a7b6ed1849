import type { Clock } from '../lib/clock.ts'
import type { WorkVmsService } from '../work-vms/index.ts'

export interface CheckedSinceOptions {
  readonly workVms: Pick<WorkVmsService, 'lookUp'>
  /** When the submission was accepted for which a lab is frozen (milliseconds since the epoch); null where there is none. */
  readonly acceptedAt: (frozenFor: string) => number | null
  readonly clock: Clock
}

/** Since when a lab is being checked (milliseconds since the epoch); null when it is not. */
export type CheckedSince = (workVmId: string) => number | null

/** From the row: what is being checked now was frozen before any page hears of it. */
export function createCheckedSince({ workVms, acceptedAt, clock }: CheckedSinceOptions): CheckedSince {
  const seen = new Map<string, number>()
  return (workVmId) => {
    const frozenFor = workVms.lookUp(workVmId)?.frozenFor ?? null
    if (frozenFor === null) {
      seen.delete(workVmId)
      return null
    }
    const since = seen.get(workVmId) ?? acceptedAt(frozenFor) ?? clock.now()
    seen.set(workVmId, since)
    return since
  }
}
