import { createTranslator, hasMessage, type MessageValues, type Translate } from '../strings/index.ts'
import type { Statement } from './command-module.ts'
import type { Reason, ReasonData } from './verdict.ts'

export interface Explanation {
  /** What it comes to, in the student's words. */
  readonly why: string
  readonly expected: string
  readonly found: string
}

export interface Explained {
  readonly device: string | null
  readonly reason: Reason
  /** Null for kinds that are not known any more. */
  readonly expected: Statement | null
}

function values(device: string | null, data: ReasonData): MessageValues {
  const filled: Record<string, string | number | boolean | null> = { device: device ?? '' }
  for (const [key, value] of Object.entries(data)) filled[key] = Array.isArray(value) ? value.join(', ') : value
  return filled
}

/** A code of a newer version, or of a module that is gone, still gets a line: its code. */
const render = (t: Translate, key: string, fallback: string, filled: MessageValues): string =>
  hasMessage(`reasons.${key}`) ? t(`reasons.${key}`, filled) : fallback

/** Renders the stored reason of a criterion as three plain sentences. */
export function explain({ device, reason, expected }: Explained, t: Translate = createTranslator()): Explanation {
  const filled = values(device, reason.data)
  return {
    why: render(t, `${reason.code}.why`, reason.code, filled),
    found: render(t, `${reason.code}.found`, reason.code, filled),
    expected: expected === null ? '' : render(t, `expected.${expected.code}`, expected.code, values(device, expected.data)),
  }
}
