import type { Proxmox, VmFirewall, VmRef } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { JobLog } from '../jobs/index.ts'
import { reachableSource, withOwnAddresses } from '../vms/index.ts'
import { poweredStates, type WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface DirectAccessParts {
  readonly workVms: Pick<WorkVmsService, 'get' | 'update' | 'listInStates' | 'liveJob'>
  readonly exercises: Pick<ExercisesService, 'getRevision'>
  readonly proxmox: Pick<Proxmox, 'readFirewall' | 'writeFirewall'>
  readonly firewallOf: (network: Exercise['network'], direct: string | null) => VmFirewall
  /** Addresses of this server: behind a proxy nobody believes, everybody seems to come from one of them. */
  readonly serverAddresses: readonly string[]
  /** In exams a lab is reached through our pages alone. */
  readonly isInExam: (userId: string) => boolean
  readonly log: JobLog
}

interface Write {
  readonly vm: VmRef
  /** Who started it, from where; null takes the access away. */
  readonly from: string | null
  readonly signal: AbortSignal
  readonly priority: 'interactive' | 'repair' | 'batch'
}

/**
 * Access to a lab from its student's own computer, without our pages: one rule in the firewall of its VM, for the address that the lab was
 * started from, where the exercise says `direct`. The row names the address from before the rule is written until after it is gone.
 */
export function createDirectAccess(parts: DirectAccessParts) {
  const { workVms, exercises, proxmox, firewallOf, isInExam, log } = parts

  const definitionOf = (workVm: WorkVmRow) => exercises.getRevision(workVm.exerciseRevisionId).definition
  const isOffered = (workVm: WorkVmRow): boolean => definitionOf(workVm).direct === true && !isInExam(workVm.userId)

  /** The address that would be let in for somebody who calls from there; null for none. */
  const sourceOf = (workVm: WorkVmRow, from: string | null): string | null =>
    from === null || !isOffered(workVm) ? null : reachableSource(from, parts.serverAddresses)

  /**
   * Makes the rule on the VM as it should be now: for this address and no other, or gone. Nothing is asked of Proxmox where there is none
   * and was none.
   * @throws AppError PROXMOX_* when the firewall cannot be read or written
   */
  async function settle(id: string, { vm, from, signal, priority }: Write): Promise<string | null> {
    const workVm = workVms.get(id)
    const source = sourceOf(workVm, from)
    if (source === null && workVm.directAddress === null) return null
    if (source !== null) workVms.update(id, { directAddress: source })
    const wanted = firewallOf(definitionOf(workVm).network, source)
    const found = await proxmox.readFirewall(vm.node, vm.vmid, { signal, priority })
    await proxmox.writeFirewall({ ...vm, firewall: withOwnAddresses(wanted, found), signal, priority })
    if (source === null) workVms.update(id, { directAddress: null })
    return source
  }

  return {
    isOffered,
    sourceOf,
    settle,

    /**
     * Called every minute: whose exam has begun loses the access he has. Connections that are open already live on until the lab is
     * started anew (Proxmox lets pass what is established).
     */
    async sweep(signal: AbortSignal): Promise<void> {
      const open = workVms.listInStates(poweredStates).filter((workVm) => workVm.directAddress !== null && isInExam(workVm.userId))
      for (const workVm of open) {
        const { id, vmid, pveNode } = workVm
        if (vmid === null || pveNode === null || workVms.liveJob(workVm)) continue
        try {
          await settle(id, { vm: { node: pveNode, vmid }, from: null, signal, priority: 'batch' })
        } catch (error) {
          signal.throwIfAborted()
          if (!isAppError(error)) throw error
          log.warn({ err: error, vmid }, 'direct access to a lab could not be taken away for an exam')
        }
      }
    },
  }
}

export type DirectAccess = ReturnType<typeof createDirectAccess>
