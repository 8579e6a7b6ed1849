import type { Proxmox, Resource, Volume } from '../clients/proxmox/index.ts'
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
  const read = { signal: context.signal, priority: context.priority }
  const seen = await parts.proxmox.resources(undefined, read)
  for (const { vmid, node } of seen) {
    const allocation = vmid === undefined ? undefined : booked.get(vmid)
    if (!allocation || allocation.purpose === 'probe' || node === undefined) continue
    context.line(`VM ${allocation.vmid} was still there`)
    await removeOurs(parts, context, { vmid: allocation.vmid, pveNode: node, purpose: allocation.purpose })
  }
  const storages = new Set([...booked.keys()].flatMap((vmid) => parts.ledger.storagesOf(vmid)))
  for (const { node, storage } of placesOf(seen, storages, context)) {
    const volumes = await parts.proxmox.storageContent(node, storage, {}, read)
    for (const volume of volumes) {
      const isOurs = volume.vmid !== undefined && booked.has(volume.vmid) && parts.ledger.storagesOf(volume.vmid).includes(storage)
      if (isOurs && volume.vmid !== undefined) await free(parts, context, { node, vmid: volume.vmid, volume })
    }
  }
}

/**
 * Where volumes of ours may lie: on every node that has a storage of that name, since VMs move; one that is shared is read once. What
 * does not answer is said, and the hourly comparison comes back to it.
 */
function placesOf(
  seen: readonly Resource[],
  storages: ReadonlySet<string>,
  context: { line(text: string): void },
): { node: string; storage: string }[] {
  const shared = new Set<string>()
  return seen.flatMap(({ type, node, storage, shared: isShared, status }) => {
    if (type !== 'storage' || node === undefined || storage === undefined || !storages.has(storage) || shared.has(storage)) return []
    if (status !== 'available') {
      context.line(`${storage} on ${node} does not answer`)
      return []
    }
    if (isShared) shared.add(storage)
    return [{ node, storage }]
  })
}

/** A VM of somebody else under an id of ours stays, and is shown by the comparison. */
async function removeOurs<Payload, Data extends TaskRecords>(
  parts: SweepParts,
  context: StepContext<Payload, Data>,
  vm: { vmid: number; pveNode: string; purpose: 'template' | 'work' },
): Promise<void> {
  try {
    await destroyVm(parts, context, vm)
  } catch (error) {
    if (!isAppError(error, 'PROXMOX_NOT_OURS')) throw error
    context.line(`VM ${vm.vmid} does not carry our mark and stays`)
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
