import { z } from 'zod'
import type { FieldProblem } from '../errors.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import type { FormView } from './page-context.ts'

const bodyFields = z.record(z.string(), z.unknown())

/** The text inputs of a form body, by name; files are left out, and of several inputs of one name the last counts. */
export function readFields(body: unknown): Record<string, string> {
  const parsed = bodyFields.safeParse(body)
  if (!parsed.success) return {}
  const texts = Object.entries(parsed.data).flatMap(([name, value]): [string, string][] => {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    return typeof last === 'string' && name !== 'csrf' ? [[name, last.replaceAll('\r\n', '\n')]] : []
  })
  return Object.fromEntries(texts)
}

/** Schemas of forms say what is wrong by a key of `pages.problems`; what comes from elsewhere is a sentence already. */
export const problemText = (message: string, t: Translate): string =>
  /^\w+$/.test(message) && hasMessage(`pages.problems.${message}`) ? t(`pages.problems.${message}`) : message

export const translateProblems = (problems: readonly FieldProblem[], t: Translate): FieldProblem[] =>
  problems.map((problem) => ({ ...problem, message: problemText(problem.message, t) }))

/** A refused form as it is shown again; passwords are not among what is shown. */
export function refusedForm(body: unknown, problem: { message: string; fields: readonly FieldProblem[] }, t: Translate): FormView {
  const values = Object.fromEntries(Object.entries(readFields(body)).filter(([name]) => !/password/i.test(name)))
  // a field without words of its own is what the sentence of the whole is about
  const problems = translateProblems(problem.fields, t).map((field) =>
    field.message === '' ? { ...field, message: problem.message } : field,
  )
  return { values, problems, message: problems.some((field) => field.message === problem.message) ? null : problem.message }
}
