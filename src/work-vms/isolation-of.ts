import type { VmFirewall } from '../clients/proxmox/index.ts'
import type { Exercise } from '../evaluation/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Isolation, IsolationCheck } from '../vms/index.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

interface Parts {
  readonly exercises: Pick<ExercisesService, 'getRevision'>
  readonly check: Pick<IsolationCheck, 'stateOf'>
  readonly firewallOf: (network: Exercise['network'], direct: string | null) => VmFirewall
}

/** Whether a lab that runs is isolated as the revision asks that it was made from; null while it does not run, or nobody has looked yet. */
export function isolationOf({ exercises, check, firewallOf }: Parts, workVm: WorkVmRow): Isolation | null {
  const { vmid, pveNode, endpoint, state, directAddress: direct } = workVm
  if (state !== 'ready' || vmid === null || pveNode === null || !endpoint) return null
  const { network } = exercises.getRevision(workVm.exerciseRevisionId).definition
  return check.stateOf({ vmid, pveNode, endpoint, wanted: firewallOf(network, direct), direct })
}
