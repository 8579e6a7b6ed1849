/** What a shell line means, before any expansion: words keep their quotes. */

export interface Redirection {
  readonly descriptor: 1 | 2 | 0
  readonly mode: 'write' | 'append' | 'read' | 'open' | 'to-out' | 'to-err'
  readonly target: string
}

export type Command =
  | { readonly kind: 'simple'; readonly words: readonly string[]; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'subshell'; readonly list: ShellList; readonly redirections: readonly Redirection[] }

/** `joint`: what stood before this pipeline. */
export interface ListItem {
  readonly joint: ';' | '&&' | '||'
  readonly isNegated: boolean
  readonly isBackground: boolean
  readonly commands: readonly Command[]
}

export type ShellList = readonly ListItem[]

export class ShellSyntaxError extends Error {}

const OPERATORS = ['&&', '||', '2>&1', '1>&2', '>&2', '2>>', '2>', '1>', '&>', '>>', '>', '<', ';', '|', '&', '(', ')', '\n']

/** Splits into operators and raw words. */
function tokenize(text: string): string[] {
  const tokens: string[] = []
  let index = 0
  while (index < text.length) {
    const rest = text.slice(index)
    const blank = /^[ \t\r]+/.exec(rest)?.[0]
    if (blank !== undefined) {
      index += blank.length
      continue
    }
    if (rest.startsWith('#')) {
      index += /^#[^\n]*/.exec(rest)?.[0].length ?? 1
      continue
    }
    const both = /^\d*<>/.exec(rest)?.[0]
    if (both !== undefined) {
      tokens.push('<>')
      index += both.length
      continue
    }
    const operator = OPERATORS.find((each) => rest.startsWith(each))
    if (operator !== undefined) {
      tokens.push(operator)
      index += operator.length
      continue
    }
    const length = wordLength(rest)
    tokens.push(`W${rest.slice(0, length)}`)
    index += length
  }
  return tokens
}

function wordLength(text: string): number {
  let index = 0
  while (index < text.length) {
    const char = text[index] ?? ''
    if (/[\s;&|<>()]/.test(char)) break
    if (char === '\\') index += 2
    else if (char === "'") index = after(text, index + 1, "'")
    else if (char === '"') index = afterDoubleQuote(text, index + 1)
    else if (text.startsWith('$(', index)) index = afterParenthesis(text, index + 2)
    else index += 1
  }
  return Math.min(index, text.length)
}

function after(text: string, from: number, mark: string): number {
  const at = text.indexOf(mark, from)
  if (at === -1) throw new ShellSyntaxError(`unexpected EOF while looking for matching \`${mark}'`)
  return at + 1
}

function afterDoubleQuote(text: string, from: number): number {
  let index = from
  while (index < text.length) {
    if (text[index] === '\\') index += 2
    else if (text[index] === '"') return index + 1
    else if (text.startsWith('$(', index)) index = afterParenthesis(text, index + 2)
    else index += 1
  }
  throw new ShellSyntaxError('unexpected EOF while looking for matching `"\'')
}

/** The end of `$(...)`, quotes inside respected. */
export function afterParenthesis(text: string, from: number): number {
  let depth = 1
  let index = from
  while (index < text.length) {
    const char = text[index]
    if (char === '\\') index += 1
    else if (char === "'") index = after(text, index + 1, "'") - 1
    else if (char === '"') index = afterDoubleQuote(text, index + 1) - 1
    else if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth === 0) return index + 1
    }
    index += 1
  }
  throw new ShellSyntaxError("unexpected EOF while looking for matching `)'")
}

const REDIRECTIONS: Readonly<Record<string, readonly [Redirection['descriptor'], Redirection['mode']]>> = {
  '>': [1, 'write'],
  '1>': [1, 'write'],
  '>>': [1, 'append'],
  '2>': [2, 'write'],
  '2>>': [2, 'append'],
  '<': [0, 'read'],
  '<>': [0, 'open'],
}

/** Throws ShellSyntaxError. */
export function parseShell(text: string): ShellList {
  const tokens = tokenize(text)
  const { list, next } = parseList(tokens, 0)
  if (next < tokens.length) throw new ShellSyntaxError(`syntax error near unexpected token \`${tokens[next]}'`)
  return list
}

function parseList(tokens: readonly string[], start: number): { list: ShellList; next: number } {
  const list: ListItem[] = []
  let joint: ListItem['joint'] = ';'
  let index = start
  while (index < tokens.length && tokens[index] !== ')') {
    const token = tokens[index] ?? ''
    if (token === ';' || token === '\n') {
      index += 1
      joint = ';'
      continue
    }
    const isNegated = token === 'W!'
    const { commands, next } = parsePipeline(tokens, isNegated ? index + 1 : index)
    const end = tokens[next]
    list.push({ joint, isNegated, isBackground: end === '&', commands })
    index = next
    if (end === '&&' || end === '||') {
      joint = end
      index += 1
    } else if (end === '&') {
      joint = ';'
      index += 1
    } else joint = ';'
  }
  return { list, next: index }
}

function parsePipeline(tokens: readonly string[], start: number): { commands: Command[]; next: number } {
  const commands: Command[] = []
  let index = start
  for (;;) {
    const { command, next } = parseCommand(tokens, index)
    commands.push(command)
    index = next
    if (tokens[index] !== '|') return { commands, next: index }
    index += 1
  }
}

function parseCommand(tokens: readonly string[], start: number): { command: Command; next: number } {
  const words: string[] = []
  const redirections: Redirection[] = []
  let inner: ShellList | null = null
  let index = start
  if (tokens[index] === '(') {
    const parsed = parseList(tokens, index + 1)
    if (tokens[parsed.next] !== ')') throw new ShellSyntaxError('syntax error: unexpected end of file')
    inner = parsed.list
    index = parsed.next + 1
  }
  for (; index < tokens.length; index += 1) {
    const token = tokens[index] ?? ''
    const redirection = REDIRECTIONS[token]
    if (token.startsWith('W')) words.push(token.slice(1))
    else if (token === '2>&1') redirections.push({ descriptor: 2, mode: 'to-out', target: '' })
    else if (token === '1>&2' || token === '>&2') redirections.push({ descriptor: 1, mode: 'to-err', target: '' })
    else if (token === '&>' || redirection !== undefined) {
      index += 1
      const target = (tokens[index] ?? '').slice(1)
      if (target === '') throw new ShellSyntaxError("syntax error near unexpected token `newline'")
      const [descriptor, mode] = redirection ?? ([1, 'write'] as const)
      redirections.push({ descriptor, mode, target })
      if (token === '&>') redirections.push({ descriptor: 2, mode: 'to-out', target: '' })
    } else break
  }
  if (words.length === 0 && redirections.length === 0 && inner === null) {
    throw new ShellSyntaxError(`syntax error near unexpected token \`${tokens[index] ?? 'newline'}'`)
  }
  return {
    command: inner === null ? { kind: 'simple', words, redirections } : { kind: 'subshell', list: inner, redirections },
    next: index,
  }
}
