import type { Gns3 } from '../clients/gns3/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { Endpoint, LabLink } from '../vms/index.ts'
import type { WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import type { WatchGrants } from './watch-grants.ts'

export interface LabGuardOptions {
  readonly workVms: Pick<WorkVmsService, 'lookUp' | 'find'>
  readonly exercises: Pick<ExercisesService, 'findTemplate' | 'getRevision'>
  readonly labLink: Pick<LabLink, 'withGns3' | 'checkMarker'>
  readonly watchGrants: Pick<WatchGrants, 'find'>
  /** Whether what somebody came with still holds. */
  readonly isOpen: (actor: Actor) => boolean
}

/** A lab that runs: all that is ever connected to, from our own rows. */
export interface LabTarget {
  readonly workVm: WorkVmRow
  /** The address that was checked when the lab started. */
  readonly endpoint: Endpoint
  readonly projectId: string
  readonly marker: string
  /** Another start of the same lab is another target. */
  readonly startedAs: string
}

/** What somebody may do with a running lab: its owner works in it; staff that said why looks on. */
export type LabRight = 'work' | 'look'

/** What stands open to a lab, for whom, and what for. */
export interface LabStay {
  readonly actor: Actor
  readonly workVmId: string
  readonly startedAs: string
  /** What it was opened for: who may only look any more loses what he worked with. */
  readonly right: LabRight
}

/**
 * The one place that decides whether, and where, anything goes to a lab's VM for a person: only to a lab of our own rows that is ready, at
 * its checked address, once the GNS3 behind it has shown the lab's marker; only for its owner, or for staff of its course with a reason.
 */
export function createLabGuard({ workVms, exercises, labLink, watchGrants, isOpen }: LabGuardOptions) {
  const startOf = ({ readyAt, endpoint }: WorkVmRow): string => `${readyAt} ${endpoint?.host} ${endpoint?.port}`

  /** null while the lab is not ready. */
  function targetOf(workVmId: string): LabTarget | null {
    const workVm = workVms.lookUp(workVmId)
    if (workVm?.state !== 'ready' || !workVm.endpoint || workVm.marker === null || workVm.templateVmId === null) return null
    const projectId = exercises.findTemplate(workVm.templateVmId)?.gns3ProjectId
    if (!projectId) return null
    return { workVm, endpoint: workVm.endpoint, projectId, marker: workVm.marker, startedAs: startOf(workVm) }
  }

  /** null for whom the lab does not exist, whose session has ended, and for staff that has not said why. */
  function rightOf(actor: Actor, workVmId: string): LabRight | null {
    if (!isOpen(actor)) return null
    try {
      if (workVms.find(actor, workVmId).userId === actor.id) return 'work'
      return watchGrants.find(actor, workVmId) === null ? null : 'look'
    } catch {
      return null // not found any more: removed from the course
    }
  }

  return {
    targetOf,
    rightOf,

    /** Why what was opened to a lab has to end: the lab is off or was started again, or who opened it may not any more. */
    whyOver: ({ actor, workVmId, startedAs, right }: LabStay): 'lab' | 'session' | null => {
      if (targetOf(workVmId)?.startedAs !== startedAs) return 'lab'
      return rightOf(actor, workVmId) === right ? null : 'session'
    },

    startOf,

    /** Asked of the row before each thing that goes to a device: the lab is being checked, and left alone. */
    isFrozen: (workVmId: string): boolean => (workVms.lookUp(workVmId)?.frozenFor ?? null) !== null,

    /** Whether its student may change the cabling. */
    isFree: ({ workVm }: LabTarget): boolean => exercises.getRevision(workVm.exerciseRevisionId).definition.topology === 'free',

    /** Runs `work` with the GNS3 of a lab that has shown its marker. @throws AppError GNS3_* */
    withLab: <T>({ endpoint, projectId, marker }: LabTarget, signal: AbortSignal, work: (gns3: Gns3) => Promise<T>): Promise<T> =>
      labLink.withGns3(endpoint, signal, async (gns3) => {
        await labLink.checkMarker(gns3, projectId, marker, false, signal)
        return work(gns3)
      }),
  }
}

export type LabGuard = ReturnType<typeof createLabGuard>
