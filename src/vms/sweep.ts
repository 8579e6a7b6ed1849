import type { Proxmox, Volume } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { StepContext } from '../jobs/index.ts'
import type { VmLedger } from './ledger.ts'
import { destroyVm, type TaskRecords } from './provision.ts'

interface SweepParts {
  readonly proxmox: Proxmox
  readonly ledger: VmLedger
}

/**
 * Looks once more whether anything is left on Proxmox of these owners (rows of template_vms and work_vms): a clone that came to be after
 * its request was given up, a disk that a delete left behind. What is there is removed; what resists stands among the orphans afterwards.
 */
export async function sweepOwners<Payload, Data extends TaskRecords>(
  parts: SweepParts,
  context: StepContext<Payload, Data>,
  ownerIds: readonly string[],
): Promise<void> {
  const booked = new Map(parts.ledger.listOfOwners(ownerIds).map((allocation) => [allocation.vmid, allocation]))
  const there = await parts.proxmox.resources('vm', { signal: context.signal, priority: context.priority })
  for (const { vmid, node } of there) {
    const allocation = vmid === undefined ? undefined : booked.get(vmid)
    if (!allocation || allocation.purpose === 'probe' || node === undefined) continue
    context.line(`VM ${allocation.vmid} was still there`)
    await destroyVm(parts, context, { vmid: allocation.vmid, pveNode: node, purpose: allocation.purpose })
  }
  const places = new Map<string, { node: string; storage: string }>()
  for (const { vmid, pveNode } of booked.values()) {
    for (const storage of parts.ledger.storagesOf(vmid))
      if (pveNode !== null) places.set(`${pveNode} ${storage}`, { node: pveNode, storage })
  }
  for (const { node, storage } of places.values()) {
    const volumes = await parts.proxmox.storageContent(node, storage, {}, { signal: context.signal, priority: context.priority })
    for (const volume of volumes) {
      if (volume.vmid !== undefined && booked.has(volume.vmid)) await free(parts, context, { node, vmid: volume.vmid, volume })
    }
  }
}

async function free<Payload, Data>(
  { proxmox, ledger }: SweepParts,
  context: StepContext<Payload, Data>,
  { node, vmid, volume }: { readonly node: string; readonly vmid: number; readonly volume: Volume },
): Promise<void> {
  try {
    await proxmox.freeVolume({ node, volid: volume.volid, vmid, signal: context.signal, priority: context.priority })
    context.line(`freed ${volume.volid}, which was left behind`)
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isAppError(error)) throw error
    context.line(`could not free ${volume.volid}: ${error.code}`)
    ledger.noteReleased(vmid, { volumes: [{ ...volume, node }], reason: error.message })
  }
}
