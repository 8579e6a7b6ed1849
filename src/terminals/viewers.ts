import type { TerminalScreen } from '../clients/console/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { ServerMessage } from './messages.ts'

/** One page that shows a terminal. */
export interface Viewer {
  readonly userId: string
  readonly name: string
  /** False for whoever looks on: nothing of it ever reaches the device. */
  readonly mayType: boolean
  tell(message: ServerMessage): void
  /** Output, as it came from the device. */
  show(text: string): void
  /** What the browser has not taken yet. */
  readonly unsentBytes: number
  /** @param reason worded in the reader's language */
  close(code: number, reason: () => string): void
  /** Words sentences in the reader's language: what is told to all begins in the request of one. */
  inLanguage<Result>(run: () => Result): Result
}

/** A browser that is so far behind makes the device wait, for a moment. */
const highBytes = 512 * 1024
const lowBytes = 64 * 1024
const patienceMs = 2_000
const lookEveryMs = 25

/**
 * Who sees a terminal. A slow browser is waited for, so that nothing is left out; one that takes nothing at all must not hold up the
 * others: it gets a new picture when it is back.
 */
export function createViewers(screen: TerminalScreen, clock: Clock) {
  const viewers = new Set<Viewer>()
  const behind = new Set<Viewer>()

  const showPicture = (viewer: Viewer) => {
    viewer.tell({ type: 'screen', columns: screen.size.columns, rows: screen.size.rows })
    viewer.show(screen.snapshot())
  }
  async function catchUp(viewer: Viewer): Promise<void> {
    behind.add(viewer)
    while (viewers.has(viewer) && viewer.unsentBytes > lowBytes) await clock.sleep(lookEveryMs * 4)
    behind.delete(viewer)
    if (viewers.has(viewer)) showPicture(viewer)
  }
  const slow = () => [...viewers].filter((viewer) => !behind.has(viewer) && viewer.unsentBytes > highBytes)

  return {
    all: (): readonly Viewer[] => [...viewers],
    has: (viewer: Viewer) => viewers.has(viewer),
    get count() {
      return viewers.size
    },
    add: (viewer: Viewer) => {
      viewers.add(viewer)
      showPicture(viewer)
    },
    remove: (viewer: Viewer) => viewers.delete(viewer),
    /** A new picture for everybody: the size changed. */
    repaint: () => {
      for (const viewer of viewers) if (!behind.has(viewer)) showPicture(viewer)
    },
    show: (text: string) => {
      for (const viewer of viewers) if (!behind.has(viewer)) viewer.show(text)
    },
    /** Until every browser has taken most of what was sent. */
    async drained(): Promise<void> {
      const until = clock.now() + patienceMs
      while (slow().length > 0 && clock.now() < until) await clock.sleep(lookEveryMs)
      for (const viewer of slow()) void catchUp(viewer)
    },
  }
}

export type Viewers = ReturnType<typeof createViewers>
