import type { FieldProblem } from '../errors.ts'
import { type CriterionResult, explain } from '../evaluation/index.ts'
import type { Translate } from '../strings/index.ts'
import { draftOfOne } from './exercise-draft.ts'
import { type DraftReading, type DraftReadingOptions, readExerciseDraft } from './exercise-model.ts'
import type { AskedNowView } from './exercises.views.ts'

/** The button `ask:2` asks the check at 2. @returns null for another button */
export function askedAt(button: string): number | null {
  const at = /^ask:(\d{1,4})$/.exec(button)?.[1]
  return at === undefined ? null : Number(at)
}

const atRow = (at: number) => (problem: FieldProblem) => ({
  ...problem,
  field: problem.field.replace(/^criteria\.0(?=\.|$)/, `criteria.${at}`),
})

/** The exercise with the check at `at` alone, or what is wrong with that one; null when there is no such row. */
export function readOneCheck(options: DraftReadingOptions, at: number): DraftReading | null {
  const one = draftOfOne(options.draft, at)
  if (one === null) return null
  const reading = readExerciseDraft({ ...options, draft: one })
  return reading.problems === undefined ? reading : { problems: reading.problems.map(atRow(at)) }
}

/** What came of it, in the words that students would read and with what the device answered. */
export function askedNowView(index: number, result: CriterionResult, t: Translate): AskedNowView {
  const { verdict, tookMs, evidence, facts } = result
  return {
    index,
    verdict,
    ...explain({ device: result.device, reason: result.reason, expected: result.expected }, t),
    tookMs,
    answers: evidence.map(({ seq, device, command, startedAt, tookMs: answerMs, ended, exitCode, text }, at) => ({
      id: `now-${seq}`,
      device,
      command,
      startedAt,
      tookMs: answerMs,
      ended,
      exitCode: exitCode ?? null,
      lines: text.split('\n').map((line) => ({ text: line, isMarked: false })),
      raw: null,
      rawHref: null,
      facts: at === evidence.length - 1 && facts.length > 0 ? JSON.stringify(facts, null, 2) : null,
    })),
  }
}
