import type { Proxmox } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { VmsRepository } from './vms.repository.ts'

export interface FreeOrphansParts {
  readonly repository: Pick<VmsRepository, 'listOpenOrphans' | 'updateOrphan'>
  readonly proxmox: Pick<Proxmox, 'freeVolume'>
  readonly clock: Clock
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

/**
 * Tries again to free what a delete left behind. The gateway refuses every volume that any configuration still names, so nothing of
 * somebody else's is touched; what resists stays open, counted and shown.
 * @returns how many are settled now
 */
export function createOrphanCollector({ repository, proxmox, clock, log }: FreeOrphansParts) {
  return async (signal: AbortSignal): Promise<number> => {
    let settled = 0
    for (const orphan of repository.listOpenOrphans()) {
      if (orphan.volid === null) continue
      try {
        const wasThere = await proxmox.freeVolume({
          node: orphan.pveNode,
          volid: orphan.volid,
          vmid: orphan.vmid,
          signal,
          priority: 'batch',
        })
        repository.updateOrphan(orphan.id, { state: wasThere ? 'freed' : 'gone', resolvedAt: isoNow(clock), tries: orphan.tries + 1 })
        log.info({ volid: orphan.volid, wasThere }, 'a volume that was left behind is gone')
        settled += 1
      } catch (error) {
        signal.throwIfAborted()
        if (!isAppError(error)) throw error
        repository.updateOrphan(orphan.id, { tries: orphan.tries + 1, lastError: error.message })
        log.warn({ err: error, volid: orphan.volid, tries: orphan.tries + 1 }, 'a volume that was left behind resists')
      }
    }
    return settled
  }
}
