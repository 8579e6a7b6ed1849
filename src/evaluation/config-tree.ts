import { samePort } from './target.ts'

/** One line of a configuration with what stands below it. */
export interface ConfigLine {
  /** Blanks at the ends taken off, those in the middle made one. */
  readonly text: string
  /** Words for people (a description, a banner): what stands in them means nothing to the device. */
  readonly isFreeText: boolean
  readonly children: readonly ConfigLine[]
}

/**
 * A configuration. `blocks`: lines below lines (IOS, NX-OS, EOS, FRR, files). `statements`: each line is a whole path (Junos' set lines),
 * none has children.
 */
export interface ConfigTree {
  readonly form: 'blocks' | 'statements'
  readonly lines: readonly ConfigLine[]
}

export const normalizeLine = (text: string): string => text.trim().replace(/\s+/g, ' ')

const interfaceLine = /^interface (\S.*)$/

/** Equal as a whole, or naming the same interface: `interface Gi0/1` is `interface GigabitEthernet0/1`. */
export function sameLine(one: string, other: string): boolean {
  if (one === other) return true
  const [a, b] = [interfaceLine.exec(one)?.[1], interfaceLine.exec(other)?.[1]]
  return a !== undefined && b !== undefined && samePort(a, b)
}

/** A line where a criterion looks for it: of a statement, what stands behind the parents. */
export interface Candidate {
  readonly text: string
  readonly isFreeText: boolean
}

/** What stands directly below the parents, in order; undefined when there is no such block. The same block may come several times. */
export function linesBelow({ form, lines }: ConfigTree, parents: readonly string[]): readonly Candidate[] | undefined {
  if (parents.length === 0) return lines
  if (form === 'statements') return statementsBelow(lines, parents)
  const [head = '', ...rest] = parents
  const blocks = lines.filter(({ text }) => sameLine(text, head))
  if (blocks.length === 0) return undefined
  const below = blocks.flatMap(({ children }) => linesBelow({ form, lines: children }, rest) ?? [])
  const isThere = blocks.some(({ children }) => linesBelow({ form, lines: children }, rest) !== undefined)
  return isThere ? below : undefined
}

function statementsBelow(lines: readonly ConfigLine[], parents: readonly string[]): readonly Candidate[] | undefined {
  const prefix = `${parents.join(' ')} `
  const found = lines.filter(({ text }) => text.startsWith(prefix))
  return found.length === 0 ? undefined : found.map(({ text, isFreeText }) => ({ text: text.slice(prefix.length), isFreeText }))
}

/** Every line with the lines above it. */
export function allLines(
  lines: readonly ConfigLine[],
  parents: readonly string[] = [],
): { readonly line: ConfigLine; readonly parents: readonly string[] }[] {
  return lines.flatMap((line) => [{ line, parents }, ...allLines(line.children, [...parents, line.text])])
}
