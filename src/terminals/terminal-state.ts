import type { Clock } from '../lib/clock.ts'
import type { Translate } from '../strings/index.ts'
import type { TerminalStateMessage } from './messages.ts'
import type { Viewer, Viewers } from './viewers.ts'

export interface StateOptions {
  readonly viewers: Viewers
  readonly clock: Clock
  readonly translate: Translate
  readonly checkedSince: () => number | null
  readonly device: string
}

/** The same refusal is not said again before: somebody leans on a key. */
const sayAgainMs = 1_500

/** Who types, and what everybody is told about the line; told again to all whenever it changes. */
export function createState({ viewers, clock, translate: t, checkedSince, device }: StateOptions) {
  let line: TerminalStateMessage['line'] = 'waiting'
  let paste: { readonly sent: number; readonly total: number } | null = null
  let writer: Viewer | null = null
  const refused = new WeakMap<Viewer, { reason: string; at: number }>()

  const typingOf = (viewer: Viewer): TerminalStateMessage['typing'] => {
    if (!viewer.mayType) return 'watch'
    if (writer === viewer) return 'you'
    return writer === null ? 'nobody' : 'other'
  }
  const watchers = () => [...new Set(viewers.all().flatMap((viewer) => (viewer.mayType ? [] : [viewer.name])))].join(', ')

  const wordFor = (viewer: Viewer): TerminalStateMessage => {
    const since = checkedSince()
    const typing = typingOf(viewer)
    const names = watchers()
    return {
      type: 'state',
      line,
      lineText: t(`pages.terminals.line.${line}`, { device }),
      typing,
      typingText: t(`pages.terminals.typing.${typing}`, { name: writer?.name ?? '' }),
      checkedForMs: since === null ? null : Math.max(0, clock.now() - since),
      paste: paste && { ...paste, text: t('pages.terminals.pasting', { sent: Math.min(paste.sent + 1, paste.total), total: paste.total }) },
      watchersText: names === '' ? null : t('pages.terminals.watchedBy', { names }),
    }
  }
  const tell = () => {
    for (const viewer of viewers.all()) viewer.tell(viewer.inLanguage(() => wordFor(viewer)))
  }
  const notify = (viewer: Viewer, key: string, values: Record<string, string | number> = {}) =>
    viewer.tell({ type: 'notice', text: viewer.inLanguage(() => t(`pages.terminals.notices.${key}`, { device, ...values })) })

  return {
    tell,
    notify,
    isWriter: (viewer: Viewer) => viewer === writer,
    setLine: (next: TerminalStateMessage['line']) => {
      if (next === line) return
      line = next
      tell()
    },
    setPaste: (next: { readonly sent: number; readonly total: number } | null) => {
      paste = next
      tell()
    },
    /** Says why a key was not taken. */
    refuse: (viewer: Viewer, reason: string) => {
      const last = refused.get(viewer)
      if (last?.reason === reason && clock.now() - last.at < sayAgainMs) return
      refused.set(viewer, { reason, at: clock.now() })
      notify(viewer, `refused.${reason}`)
    },
    join: (viewer: Viewer) => {
      if (viewer.mayType) writer ??= viewer
      tell()
    },
    leave: (viewer: Viewer) => {
      if (writer === viewer) {
        writer = viewers.all().find((other) => other.mayType) ?? null
        if (writer) notify(writer, 'yourTurn')
      }
      tell()
    },
    /** The hand-over, at the wish of whoever wants to type. */
    take: (viewer: Viewer) => {
      if (!viewer.mayType || viewer === writer) return
      if (writer) notify(writer, 'takenOver')
      writer = viewer
      tell()
    },
  }
}

export type TerminalState = ReturnType<typeof createState>
