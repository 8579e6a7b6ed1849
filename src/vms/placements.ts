import type { AppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Considered } from './placement.ts'
import type { PlacementRow, PlacementsRepository } from './placements.repository.ts'

/** Decisions are kept for so long. */
const keptMs = 90 * 24 * 3_600_000

export interface NewPlacement {
  readonly kind: PlacementRow['kind']
  readonly vmid: number
  readonly fromNode?: string
  readonly toNode: string
  readonly considered: readonly Considered[]
  readonly createdBy?: string | null
}

/** What was decided about where VMs are, and what came of it. */
export function createPlacements({ repository, clock }: { repository: PlacementsRepository; clock: Clock }) {
  return {
    /** Call it in the transaction that books the VM or enqueues its move. @returns the decision's id */
    note(placement: NewPlacement): string {
      const id = newId()
      repository.insert({ id, state: 'decided', createdAt: isoNow(clock), ...placement, considered: [...placement.considered] })
      return id
    },
    noteDone: (id: string) => repository.update(id, { state: 'done', endedAt: isoNow(clock), errorCode: null, errorDetails: null }),
    noteFailed: (id: string, { code, details }: AppError) =>
      repository.update(id, { state: 'failed', endedAt: isoNow(clock), errorCode: code, errorDetails: details }),
    find: repository.find,
    listLatest: repository.listLatest,
    listMovesSince: repository.listMovesSince,
    forget: () => repository.deleteBefore(new Date(clock.now() - keptMs).toISOString()),
  }
}

export type Placements = ReturnType<typeof createPlacements>
