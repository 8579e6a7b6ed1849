import type { FieldProblem } from '../errors.ts'
import { schemaProblems } from '../lib/schema-problems.ts'
import { say } from '../lib/sentence.ts'
import { fromLocalTime, toLocalTime } from '../lib/zoned-time.ts'
import { type ExerciseRules, type RuleChanges, ruleChanges } from './exercises.schemas.ts'

type Fields = Readonly<Record<string, string>>

/** Inputs of `datetime-local`, in the course's time zone. */
const timeFields = ['opensAt', 'dueAt', 'closesAt'] as const
const numberFields = ['attempts', 'refillMinutes', 'prewarmMinutes', 'keepLabsDays'] as const

/** The rules as their inputs show them. */
export function ruleValues(rules: ExerciseRules, timeZone: string): Record<string, string> {
  const time = (iso: string | null) => (iso === null ? '' : toLocalTime(iso, timeZone))
  const number = (value: number | null) => (value === null ? '' : String(value))
  return {
    opensAt: time(rules.opensAt),
    dueAt: time(rules.dueAt),
    closesAt: time(rules.closesAt),
    attempts: number(rules.attempts),
    refillMinutes: number(rules.refillMinutes),
    prewarmMinutes: number(rules.prewarmMinutes),
    keepLabsDays: number(rules.keepLabsDays),
    results: rules.results,
  }
}

export type RuleReading =
  | { readonly changes: RuleChanges; readonly problems?: undefined }
  | { readonly changes?: undefined; readonly problems: readonly FieldProblem[] }

/** What was typed; an input that was left empty takes the rule away, one that the form does not have changes nothing. */
export function readRuleFields(fields: Fields, timeZone: string): RuleReading {
  const problems: FieldProblem[] = []
  const typed: Record<string, unknown> = {}
  for (const field of timeFields) {
    const text = fields[field]?.trim()
    if (text === undefined) continue
    const time = text === '' ? null : fromLocalTime(text, timeZone)
    if (time === undefined) problems.push({ field, problem: say('pages.problems.dateTime') })
    typed[field] = time ?? null
  }
  for (const field of numberFields) {
    const text = fields[field]?.trim()
    if (text !== undefined) typed[field] = /^\d{1,9}$/.test(text) ? Number(text) : text || null
  }
  if (fields.results !== undefined) typed.results = fields.results
  const parsed = ruleChanges.safeParse(typed, { reportInput: true })
  if (!parsed.success)
    problems.push(...schemaProblems(parsed.error.issues).map(({ path, problem }) => ({ field: String(path[0] ?? 'attempts'), problem })))
  return problems.length > 0 || !parsed.success ? { problems } : { changes: parsed.data }
}
