import type { CheckWords } from './en/checks/words.ts'
import type { Message, Messages } from './index.ts'

/** The words of all kinds of check by what they are for. A code that two kinds give means the same in both. */
export function gatherWords(checks: Readonly<Record<string, CheckWords>>) {
  const kinds = Object.entries(checks)
  const allOf = <Part extends 'reasons' | 'expected'>(part: Part): Record<string, CheckWords[Part][string]> =>
    Object.fromEntries(kinds.flatMap(([, words]): [string, CheckWords[Part][string]][] => Object.entries(words[part])))
  /** Why a criterion got its verdict, by reason code. */
  const reasons: Record<string, { readonly why: Message; readonly found: Message }> = allOf('reasons')
  /** What criteria ask for, by code. */
  const expected: Record<string, Message> = allOf('expected')
  /** The kinds as the exercise editor words them, by name. */
  const forms: Messages = Object.fromEntries(kinds.map(([name, { form }]) => [name, { choices: {}, ...form }]))
  return { reasons, expected, forms }
}
