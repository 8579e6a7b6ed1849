import type { z } from 'zod'
import { type Sentence, say, sentenceValuesSchema } from './sentence.ts'

/** One thing that a schema found wrong: where and what. */
export interface SchemaProblem {
  readonly path: readonly (string | number)[]
  readonly problem: Sentence
}

type Issue = z.core.$ZodIssue

/** How a schema names its own sentence: `error: 'exerciseProblems.vlanId'`; a word alone is one of forms. zod's own texts have blanks. */
const ownKey = /^[a-z]\w*(?:\.\w+)*$/

/**
 * What zod found, as sentences of the catalogue instead of zod's own English.
 * @param issues of a parse with `reportInput: true`, which tells what is missing from what is of another type
 */
export function schemaProblems(issues: readonly Issue[]): SchemaProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], problem: say('shapes.unknownKey') }))
    return [{ path, problem: problemOf(issue) }]
  })
}

function problemOf(issue: Issue): Sentence {
  if (ownKey.test(issue.message)) return ownSentence(issue)
  if (isMissing(issue)) return say('shapes.missing')
  switch (issue.code) {
    case 'invalid_type':
      return say(typeSentences[issue.expected] ?? 'shapes.unusable')
    case 'invalid_value':
      return chooseFrom(issue.values.map(String))
    case 'too_small':
      return say(sizeSentence('small', issue.origin, issue.inclusive !== false), sizeOf(issue.minimum))
    case 'too_big':
      return say(sizeSentence('big', issue.origin, issue.inclusive !== false), sizeOf(issue.maximum))
    case 'not_multiple_of':
      return say('shapes.multipleOf', { value: issue.divisor })
    case 'invalid_format':
      return formatSentence(issue)
    case 'invalid_key':
      return say('shapes.key', { problems: issue.issues.map(problemOf) })
    case 'invalid_union':
      return unionSentence(issue.errors)
    default:
      return say('shapes.unusable')
  }
}

/** A check of the schema's own may give values with it: `params` of the issue. */
function ownSentence(issue: Issue): Sentence {
  const key = issue.message.includes('.') ? issue.message : `pages.problems.${issue.message}`
  const values = issue.code === 'custom' ? sentenceValuesSchema.safeParse(issue.params) : undefined
  return say(key, values?.data)
}

const isMissing = (issue: Issue): boolean =>
  'input' in issue && issue.input === undefined && ['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code)

const typeSentences: Readonly<Record<string, string>> = {
  string: 'shapes.text',
  number: 'shapes.number',
  int: 'shapes.wholeNumber',
  nan: 'shapes.number',
  boolean: 'shapes.flag',
  array: 'shapes.list',
  tuple: 'shapes.list',
  object: 'shapes.group',
  record: 'shapes.group',
  date: 'shapes.dateTime',
  null: 'shapes.nothing',
  undefined: 'shapes.nothing',
}

function sizeSentence(side: 'small' | 'big', origin: string, inclusive: boolean): string {
  if (origin === 'string') return side === 'small' ? 'shapes.tooShort' : 'shapes.tooLong'
  if (['array', 'set', 'map', 'object', 'record'].includes(origin)) return side === 'small' ? 'shapes.tooFew' : 'shapes.tooMany'
  if (side === 'small') return inclusive ? 'shapes.atLeast' : 'shapes.moreThan'
  return inclusive ? 'shapes.atMost' : 'shapes.lessThan'
}

/** As `count` for texts and lists, whose sentences have plural forms, and as `value` for numbers. */
const sizeOf = (limit: number | bigint) => ({ count: Number(limit), value: Number(limit) })

const formatSentences: Readonly<Record<string, string>> = {
  url: 'shapes.url',
  email: 'shapes.email',
  datetime: 'shapes.dateTime',
  date: 'shapes.date',
  uuid: 'shapes.uuid',
  ipv4: 'shapes.address',
  ipv6: 'shapes.address',
}

function formatSentence(issue: Issue & { readonly format?: string; readonly includes?: unknown }): Sentence {
  if (typeof issue.includes === 'string') return say('shapes.includes', { text: issue.includes })
  return say(formatSentences[issue.format ?? ''] ?? 'shapes.unusable')
}

const chooseFrom = (options: readonly string[]): Sentence =>
  options.length === 1 ? say('shapes.literal', { value: options[0] ?? '' }) : say('shapes.choose', { options })

/** Alternatives that are all fixed words are one list of words; others are each told by what they want. */
function unionSentence(branches: readonly (readonly Issue[])[]): Sentence {
  const issues = branches.flat()
  const words = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []))
  if (words.length > 0 && issues.every((issue) => issue.code === 'invalid_value')) return chooseFrom(words)
  const problems = issues.map(problemOf)
  if (problems.length === 0) return say('shapes.unusable')
  return problems.reduceRight((rest, problem) => say('shapes.either', { one: problem, other: rest }))
}

/** A problem with its place before it, for where there is no field to put it beside. */
export const placedProblem = ({ path, problem }: SchemaProblem): Sentence =>
  path.length === 0 ? problem : say('details.at', { place: path.join('.'), reason: problem })
