import { z } from 'zod'
import type { FieldProblem } from '../errors.ts'
import type { Sentence } from '../lib/sentence.ts'
import { sentenceText, type Translate } from '../strings/index.ts'
import type { FormView, ShownProblem } from './page-context.ts'

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

/** A person who fills in a form is asked for something; a file or a program is told what its value is not. */
const formWords: Readonly<Record<string, string>> = {
  'shapes.missing': 'required',
  'shapes.text': 'required',
  'shapes.number': 'number',
  'shapes.wholeNumber': 'wholeNumber',
  'shapes.choose': 'choose',
  'shapes.literal': 'choose',
  'shapes.tooLong': 'tooLong',
  'shapes.atLeast': 'atLeast',
  'shapes.atMost': 'atMost',
  'shapes.email': 'email',
  'shapes.dateTime': 'dateTime',
}

/** The sentence as it stands beside an input of a form. */
export function formSentence({ key, values }: Sentence): Sentence {
  const isEmpty = (key === 'shapes.tooShort' || key === 'shapes.tooFew') && values?.count === 1
  const word = isEmpty ? 'required' : formWords[key]
  return word === undefined ? { key, values } : { key: `pages.problems.${word}`, values }
}

/** Problems in words; one that has none of its own has the sentence of the whole. */
export const showProblems = (problems: readonly FieldProblem[], whole: string, t: Translate): ShownProblem[] =>
  problems.map(({ field, problem, line }) => ({
    field,
    message: problem === undefined ? whole : sentenceText(problem, t),
    ...(line === undefined ? {} : { line }),
  }))

/** The same for the inputs of a form. */
export const showFormProblems = (problems: readonly FieldProblem[], whole: string, t: Translate): ShownProblem[] =>
  showProblems(
    problems.map((one) => (one.problem === undefined ? one : { ...one, problem: formSentence(one.problem) })),
    whole,
    t,
  )

/** A refused form as it is shown again; passwords are not among what is shown. */
export function refusedForm(body: unknown, problem: { message: string; fields: readonly FieldProblem[] }, t: Translate): FormView {
  const values = Object.fromEntries(Object.entries(readFields(body)).filter(([name]) => !/password/i.test(name)))
  const problems = showFormProblems(problem.fields, problem.message, t)
  return { values, problems, message: problems.some((field) => field.message === problem.message) ? null : problem.message }
}
