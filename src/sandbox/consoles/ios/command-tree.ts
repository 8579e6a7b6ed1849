import { lengthOf, parseIp } from '../../network/address.ts'
import { canonicalInterface } from './ios-ports.ts'

/** What a command matched: the values of its placeholders in order, and its keywords in full. */
export interface CommandMatch {
  readonly values: readonly string[]
  readonly keywords: ReadonlySet<string>
}

export type ParseResult<T> =
  | { readonly kind: 'command'; readonly run: T; readonly match: CommandMatch }
  | { readonly kind: 'empty' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'ambiguous' }
  /** `at`: offset in the line of the word that does not fit; `word`: 0 for the first. */
  | { readonly kind: 'invalid'; readonly at: number; readonly word: number }

export interface CommandTree<T> {
  parse(line: string): ParseResult<T>
  /** What could come next, for `?` and Tab. */
  next(line: string): string[]
}

interface TreeNode<T> {
  literals: Map<string, TreeNode<T>>
  placeholders: { name: string; node: TreeNode<T> }[]
  run?: T
}

interface Word {
  readonly text: string
  readonly at: number
}

const makeNode = <T>(): TreeNode<T> => ({ literals: new Map(), placeholders: [] })

/** What each placeholder takes. `<line>` takes the rest; `<interface>` may be two words. */
const PLACEHOLDERS: Readonly<Record<string, (word: string) => boolean>> = {
  '<ip>': (word) => parseIp(word) !== undefined,
  '<mask>': (word) => lengthOf(parseIp(word) ?? 1) !== undefined,
  '<wildcard>': (word) => parseIp(word) !== undefined,
  '<number>': (word) => /^\d+$/.test(word),
  '<word>': () => true,
  '<name>': (word) => /^[^\s|]+$/.test(word),
}

const HELP_NAMES: Readonly<Record<string, string>> = {
  '<ip>': 'A.B.C.D',
  '<mask>': 'A.B.C.D',
  '<wildcard>': 'A.B.C.D',
  '<number>': '<0-4294967295>',
  '<word>': 'WORD',
  '<name>': 'WORD',
  '<line>': 'LINE',
  '<interface>': 'INTERFACE',
}

/**
 * IOS's command language: keywords may be shortened while they stay unique, `[...]` in a syntax may be left out (nested not), one
 * command per syntax.
 */
export function createCommandTree<T>(commands: readonly (readonly [syntax: string, run: T])[]): CommandTree<T> {
  const root = makeNode<T>()
  for (const [syntax, run] of commands) for (const tokens of expand(syntax)) insert(root, tokens, run)

  return {
    parse(line) {
      const words = splitWords(line)
      if (words.length === 0) return { kind: 'empty' }
      return walk(root, words, 0, { values: [], keywords: new Set() })
    },
    next(line) {
      const words = splitWords(line)
      const partial = /\s$|^$/.test(line) ? '' : (words.pop()?.text ?? '')
      const node = descend(root, words)
      if (node === undefined) return []
      const literals = [...node.literals.keys()].filter((name) => name.startsWith(partial.toLowerCase()))
      const places = partial === '' ? node.placeholders.map(({ name }) => HELP_NAMES[name] ?? name) : []
      return [...literals.sort(), ...places, ...(partial === '' && node.run !== undefined ? ['<cr>'] : [])]
    },
  }
}

const splitWords = (line: string): Word[] => [...line.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }))

function expand(syntax: string): string[][] {
  const match = /\[([^\]]*)\]/.exec(syntax)
  if (match === null) return [syntax.split(/\s+/).filter((token) => token !== '')]
  const before = syntax.slice(0, match.index)
  const after = syntax.slice(match.index + match[0].length)
  return [...expand(before + after), ...expand(`${before}${match[1] ?? ''}${after}`)]
}

function insert<T>(root: TreeNode<T>, tokens: readonly string[], run: T): void {
  let node = root
  for (const token of tokens) node = token.startsWith('<') ? placeholderChild(node, token) : literalChild(node, token)
  node.run = run
}

function literalChild<T>(node: TreeNode<T>, token: string): TreeNode<T> {
  const child = node.literals.get(token) ?? makeNode<T>()
  node.literals.set(token, child)
  return child
}

function placeholderChild<T>(node: TreeNode<T>, name: string): TreeNode<T> {
  const found = node.placeholders.find((each) => each.name === name)
  if (found !== undefined) return found.node
  const child = { name, node: makeNode<T>() }
  node.placeholders.push(child)
  return child.node
}

/** The keyword a word means: the exact one, else the only one it begins. */
function keywordFor<T>(node: TreeNode<T>, word: string): string | 'ambiguous' | undefined {
  const lower = word.toLowerCase()
  if (node.literals.has(lower)) return lower
  const matching = [...node.literals.keys()].filter((name) => name.startsWith(lower))
  return matching.length > 1 ? 'ambiguous' : matching[0]
}

function walk<T>(
  node: TreeNode<T>,
  words: readonly Word[],
  index: number,
  match: { values: string[]; keywords: Set<string> },
): ParseResult<T> {
  const word = words[index]
  if (word === undefined) return node.run === undefined ? { kind: 'incomplete' } : { kind: 'command', run: node.run, match }
  const placed = walkPlaceholders(node, words, index, match)
  const keyword = keywordFor(node, word.text)
  if (keyword === 'ambiguous') return placed ?? { kind: 'ambiguous' }
  const child = keyword === undefined ? undefined : node.literals.get(keyword)
  if (keyword !== undefined && child !== undefined)
    return walk(child, words, index + 1, { values: match.values, keywords: new Set([...match.keywords, keyword]) })
  return placed ?? { kind: 'invalid', at: word.at, word: index }
}

function walkPlaceholders<T>(
  node: TreeNode<T>,
  words: readonly Word[],
  index: number,
  match: { values: string[]; keywords: Set<string> },
): ParseResult<T> | undefined {
  let failure: ParseResult<T> | undefined
  for (const { name, node: child } of node.placeholders) {
    const taken = take(name, words, index)
    if (taken === undefined) continue
    const result = walk(child, words, index + taken.count, { values: [...match.values, taken.value], keywords: match.keywords })
    if (result.kind === 'command') return result
    failure ??= result
  }
  return failure
}

function take(name: string, words: readonly Word[], index: number): { value: string; count: number } | undefined {
  const text = words[index]?.text ?? ''
  if (name === '<line>')
    return {
      value: words
        .slice(index)
        .map((word) => word.text)
        .join(' '),
      count: words.length - index,
    }
  if (name !== '<interface>') return PLACEHOLDERS[name]?.(text) === true ? { value: text, count: 1 } : undefined
  const one = canonicalInterface(text)
  if (one !== undefined) return { value: one, count: 1 }
  const two = canonicalInterface(`${text} ${words[index + 1]?.text ?? ''}`)
  return two === undefined ? undefined : { value: two, count: 2 }
}

function descend<T>(root: TreeNode<T>, words: readonly Word[]): TreeNode<T> | undefined {
  let node: TreeNode<T> | undefined = root
  for (const word of words) {
    if (node === undefined) return undefined
    const keyword: string | undefined = keywordFor(node, word.text)
    const literal: TreeNode<T> | undefined = keyword === undefined ? undefined : node.literals.get(keyword)
    node = literal ?? node.placeholders.find(({ name }) => PLACEHOLDERS[name]?.(word.text) === true || name === '<interface>')?.node
  }
  return node
}
