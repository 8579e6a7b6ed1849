import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { isAppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import type { Clock } from '../lib/clock.ts'
import type { Translate } from '../strings/index.ts'
import { bridge, type ScreenViewer } from './bridge.ts'
import { closeCodes, type ScreenMessage } from './messages.ts'

/** A page that shows a screen. */
export interface ScreenPage extends ScreenViewer {
  tell(message: ScreenMessage): void
  /** @param reason worded in the reader's language */
  close(code: number, reason: () => string): void
  /** Words sentences in the reader's language. */
  inLanguage<Result>(run: () => Result): Result
}

export interface Opened {
  readonly stream: Duplex
  /** Sent to nobody but this machine. */
  readonly password: string | null
}

export interface SeatOptions {
  readonly actor: Actor
  readonly workVmId: string
  /** The device; null for the work VM itself. */
  readonly device: string | null
  /** As it is called in sentences. */
  readonly name: string
  /** False for whoever looks on: no key of his ever reaches the machine. */
  readonly mayInput: boolean
  readonly page: ScreenPage
  readonly open: (signal: AbortSignal) => Promise<Opened>
  readonly checkedSince: () => number | null
  readonly watchers: () => readonly string[]
  readonly onPassed: () => void
  readonly clock: Clock
  readonly log: Logger
  readonly translate: Translate
}

/** One page at one screen, from the connection to its end. A page that comes back after `lost` sits down anew. */
export function createSeat(options: SeatOptions) {
  const { page, name, mayInput, checkedSince, clock, translate: t } = options
  const end = new AbortController()
  let isOpen = false
  let hear: ((bytes: Buffer) => void) | null = null

  const inputWord = () => {
    if (!mayInput) return 'watch'
    return checkedSince() === null ? 'you' : 'checked'
  }
  const tell = (): void => {
    const since = checkedSince()
    const names = options.watchers()
    const line = isOpen ? 'open' : 'connecting'
    page.tell(
      page.inLanguage(() => ({
        type: 'state',
        line,
        lineText: t(`pages.screens.line.${line}`, { name }),
        takesInput: mayInput && since === null,
        inputText: t(`pages.screens.input.${inputWord()}`),
        checkedForMs: since === null ? null : Math.max(0, clock.now() - since),
        watchersText: names.length === 0 ? null : t('pages.terminals.watchedBy', { names: names.join(', ') }),
      })),
    )
  }
  const close = (code: number, reason: () => string): void => {
    if (end.signal.aborted) return
    end.abort(new Error('the screen is closed'))
    page.close(code, reason)
  }

  async function run(): Promise<void> {
    tell()
    const { stream, password } = await options.open(end.signal)
    end.signal.addEventListener('abort', () => stream.destroy(), { once: true })
    try {
      const open = await bridge({
        ...{ name, stream, password, viewer: page, clock, signal: end.signal },
        mayPass: () => mayInput && checkedSince() === null,
        onPassed: options.onPassed,
      })
      hear = open.hear
      isOpen = true
      tell()
      await open.ended
    } finally {
      stream.destroy()
    }
  }
  const lost = () => t('pages.screens.line.lost', { name })
  const failed = (error: unknown): void => {
    if (end.signal.aborted) return
    if (!isAppError(error)) options.log.warn({ err: error, workVmId: options.workVmId }, 'a screen failed')
    const said = isAppError(error, 'SCREEN_UNREADABLE') ? () => t(`errors.${error.code}`, error.details ?? {}) : lost
    close(closeCodes.lost, said)
  }
  run().then(() => close(closeCodes.lost, lost), failed)

  return {
    actor: options.actor,
    workVmId: options.workVmId,
    device: options.device,
    mayInput,
    tell,
    close,
    /** Bytes of the page. @throws Error for what no page of ours sends */
    hear: (bytes: Buffer): void => hear?.(bytes),
  }
}

export type Seat = ReturnType<typeof createSeat>
