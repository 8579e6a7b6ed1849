import { z } from 'zod'
import { matchBounded } from '../../lib/bounded-regex.ts'
import { defineCommandModule, lastRound, type Round, type Statement } from '../command-module.ts'
import { allLines, type Candidate, type ConfigTree, linesBelow, normalizeLine, sameLine } from '../config-tree.ts'
import { regexSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export interface ConfigurationFacts {
  /** Null where it was not asked for. */
  readonly running: ConfigTree | null
  /** False when the file that was asked for is not there. */
  readonly exists: boolean
  /** What the saved configuration lacks, and has too much; `nothing` = none is saved; null where that was not asked. */
  readonly saved: { readonly unsaved: readonly string[]; readonly outdated: readonly string[] } | 'nothing' | null
}

const oneLine = z
  .string()
  .max(240)
  .regex(/^\P{Cc}*\S\P{Cc}*$/u, { error: 'exerciseProblems.oneLine' })
  .transform(normalizeLine)

const wantedLineSchema = z
  .strictObject({
    /** The lines above, outermost first: `[router bgp 65001, address-family ipv4 unicast]`. */
    parents: z.array(oneLine).max(8).default([]),
    /** The whole line, as the device prints it. */
    line: oneLine.optional(),
    /** A regular expression for the whole line. */
    pattern: regexSchema.optional(),
    state: z.enum(['present', 'absent']).default('present'),
    /** Comes after the line before it in this list, which has the same parents: what the order of matters (access lists). */
    ordered: z.boolean().default(false),
  })
  .refine(({ line, pattern }) => (line === undefined) !== (pattern === undefined), { error: 'exerciseProblems.oneOfThem' })
export type WantedLine = z.infer<typeof wantedLineSchema>

/** What a Linux host can be asked besides its files. */
export const linuxSources = ['ip addr', 'ip route', 'ip -6 route', 'ip rule', 'sysctl -a'] as const

const sourceSchema = z.union([
  z.enum(linuxSources),
  z.string().regex(/^\/(?!(?:.*\/)?\.\.(?:\/|$))[\w./@:+-]{1,200}$/, { error: 'exerciseProblems.absolutePath' }),
])

const followsSameBlock = (lines: readonly WantedLine[]): boolean =>
  lines.every((line, index) => {
    const before = lines[index - 1]
    if (!line.ordered) return true
    return before?.state === 'present' && line.state === 'present' && before.parents.join('\n') === line.parents.join('\n')
  })

export const configurationParams = z
  .strictObject({
    lines: z.array(wantedLineSchema).max(64).default([]),
    /** The saved configuration is the running one. */
    saved: z.boolean().default(false),
    /** On Linux: a file, or one of the commands above. */
    source: sourceSchema.optional(),
  })
  .refine(({ lines, saved }) => lines.length > 0 || saved, { error: 'exerciseProblems.atLeastOne' })
  .refine(({ lines }) => followsSameBlock(lines), { error: 'exerciseProblems.orderedAfterSameBlock', path: ['lines'] })
export type ConfigurationParams = z.infer<typeof configurationParams>

const wantedText = ({ line, pattern }: WantedLine): string => line ?? `/${pattern ?? ''}/`

const blockName = (parents: readonly string[]): string => parents.join(' > ')

/** Words by which a pattern says that it is about words for people. */
const freeTextWords = /\b(?:description|remark|banner|alias|comment|message|contact|location|title|name)\b/

/** Which candidates each wanted line is: indexes, by position in the list. Null = a pattern took too long. */
function matchAll(tree: ConfigTree, wanted: readonly WantedLine[]): (readonly number[] | undefined)[] | null {
  const blocks = wanted.map(({ parents }) => linesBelow(tree, parents))
  const questions = wanted.map(({ pattern }, index) => ({
    pattern: `^(?:${pattern ?? ''})$`,
    texts: pattern === undefined ? [] : (blocks[index] ?? []).map(({ text }) => text),
  }))
  const answer = matchBounded(questions)
  if ('tooSlow' in answer) return null
  return wanted.map((line, index) => {
    const isMatch = (candidate: Candidate, at: number): boolean => {
      if (line.line !== undefined) return sameLine(candidate.text, line.line)
      const mayMean = !candidate.isFreeText || freeTextWords.test(line.pattern ?? '')
      return mayMean && answer.matches[index]?.[at] != null
    }
    return blocks[index]?.flatMap((candidate, at) => (isMatch(candidate, at) ? [at] : []))
  })
}

/** Where else an absent line stands; only whole lines are looked for. */
function elsewhere(tree: ConfigTree, { line, parents }: WantedLine): string | undefined {
  if (line === undefined || tree.form === 'statements') return undefined
  const found = allLines(tree.lines).find((one) => sameLine(one.line.text, line) && blockName(one.parents) !== blockName(parents))
  return found === undefined ? undefined : blockName(found.parents)
}

const mostListed = 5

/** Lines that begin with the same words: what stands there instead. */
function similar(block: readonly Candidate[], line: string): string[] {
  const words = line.split(' ')
  const kept = words.slice(0, Math.max(1, Math.min(2, words.length - 1))).join(' ')
  return block
    .map(({ text }) => text)
    .filter((text) => text.startsWith(`${kept} `) || text === kept)
    .slice(0, mostListed)
}

function explainAbsent(tree: ConfigTree, wanted: WantedLine): Judgement {
  const data: ReasonData = { wanted: wantedText(wanted), block: blockName(wanted.parents) }
  const block = linesBelow(tree, wanted.parents)
  const where = elsewhere(tree, wanted)
  if (where !== undefined) {
    return where === '' ? fail('CONFIG_OUTSIDE', 'wrong-value', data) : fail('CONFIG_OTHER_BLOCK', 'wrong-value', { ...data, found: where })
  }
  if (block === undefined) return fail('CONFIG_BLOCK_ABSENT', 'absent', data)
  const { line } = wanted
  if (line !== undefined && block.some(({ text }) => text === `no ${line}`)) return fail('CONFIG_NEGATED', 'wrong-value', data)
  const instead = line === undefined ? [] : similar(block, line)
  if (instead.length > 0) return fail('CONFIG_OTHER_VALUE', 'wrong-value', { ...data, found: instead })
  return wanted.parents.length === 0 ? fail('CONFIG_ABSENT', 'absent', data) : fail('CONFIG_ABSENT_IN_BLOCK', 'absent', data)
}

/** The first wanted line that is not as it should be; undefined when all are. */
function judgeLines(tree: ConfigTree, lines: readonly WantedLine[]): Judgement | undefined {
  const matches = matchAll(tree, lines)
  const patterns = lines.flatMap(({ pattern }) => pattern ?? [])
  if (matches === null) return inconclusive('REGEX_TOO_SLOW', 'exercise', { pattern: patterns.slice(0, mostListed) })
  let after = -1
  for (const [index, wanted] of lines.entries()) {
    const found = matches[index] ?? []
    if (wanted.state === 'absent') {
      if (found.length > 0) return explainForbidden(tree, wanted, found)
      continue
    }
    if (found.length === 0) return explainAbsent(tree, wanted)
    const at = found.find((one) => !wanted.ordered || one > after)
    if (at === undefined) return explainOrder(lines, index)
    after = at
  }
  return undefined
}

function explainForbidden(tree: ConfigTree, { parents }: WantedLine, found: readonly number[]): Judgement {
  const block = linesBelow(tree, parents) ?? []
  const texts = found.flatMap((at) => block[at]?.text ?? []).slice(0, mostListed)
  const data: ReasonData = { found: texts, block: blockName(parents) }
  return parents.length === 0
    ? fail('CONFIG_FORBIDDEN', 'forbidden-state', data)
    : fail('CONFIG_FORBIDDEN_IN_BLOCK', 'forbidden-state', data)
}

function explainOrder(lines: readonly WantedLine[], index: number): Judgement {
  const [before, wanted] = [lines[index - 1], lines[index]]
  const names = { before: before === undefined ? '' : wantedText(before), wanted: wanted === undefined ? '' : wantedText(wanted) }
  return fail('CONFIG_ORDER', 'wrong-value', { ...names, block: blockName(wanted?.parents ?? []) })
}

function judgeSaved({ saved }: ConfigurationFacts): Judgement | undefined {
  if (saved === null) return undefined
  if (saved === 'nothing') return fail('CONFIG_NOTHING_SAVED', 'not-saved')
  const { unsaved, outdated } = saved
  if (unsaved.length > 0) return fail('CONFIG_NOT_SAVED', 'not-saved', { found: unsaved.slice(0, mostListed), count: unsaved.length })
  if (outdated.length > 0)
    return fail('CONFIG_SAVED_OUTDATED', 'not-saved', { found: outdated.slice(0, mostListed), count: outdated.length })
  return undefined
}

function judgeOne(facts: ConfigurationFacts, params: ConfigurationParams): Judgement {
  const isWanted = params.lines.some(({ state }) => state === 'present')
  if (!facts.exists && isWanted) return fail('CONFIG_FILE_ABSENT', 'absent', { source: params.source ?? '' })
  const wrong = facts.running === null ? undefined : judgeLines(facts.running, params.lines)
  const unsaved = wrong ?? judgeSaved(facts)
  if (unsaved !== undefined) return unsaved
  return params.lines.length > 0 ? pass('CONFIG_RIGHT', { count: params.lines.length }) : pass('CONFIG_SAVED')
}

const isNegative = ({ lines, saved }: ConfigurationParams): boolean => !saved && lines.every(({ state }) => state === 'absent')

/** What is forbidden shows in no round, and each could be looked through. */
function judgeNone(rounds: readonly Round<ConfigurationFacts>[], params: ConfigurationParams): Judgement {
  const judged = rounds.map(({ facts }) => judgeOne(facts, params))
  return (
    judged.find(({ verdict }) => verdict === 'fail') ??
    judged.find(({ verdict }) => verdict !== 'pass') ??
    judgeOne(lastRound(rounds), params)
  )
}

function expectedOf({ lines, saved }: ConfigurationParams): Statement {
  const of = (state: WantedLine['state']) =>
    lines.filter((line) => line.state === state).map((line) => blockName([...line.parents, wantedText(line)]))
  const data: ReasonData = { present: of('present'), absent: of('absent') }
  if (lines.length === 0) return { code: 'CONFIG_IS_SAVED', data }
  const parts = [of('present').length > 0 ? 'WITH' : '', of('absent').length > 0 ? 'WITHOUT' : '', saved ? 'SAVED' : ''].filter(Boolean)
  return { code: `CONFIG_${parts.join('_')}`, data }
}

/**
 * Lines of a configuration, each in its block: the right text in another block, in a banner or in a description does not count. What a
 * device does not print (its defaults) is for the kinds that ask for the state.
 */
export const configuration = defineCommandModule<ConfigurationFacts>()({
  name: 'configuration',
  layer: 'device',
  params: configurationParams,
  defaultWithinSeconds: 0,
  isNegative,
  expected: expectedOf,
  judge: (rounds, params) => (isNegative(params) ? judgeNone(rounds, params) : judgeOne(lastRound(rounds), params)),
})
