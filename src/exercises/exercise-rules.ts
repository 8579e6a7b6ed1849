import type { FieldProblem } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import { say } from '../lib/sentence.ts'
import { fromLocalTime, toLocalTime } from '../lib/zoned-time.ts'
import type { ExerciseRules, RuleChanges } from './exercises.schemas.ts'

/** What one student has beyond what the exercise gives everybody. */
export interface Allowance {
  /** Added to when it is due and when it closes. */
  readonly extraMinutes: number
  readonly extraAttempts: number
}

export const noAllowance: Allowance = { extraMinutes: 0, extraAttempts: 0 }

const minuteMs = 60_000
const later = (iso: string | null, minutes: number): string | null =>
  iso === null ? null : new Date(Date.parse(iso) + minutes * minuteMs).toISOString()

/** The rules as they are for one student. */
export const rulesWith = (rules: ExerciseRules, { extraMinutes, extraAttempts }: Allowance): ExerciseRules => ({
  ...rules,
  dueAt: later(rules.dueAt, extraMinutes),
  closesAt: later(rules.closesAt, extraMinutes),
  attempts: rules.attempts === null ? null : rules.attempts + extraAttempts,
})

/** So much more time for everybody; what was over already is open again from now on. */
export function extendedBy({ dueAt, closesAt }: Pick<ExerciseRules, 'dueAt' | 'closesAt'>, minutes: number, now: string) {
  const from = (time: string | null) => (time !== null && time < now ? now : time)
  return { dueAt: later(dueAt === closesAt ? from(dueAt) : dueAt, minutes), closesAt: later(from(closesAt), minutes) }
}

/** Whether work is taken at a time: the closing time itself is still in time. */
export type Phase = 'before' | 'open' | 'closed'

export function phaseAt({ opensAt, closesAt }: Pick<ExerciseRules, 'opensAt' | 'closesAt'>, at: string): Phase {
  if (opensAt !== null && at < opensAt) return 'before'
  return closesAt !== null && at > closesAt ? 'closed' : 'open'
}

/** True until a teacher releases them. */
export const areResultsWithheld = ({ results, resultsReleasedAt }: Pick<ExerciseRules, 'results' | 'resultsReleasedAt'>): boolean =>
  results === 'withheld' && resultsReleasedAt === null

export interface AttemptsLeft {
  readonly used: number
  /** null: unlimited; so is `left` then. */
  readonly limit: number | null
  readonly left: number | null
  /** When one more comes by itself; null when none does. */
  readonly nextAt: string | null
}

/**
 * Attempts as a bucket: full at first, each submission takes one, and while it is not full one comes back every `refillMinutes`.
 * @param usedAt when the submissions that used an attempt were accepted, in any order
 */
export function attemptsAt(
  { attempts, refillMinutes }: Pick<ExerciseRules, 'attempts' | 'refillMinutes'>,
  usedAt: readonly string[],
  at: string,
): AttemptsLeft {
  const used = usedAt.length
  if (attempts === null) return { used, limit: null, left: null, nextAt: null }
  if (refillMinutes === null) return { used, limit: attempts, left: Math.max(0, attempts - used), nextAt: null }
  const everyMs = refillMinutes * minuteMs
  let left = attempts
  /** Since when the next one is on its way. */
  let since = 0
  const refill = (now: number) => {
    const come = left >= attempts ? 0 : Math.max(0, Math.floor((now - since) / everyMs))
    left = Math.min(attempts, left + come)
    since += come * everyMs
  }
  for (const time of usedAt.map((iso) => Date.parse(iso)).sort((one, other) => one - other)) {
    refill(time)
    if (left >= attempts) since = time
    // more than there were, when the rule was made stricter since: the next ones pay for it
    left -= 1
  }
  refill(Date.parse(at))
  return { used, limit: attempts, left: Math.max(0, left), nextAt: left >= attempts ? null : new Date(since + everyMs).toISOString() }
}

/** Rules that contradict each other, by the name of the rule. */
export function ruleProblems({ opensAt, dueAt, closesAt, attempts, refillMinutes }: ExerciseRules): FieldProblem[] {
  const problems: FieldProblem[] = []
  const notBefore = (field: string, time: string | null, other: string | null, key: string) => {
    if (time !== null && other !== null && time < other) problems.push({ field, problem: say(`pages.problems.${key}`) })
  }
  notBefore('dueAt', dueAt, opensAt, 'dueBeforeOpens')
  notBefore('closesAt', closesAt, opensAt, 'closesBeforeOpens')
  notBefore('closesAt', closesAt, dueAt, 'closesBeforeDue')
  if (refillMinutes !== null && attempts === null)
    problems.push({ field: 'refillMinutes', problem: say('pages.problems.refillNeedsAttempts') })
  return problems
}

const ruleKeys = ['attempts', 'refill', 'opens', 'due', 'closes', 'results'] as const

/** An exercise file without the rules in it: they are kept beside the revision, so that they can change without a new one. */
export function withoutRules(definition: Exercise): Exercise {
  const rest = { ...definition }
  for (const key of ruleKeys) delete rest[key]
  return rest
}

/**
 * The rules that an exercise file states; what it does not mention is left out.
 * @param timeZone of the course: times without an offset are read in it
 */
export function rulesOfFile({ attempts, refill, opens, due, closes, results }: Exercise, timeZone: string): RuleChanges {
  const time = (text: string): string | null => fromLocalTime(text, timeZone) ?? new Date(text).toISOString()
  return {
    ...(attempts === undefined ? {} : { attempts }),
    ...(refill === undefined ? {} : { refillMinutes: refill }),
    ...(opens === undefined ? {} : { opensAt: time(opens) }),
    ...(due === undefined ? {} : { dueAt: time(due) }),
    ...(closes === undefined ? {} : { closesAt: time(closes) }),
    ...(results === undefined ? {} : { results: results === 'withheld' ? ('withheld' as const) : ('at-once' as const) }),
  }
}

/** The exercise as a file that says its rules too, times as the course's clock shows them. */
export function withRules(definition: Exercise, rules: ExerciseRules, timeZone: string): Exercise {
  const time = (name: 'opens' | 'due' | 'closes', iso: string | null) => (iso === null ? {} : { [name]: toLocalTime(iso, timeZone) })
  return {
    ...withoutRules(definition),
    ...(rules.attempts === null ? {} : { attempts: rules.attempts }),
    ...(rules.refillMinutes === null ? {} : { refill: rules.refillMinutes }),
    ...time('opens', rules.opensAt),
    ...time('due', rules.dueAt),
    ...time('closes', rules.closesAt),
    ...(rules.results === 'at-once' ? {} : { results: 'withheld' as const }),
  }
}
