import type { Actor } from '../http/access.ts'
import type { Clock } from '../lib/clock.ts'
import type { Audit } from '../users/index.ts'
import type { WorkVmRow } from '../work-vms/index.ts'

/** As long as one look at a class lasts; after a restart the reason is asked again. */
const lastsMs = 2 * 3_600_000
const maxGrants = 5_000

export interface WatchGrantsOptions {
  readonly audit: Audit
  readonly clock: Clock
  /** As the audit log calls it. */
  readonly action: 'work-vm.watch' | 'work-vm.console'
}

/** Staff that said why it looks at somebody's terminals, for this session and this lab. Kept in memory; the audit log keeps the reason. */
export function createWatchGrants({ audit, clock, action }: WatchGrantsOptions) {
  const grants = new Map<string, { reason: string; until: number }>()
  const keyOf = (actor: Actor, workVmId: string) => `${actor.session.id} ${workVmId}`

  return {
    find: (actor: Actor, workVmId: string): { readonly reason: string } | null => {
      const grant = grants.get(keyOf(actor, workVmId))
      return grant && grant.until > clock.now() ? grant : null
    },
    grant: (actor: Actor, workVm: WorkVmRow, reason: string, address: string): void => {
      const [oldest] = grants.keys()
      if (grants.size >= maxGrants && oldest !== undefined) grants.delete(oldest)
      grants.set(keyOf(actor, workVm.id), { reason, until: clock.now() + lastsMs })
      audit.record({
        ...{ actorId: actor.id, onBehalfOf: workVm.userId, action, objectType: 'work-vm', objectId: workVm.id },
        ...{ details: { reason }, address },
      })
    },
    end: (actor: Actor, workVmId: string): void => {
      grants.delete(keyOf(actor, workVmId))
    },
  }
}

export type WatchGrants = ReturnType<typeof createWatchGrants>
