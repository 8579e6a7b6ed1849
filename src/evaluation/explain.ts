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

/** An address is shown with the name of its device where the reason knows it (address-book.ts). */
function values(t: Translate, device: string | null, data: ReasonData): MessageValues {
  const filled: Record<string, string | number | boolean | null> = { device: device ?? '' }
  for (const [key, value] of Object.entries(data)) {
    const name = data[`${key}Device`]
    const shown = Array.isArray(value) ? value.join(', ') : (value ?? '–')
    if (key === 'change') filled[key] = render(t, String(shown), String(shown), values(t, device, withoutChange(data)))
    else filled[key] = typeof name === 'string' ? t('reasons.namedAddress', { device: name, address: String(shown) }) : shown
  }
  return filled
}

/** What changed in the lab is a reason within a reason: `change` is its code, its values stand beside it. */
const withoutChange = ({ change: _change, ...rest }: ReasonData): ReasonData => rest

/** A code of a newer version, or of a module that is gone, still gets a line: its code. */
const render = (t: Translate, key: string, fallback: string, filled: MessageValues): string =>
  hasMessage(`reasons.${key}`) ? t(`reasons.${key}`, filled) : fallback

/** Renders the stored reason of a criterion as three plain sentences. */
export function explain({ device, reason, expected }: Explained, t: Translate = createTranslator()): Explanation {
  const filled = values(t, device, reason.data)
  return {
    why: render(t, `${reason.code}.why`, reason.code, filled),
    found: render(t, `${reason.code}.found`, reason.code, filled),
    expected: expected === null ? '' : render(t, `expected.${expected.code}`, expected.code, values(t, device, expected.data)),
  }
}
