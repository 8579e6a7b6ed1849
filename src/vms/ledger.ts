import type { LeftVolume } from '../clients/proxmox/index.ts'
import { AppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { VmsRepository } from './vms.repository.ts'

export interface LedgerOptions {
  readonly repository: VmsRepository
  readonly clock: Clock
  /** PROXMOX_VMID_MIN..MAX, both ends included. */
  readonly range: { readonly from: number; readonly to: number }
}

/**
 * Every VM id we ever used. We choose ids ourselves (Proxmox's `nextid` reserves nothing, and two callers get the same); an id is the
 * idempotency key of its clone and is never used again: rights, backups and left-over volumes of the old VM would stick to the new one.
 */
export function createVmLedger({ repository, clock, range }: LedgerOptions) {
  const installationId = repository.inTransaction(() => {
    const known = repository.findInstallationId()
    if (known !== undefined) return known
    const id = newId()
    repository.insertInstallation({ id, createdAt: isoNow(clock) })
    return id
  })

  return {
    installationId,

    /** What the description of our VM holds: ours is only a VM with this mark, in our range, in this ledger. */
    markOf: (vmid: number, purpose: 'template' | 'work' | 'probe') => `netpraxis:${installationId}:${vmid}:${purpose}`,

    /**
     * Takes the next id for the owner; call it in the transaction that stores the id. The same owner gets a new id each time.
     * @param taken ids that Proxmox has, whoever made them
     * @throws AppError VMID_RANGE_FULL
     */
    reserve(request: { purpose: 'template' | 'work' | 'probe'; ownerId: string; pveNode: string; taken: ReadonlySet<number> }): number {
      const used = new Set(repository.listVmids(range.from, range.to))
      for (let vmid = range.from; vmid <= range.to; vmid += 1) {
        if (used.has(vmid) || request.taken.has(vmid)) continue
        repository.insert({
          vmid,
          purpose: request.purpose,
          ownerId: request.ownerId,
          pveNode: request.pveNode,
          state: 'reserved',
          createdAt: isoNow(clock),
        })
        return vmid
      }
      throw new AppError('VMID_RANGE_FULL', { details: { from: range.from, to: range.to } })
    },

    /** Storages on which the id has, or may have, volumes of ours. */
    noteStorages: (vmid: number, storages: readonly string[]) => repository.update(vmid, { storage: storages.join(',') }),
    storagesOf: (vmid: number): readonly string[] => (repository.find(vmid)?.storage ?? '').split(',').filter((storage) => storage !== ''),

    noteExists: (vmid: number, pveNode: string) => repository.update(vmid, { state: 'exists', pveNode }),

    /** The VM and its volumes are gone, or what is left stands among the orphans. */
    noteReleased(vmid: number, left: { volumes: readonly LeftVolume[]; reason: string }): void {
      repository.inTransaction(() => {
        repository.update(vmid, { state: left.volumes.length > 0 ? 'leaked' : 'released', releasedAt: isoNow(clock) })
        for (const volume of left.volumes) {
          repository.upsertOrphan({
            id: newId(),
            kind: 'volume',
            pveNode: volume.node,
            storage: volume.volid.split(':')[0] ?? null,
            volid: volume.volid,
            vmid,
            state: 'open',
            lastError: left.reason,
            createdAt: isoNow(clock),
          })
        }
      })
    },

    find: repository.find,
    /** Every id that these rows ever had. */
    listOfOwners: repository.listByOwners,
    listOpenOrphans: repository.listOpenOrphans,
  }
}

export type VmLedger = ReturnType<typeof createVmLedger>
