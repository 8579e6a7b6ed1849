import { createTranslator, type Translate } from '../strings/index.ts'
import type { Statement } from './command-module.ts'
import { type Explanation, explain } from './explain.ts'
import type { Judgement } from './verdict.ts'

export interface ConcealedCriterion {
  readonly device: string | null
  readonly judgement: Judgement
  readonly expected: Statement | null
  readonly params: unknown
}

/** Every text and number in a value, as it would be printed. */
function scalarsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(scalarsIn)
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Whether a sentence has one of the values as a word of its own. */
const tells = (sentence: string, values: readonly string[]): boolean =>
  values.some((value) => value !== '' && new RegExp(`(?<![\\w.])${escapePattern(value)}(?![\\w])`, 'i').test(sentence))

/**
 * The explanation for a student of a criterion that does not reveal what it expects (`reveal: false`): no `expected`, a `why` that says
 * of which class the failure is and nothing more, and `found` only where it has nothing of what the criterion asks for.
 */
export function explainConcealed(
  { device, judgement, expected, params }: ConcealedCriterion,
  t: Translate = createTranslator(),
): Explanation {
  const open = explain({ device, reason: judgement.reason, expected: null }, t)
  const secret = [...scalarsIn(expected?.data), ...scalarsIn(params)]
  const found = tells(open.found, secret) ? '' : open.found
  if (judgement.verdict === 'pass') return { why: t('reasons.concealed.pass'), expected: '', found }
  if (judgement.verdict === 'fail') return { why: t(`reasons.concealed.${judgement.reason.class}`), expected: '', found }
  return { why: tells(open.why, secret) ? t(`reasons.concealed.${judgement.verdict}`) : open.why, expected: '', found }
}

/** A reason as a student of such a criterion may read it: the code, class and cause without the values. */
export const concealReason = (judgement: Judgement): Judgement['reason'] => ({ ...judgement.reason, data: {} })
