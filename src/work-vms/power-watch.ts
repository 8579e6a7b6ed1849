import type { Proxmox } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { JobLog } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface PowerWatchParts {
  readonly workVms: WorkVmsService
  readonly proxmox: Pick<Proxmox, 'resources' | 'findVm' | 'vmStatus'>
  readonly log: JobLog
}

/**
 * Labs that were switched off behind our back (the host restarted, somebody pressed Stop in Proxmox, the guest shut down): their rows
 * say so again, and their students can start them. One cheap list tells who may be meant, each is then asked itself: the list lags.
 * @returns how many rows were changed
 */
export function createPowerWatch({ workVms, proxmox, log }: PowerWatchParts) {
  const isWatched = (workVm: WorkVmRow) => workVm.frozenFor === null && !workVms.liveJob(workVm)

  async function check(workVm: WorkVmRow & { vmid: number }): Promise<boolean> {
    const found = await proxmox.findVm(workVm.vmid, { priority: 'batch' })
    const status = found && (await proxmox.vmStatus(found.node, workVm.vmid, { priority: 'batch' }))
    return workVms.inTransaction(() => {
      const now = workVms.get(workVm.id)
      if (found && found.node !== now.pveNode) workVms.update(workVm.id, { pveNode: found.node })
      if (status?.status === 'running' || now.state !== workVm.state || !isWatched(now)) return false
      log.warn({ workVmId: workVm.id, vmid: workVm.vmid, found: status?.status ?? 'missing' }, 'a lab was switched off from outside')
      if (status) workVms.update(workVm.id, { state: 'stopped', endpoint: null, startedAt: null })
      else workVms.noteFailed(workVm.id, 'PROXMOX_NOT_FOUND', { reason: say('details.proxmox.vm', { vmid: workVm.vmid }) })
      return true
    })
  }

  return async (): Promise<number> => {
    const powered = workVms.listInStates(['ready', 'suspended']).filter(isWatched)
    if (powered.length === 0) return 0
    let changed = 0
    try {
      const running = new Set(
        (await proxmox.resources('vm', { priority: 'batch' })).flatMap((vm) => (vm.status === 'running' ? [vm.vmid] : [])),
      )
      for (const workVm of powered) {
        const { vmid } = workVm
        if (vmid === null || running.has(vmid)) continue
        if (await check({ ...workVm, vmid })) changed += 1
      }
    } catch (error) {
      // Proxmox that does not answer says nothing about the labs
      if (!isAppError(error)) throw error
      log.warn({ err: error }, 'the power of the labs could not be looked up')
    }
    return changed
  }
}
