import { matchBounded } from '../../lib/bounded-regex.ts'
import { atJsonPath, parseJsonPath } from '../json-path.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import type { CommandFacts, CommandParams } from './command.ts'

const shownLength = 200

/** Blanks at line ends and empty lines at both ends never count; `blanks`: runs of them are one, also at the beginning of a line. */
export function normaliseOutput(output: string, { normalise }: Pick<CommandParams, 'normalise'>): string {
  const lines = output
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trimEnd())
  const whole = lines.join('\n').replace(/^\n+|\n+$/g, '')
  if (normalise === 'exact') return whole
  const plain = whole
    .split('\n')
    .map((line) => line.trim().split(/\s+/).join(' '))
    .join('\n')
  return normalise === 'blanks' ? plain : plain.toLowerCase()
}

const show = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength)}…` : text)

type Finding = Judgement | undefined

/** Judges one answer: the first thing that is not as asked for, or a pass. */
export function compareOutput(facts: CommandFacts, params: CommandParams): Judgement {
  const output = normaliseOutput(facts.output, params)
  const data: ReasonData = { command: params.command, output: show(output) }
  const finding =
    compareExitCode(facts, params, data) ??
    compareWhole(output, params, data) ??
    comparePatterns(output, params, data) ??
    compareCount(output, params, data) ??
    compareJson(facts.output, params, data)
  return finding ?? pass('COMMAND_EXPECTED_OUTPUT', data)
}

function compareExitCode({ exitCode }: CommandFacts, { exitCode: wanted }: CommandParams, data: ReasonData): Finding {
  if (wanted === undefined || exitCode === wanted) return undefined
  if (exitCode === null) return inconclusive('COMMAND_WITHOUT_EXIT_CODE', 'exercise', data)
  return fail('COMMAND_EXIT_CODE', 'wrong-value', { ...data, exitCode, wanted })
}

function compareWhole(output: string, params: CommandParams, data: ReasonData): Finding {
  if (params.equals === undefined || normaliseOutput(params.equals, params) === output) return undefined
  return fail('COMMAND_OTHER_OUTPUT', 'wrong-value', data)
}

function comparePatterns(output: string, { regex, notRegex, ignoreCase, groups, count }: CommandParams, data: ReasonData): Finding {
  const flags = ignoreCase ? 'im' : 'm'
  const patterns = [regex, notRegex].flatMap((pattern) => (pattern === undefined ? [] : [{ pattern, flags, texts: [output] }]))
  const answer = matchBounded(patterns)
  if ('tooSlow' in answer) return inconclusive('COMMAND_REGEX_TOO_SLOW', 'exercise', data)
  const all = answer.matches.map(([match]) => match ?? null)
  const wanted = regex === undefined ? undefined : (all.shift() ?? null)
  const forbidden = all.shift() ?? null
  if (forbidden !== null) return fail('COMMAND_FORBIDDEN_OUTPUT', 'forbidden-state', { ...data, match: show(forbidden.text) })
  // with a count, the lines are looked at one by one
  if (wanted === undefined || (count !== undefined && wanted === null)) return undefined
  if (wanted === null) return fail('COMMAND_NO_MATCH', 'absent', data)
  const wrong = groups.map(splitGroup).find(({ name, value }) => (wanted.groups[name] ?? null) !== value)
  if (wrong === undefined) return undefined
  return fail('COMMAND_WRONG_GROUP', 'wrong-value', { ...data, group: wrong.name, value: wanted.groups[wrong.name] ?? '' })
}

const splitGroup = (text: string) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) })

function compareCount(output: string, { regex, ignoreCase, count }: CommandParams, data: ReasonData): Finding {
  if (count === undefined) return undefined
  const lines = output.split('\n').filter((line) => line !== '')
  const answer = regex === undefined ? undefined : matchBounded([{ pattern: regex, flags: ignoreCase ? 'i' : '', texts: lines }])
  if (answer !== undefined && 'tooSlow' in answer) return inconclusive('COMMAND_REGEX_TOO_SLOW', 'exercise', data)
  const seen = answer === undefined ? lines.length : (answer.matches[0] ?? []).filter((match) => match !== null).length
  return seen === count ? undefined : fail('COMMAND_WRONG_COUNT', 'wrong-value', { ...data, count: seen, wanted: count })
}

function compareJson(output: string, { jsonPath, value: wanted, compare }: CommandParams, data: ReasonData): Finding {
  if (jsonPath === undefined) return undefined
  const path = parseJsonPath(jsonPath) ?? []
  const json = parseJson(output)
  if (json === undefined) return inconclusive('COMMAND_NO_JSON', 'exercise', data)
  const found = atJsonPath(json.value, path)
  if (found === undefined) return fail('COMMAND_JSON_ABSENT', 'absent', { ...data, path: jsonPath })
  if (wanted === undefined) return undefined
  const seen = typeof found === 'object' && found !== null ? JSON.stringify(found) : String(found)
  return isAsCompared(seen, wanted, compare)
    ? undefined
    : fail('COMMAND_JSON_VALUE', 'wrong-value', { ...data, path: jsonPath, value: show(seen) })
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return { value }
  } catch {
    return undefined
  }
}

const isNumeral = (text: string): boolean => /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)

/** Numbers by value (`10` = `10.0`), all else as text; larger and smaller are for numbers alone. */
function isAsCompared(seen: string, wanted: string, compare: CommandParams['compare']): boolean {
  const numeric = isNumeral(seen) && isNumeral(wanted)
  const isEqual = numeric ? Number(seen) === Number(wanted) : seen === wanted
  if (compare === 'equals') return isEqual
  if (compare === 'not_equals') return !isEqual
  if (!numeric) return false
  const difference = Number(seen) - Number(wanted)
  if (compare === 'less') return difference < 0
  if (compare === 'at_most') return difference <= 0
  return compare === 'more' ? difference > 0 : difference >= 0
}
