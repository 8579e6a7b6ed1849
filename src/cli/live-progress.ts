import { type EvaluationEvent, eventText } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import type { CommandIo } from './command-io.ts'

const t = createTranslator()

export interface LiveProgress {
  show(event: EvaluationEvent): void
  /** Takes away what is still shown as going on. */
  end(): void
}

interface Asking {
  readonly event: EvaluationEvent & { readonly type: 'asked' }
  readonly atMs: number
}

/** More would scroll on a small terminal, and what scrolled cannot be rewritten. */
const maxLines = 8
const refreshMs = 1_000

/**
 * Progress on a terminal: what was decided stays, and below it stands what each device is being asked, with the seconds left. Silent in
 * a pipe: there the outcome alone is wanted.
 */
export function createLiveProgress({ stderr }: Pick<CommandIo, 'stderr'>): LiveProgress {
  if (stderr.isTTY !== true) return { show: () => undefined, end: () => undefined }
  const asking = new Map<string, Asking>()
  let shown = 0
  // up to the first line of what goes on, and everything below it away
  const erase = (): string => (shown === 0 ? '' : `\u001b[${shown}F\u001b[J`)
  const draw = (decided: readonly string[]): void => {
    const lines = [...asking.values()].slice(-maxLines).map((one) => cutTo(lineOf(one), stderr.columns ?? 80))
    stderr.write(`${erase()}${[...decided, ...lines].map((line) => `${line}\n`).join('')}`)
    shown = lines.length
  }
  const timer = setInterval(() => draw([]), refreshMs)
  timer.unref()
  return {
    show: (event) => {
      if (event.type === 'asked') asking.set(event.id, { event, atMs: Date.now() })
      if (event.type === 'verdict') asking.delete(event.id)
      draw(event.type === 'verdict' ? [eventText(event, t)] : [])
    },
    end: () => {
      clearInterval(timer)
      asking.clear()
      draw([])
    },
  }
}

function lineOf({ event, atMs }: Asking): string {
  const leftMs = event.leftMs === null ? null : event.leftMs - (Date.now() - atMs)
  return `  ${eventText({ ...event, leftMs }, t)}`
}

/** A line that wraps would be two, and only one would be erased. Control characters have no business in it either. */
const cutTo = (line: string, columns: number): string => {
  const plain = line.replace(/\p{Cc}/gu, ' ')
  return plain.length < columns ? plain : `${plain.slice(0, Math.max(1, columns - 2))}…`
}
