import type { Gns3 } from '../clients/gns3/index.ts'
import type { LabTarget } from '../lab-guard/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { LabLink } from '../vms/index.ts'

/** How long a GNS3 that showed its marker is believed. */
const believedMs = 30_000
/** One that nobody asked anything for so long is let go of. */
const idleMs = 300_000
const sweepMs = 60_000

interface Kept {
  readonly gns3: Gns3
  readonly startedAs: string
  shownAt: number
  usedAt: number
  showing: Promise<void> | null
}

/**
 * A client per running lab: a web UI asks dozens of things at once, and 3.x wants a sign-in (a third of a second) for each client. The
 * marker is asked for again and again: an address may change hands.
 */
export function createGns3Clients({
  labLink,
  clock,
}: {
  readonly labLink: Pick<LabLink, 'connectGns3' | 'checkMarker'>
  readonly clock: Clock
}) {
  const kept = new Map<string, Kept>()

  const letGo = (workVmId: string, one: Kept): void => {
    if (kept.get(workVmId) === one) kept.delete(workVmId)
    void one.gns3.close()
  }
  const clientOf = ({ workVm, startedAs, endpoint }: LabTarget): Kept => {
    const known = kept.get(workVm.id)
    if (known?.startedAs === startedAs) return known
    if (known) letGo(workVm.id, known)
    const fresh = { gns3: labLink.connectGns3(endpoint), startedAs, shownAt: Number.NEGATIVE_INFINITY, usedAt: clock.now(), showing: null }
    kept.set(workVm.id, fresh)
    return fresh
  }
  const timer = setInterval(() => {
    for (const [workVmId, one] of kept) if (clock.now() - one.usedAt > idleMs) letGo(workVmId, one)
  }, sweepMs)
  timer.unref()

  return {
    /** @throws AppError GNS3_* */
    async use(target: LabTarget): Promise<Gns3> {
      const one = clientOf(target)
      one.usedAt = clock.now()
      if (clock.now() - one.shownAt < believedMs) return one.gns3
      one.showing ??= labLink
        .checkMarker(one.gns3, target.projectId, target.marker, false, AbortSignal.timeout(10_000))
        .then(() => {
          one.shownAt = clock.now()
        })
        .finally(() => {
          one.showing = null
        })
      await one.showing
      return one.gns3
    },
    close: async (): Promise<void> => {
      clearInterval(timer)
      await Promise.all([...kept.values()].map(({ gns3 }) => gns3.close()))
      kept.clear()
    },
  }
}

export type Gns3Clients = ReturnType<typeof createGns3Clients>
