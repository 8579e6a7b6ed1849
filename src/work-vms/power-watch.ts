import type { Proxmox, Resource } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { JobLog } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import type { VmLedger } from '../vms/index.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface PowerWatchParts {
  readonly workVms: WorkVmsService
  readonly exercises: Pick<ExercisesService, 'listReadyTemplates' | 'noteTemplateNode'>
  readonly ledger: Pick<VmLedger, 'noteExists'>
  readonly proxmox: Pick<Proxmox, 'resources' | 'findVm' | 'vmStatus'>
  readonly log: JobLog
}

/** Those that have a VM nobody is making or removing. */
const standing = ['stopped', 'queued', 'ready', 'suspended', 'hibernated', 'failed', 'binned'] as const

/**
 * Labs that were switched off behind our back (the host restarted, somebody pressed Stop in Proxmox, the guest shut down): their rows
 * say so again, and their students can start them. Labs and templates that Proxmox moved to another node are followed there. One cheap
 * list tells who may be meant; whether a lab is off, it is then asked itself: the list lags.
 * @returns how many labs were found switched off
 */
export function createPowerWatch({ workVms, exercises, ledger, proxmox, log }: PowerWatchParts) {
  const isWatched = (workVm: WorkVmRow) => workVm.frozenFor === null && !workVms.liveJob(workVm)

  /** Where a VM is, is read from its configuration's place and does not lag. */
  function follow(listed: ReadonlyMap<number, Resource>): void {
    for (const workVm of workVms.listInStates(standing)) {
      const node = workVm.vmid === null ? undefined : listed.get(workVm.vmid)?.node
      if (workVm.vmid === null || node === undefined || node === workVm.pveNode || workVms.liveJob(workVm)) continue
      log.info({ workVmId: workVm.id, vmid: workVm.vmid, from: workVm.pveNode, to: node }, 'a lab was moved to another node')
      workVms.update(workVm.id, { pveNode: node })
      ledger.noteExists(workVm.vmid, node)
    }
    for (const { id, vmid, pveNode } of exercises.listReadyTemplates()) {
      const node = listed.get(vmid)?.node
      if (node === undefined || node === pveNode) continue
      log.info({ vmid, from: pveNode, to: node }, 'a template was moved to another node')
      exercises.noteTemplateNode(id, node)
    }
  }

  async function check(workVm: WorkVmRow & { vmid: number }): Promise<boolean> {
    const found = await proxmox.findVm(workVm.vmid, { priority: 'batch' })
    const status = found && (await proxmox.vmStatus(found.node, workVm.vmid, { priority: 'batch' }))
    return workVms.inTransaction(() => {
      const now = workVms.get(workVm.id)
      if (status?.status === 'running' || now.state !== workVm.state || !isWatched(now)) return false
      log.warn({ workVmId: workVm.id, vmid: workVm.vmid, found: status?.status ?? 'missing' }, 'a lab was switched off from outside')
      if (status) workVms.update(workVm.id, { state: 'stopped', endpoint: null, startedAt: null })
      else workVms.noteFailed(workVm.id, 'PROXMOX_NOT_FOUND', { reason: say('details.proxmox.vm', { vmid: workVm.vmid }) })
      return true
    })
  }

  /** A lab on a node that does not answer keeps no other from being looked at, and is not said to be off. */
  async function isOff(workVm: WorkVmRow & { vmid: number }): Promise<boolean> {
    try {
      return await check(workVm)
    } catch (error) {
      if (!isAppError(error)) throw error
      log.warn({ err: error, vmid: workVm.vmid }, 'the power of a lab could not be looked up')
      return false
    }
  }

  return async (): Promise<number> => {
    let changed = 0
    try {
      const all = await proxmox.resources('vm', { priority: 'batch' })
      const listed = new Map(all.flatMap((vm) => (vm.vmid === undefined ? [] : [[vm.vmid, vm] as const])))
      follow(listed)
      for (const workVm of workVms.listInStates(['ready', 'suspended']).filter(isWatched)) {
        const { vmid } = workVm
        // `unknown`: of a node that is lost, or younger than the list
        if (vmid === null || ['running', 'unknown'].includes(listed.get(vmid)?.status ?? '')) continue
        if (await isOff({ ...workVm, vmid })) changed += 1
      }
    } catch (error) {
      // Proxmox that does not answer says nothing about the labs
      if (!isAppError(error)) throw error
      log.warn({ err: error }, 'the power of the labs could not be looked up')
    }
    return changed
  }
}
