import { AppError, isAppError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'

/** What a page shows of a list that comes from Proxmox: never waited for, and so maybe that of before. */
export interface BaseTemplatesSeen<Item> {
  readonly items: readonly Item[]
  /** When they were listed; null when they never were. */
  readonly listedAt: number | null
  /** Proxmox has not answered now. */
  readonly isOld: boolean
  /** Why not; null while it has only not answered yet. */
  readonly fault: AppError | null
}

/** A page is given at once; this is not felt. */
const patienceMs = 250

/**
 * The list of base templates for pages: Proxmox is asked each time, one question at a time, and waited for a moment only. What comes later
 * is there at the next look.
 */
export function lookAtBaseTemplates<Item>(list: () => Promise<readonly Item[]>, clock: Clock): () => Promise<BaseTemplatesSeen<Item>> {
  let known: { readonly items: readonly Item[]; readonly at: number } | null = null
  let asking: Promise<AppError | null> | null = null

  /** @returns why it could not be listed */
  async function ask(): Promise<AppError | null> {
    try {
      known = { items: await list(), at: clock.now() }
      return null
    } catch (error) {
      // nobody may be waiting any more for a rejection
      return isAppError(error) ? error : new AppError('INTERNAL', { cause: error })
    } finally {
      asking = null
    }
  }

  return async () => {
    asking ??= ask()
    const enough = new AbortController()
    const late = clock.sleep(patienceMs, enough.signal).then(
      () => 'late' as const,
      () => 'late' as const,
    )
    const outcome = await Promise.race([asking, late]).finally(() => enough.abort())
    return {
      items: known?.items ?? [],
      listedAt: known?.at ?? null,
      isOld: outcome !== null,
      fault: outcome === 'late' ? null : outcome,
    }
  }
}
