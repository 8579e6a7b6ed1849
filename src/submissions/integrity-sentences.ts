import type { RunRow } from '../evaluations/index.ts'
import { hasMessage, type MessageValues, type Translate } from '../strings/index.ts'

/** Stored data as values of a sentence; lists are joined, anything else is left out. */
export function sentenceValues(data: Readonly<Record<string, unknown>>): MessageValues {
  const entries = Object.entries(data).flatMap(([key, value]): [string, string][] => {
    if (Array.isArray(value)) return [[key, value.map(String).join(', ')]]
    return typeof value === 'object' || value === undefined ? [] : [[key, String(value)]]
  })
  return Object.fromEntries(entries)
}

/** What is not as it was handed out, and which devices may answer as they like; a code of a newer version is shown as it is. */
export const integritySentences = (run: Pick<RunRow, 'integrity'> | undefined, t: Translate): string[] =>
  (run?.integrity ?? []).map(({ code, data }) =>
    hasMessage(`reasons.integrity.${code}`) ? t(`reasons.integrity.${code}`, sentenceValues(data)) : code,
  )
