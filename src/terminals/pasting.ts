import type { Logger } from 'pino'
import type { PlatformDefinition } from '../clients/console/index.ts'
import type { Clock } from '../lib/clock.ts'
import { pasteLimits } from './messages.ts'
import { enterLines, type PasteConsole, splitPaste } from './paste.ts'
import type { TerminalState } from './terminal-state.ts'
import type { Viewer } from './viewers.ts'

export interface PastingOptions {
  readonly console: PasteConsole
  readonly state: TerminalState
  readonly platform: PlatformDefinition | null
  readonly clock: Clock
  readonly log: Logger
}

/** Why a paste ended before its last line. */
export type PasteEnd = 'cancelled' | 'checked' | 'lost'

interface Running {
  readonly viewer: Viewer
  readonly total: number
  readonly abort: AbortController
  sent: number
  isPushed: boolean
}

/** At most one paste at a time; everybody sees how far it is, and whoever pasted is told how it ended. */
export function createPasting({ console, state, platform, clock, log }: PastingOptions) {
  let running: Running | null = null

  const show = ({ sent, total }: Running) => state.setPaste({ sent, total })

  async function run(current: Running, text: NonNullable<ReturnType<typeof splitPaste>>): Promise<void> {
    try {
      await enterLines(text, {
        ...{ console, platform, clock, signal: current.abort.signal },
        onSent: (sent) => {
          current.sent = sent
          show(current)
        },
        isPushed: () => {
          const { isPushed } = current
          current.isPushed = false
          return isPushed
        },
      })
      state.notify(current.viewer, 'pasted', { count: current.total, total: current.total })
    } catch (error) {
      const { sent, total, abort } = current
      if (!abort.signal.aborted) log.error({ err: error }, 'a paste failed')
      const why: PasteEnd = abort.signal.aborted ? abort.signal.reason : 'lost'
      // the line that was being waited for has been sent
      state.notify(current.viewer, `pasteEnded.${why}`, { sent: Math.min(sent + 1, total), total })
    } finally {
      running = null
      state.setPaste(null)
    }
  }

  return {
    get isRunning() {
      return running !== null
    },
    start: (raw: string, viewer: Viewer): void => {
      const text = splitPaste(raw)
      if (text === null) state.notify(viewer, 'pasteTooLong', { characters: pasteLimits.characters, lines: pasteLimits.lines })
      if (text?.lines.length === 0) console.write(text.open)
      if (!text || text.lines.length === 0) return
      running = { viewer, total: text.lines.length, abort: new AbortController(), sent: 0, isPushed: false }
      void run(running, text)
    },
    /** The next line at once. */
    push: (): void => {
      if (!running) return
      running.isPushed = true
      console.bell.ring()
    },
    stop: (why: PasteEnd): void => {
      if (!running) return
      running.abort.abort(why)
      console.bell.ring()
    },
  }
}
