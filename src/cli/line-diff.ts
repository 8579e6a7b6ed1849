import { isVolatile } from '../lib/volatile-lines.ts'

/** A line that one of two texts has and the other has not. */
export interface LineChange {
  readonly change: 'removed' | 'added'
  /** The lines it stands under, by indentation: `interface Gi0/1`. */
  readonly under: readonly string[]
  readonly line: string
}

interface PlacedLine {
  readonly under: readonly string[]
  readonly line: string
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** Every line with those it stands under. A configuration's blocks are its indentation; `!` and blank lines say nothing. */
export function placeLines(text: string): PlacedLine[] {
  const above: { indent: number; line: string }[] = []
  return text.split('\n').flatMap((raw): PlacedLine[] => {
    const line = raw.trimEnd().replaceAll('\t', '    ')
    const trimmed = line.trim()
    if (trimmed === '' || trimmed === '!' || isVolatile(trimmed)) return []
    const indent = indentOf(line)
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop()
    const placed = { under: above.map((one) => one.line), line: settle(trimmed) }
    above.push({ indent, line: placed.line })
    return [placed]
  })
}

/** Counters that run by themselves. */
const settle = (line: string): string =>
  line.replace(/\b(valid_lft|preferred_lft|expires) \d+sec\b/g, '$1 …').replace(/\b(used|age) \d+\/\d+\/\d+\b/g, '$1 …')

const keyOf = ({ under, line }: PlacedLine): string => JSON.stringify([under, line])

/** Above this, lines are compared without their order: a table of all pairs would not fit. */
const maxPairs = 16_000_000

/**
 * What differs between two texts, line by line and in order: the order of access lists and route maps means something. A line counts as
 * the same only under the same lines.
 */
export function diffLines(left: string, right: string): LineChange[] {
  const before = placeLines(left)
  const after = placeLines(right)
  if (before.length * after.length > maxPairs) return diffUnordered(before, after)
  return diffOrdered(before, after)
}

const removed = (line: PlacedLine): LineChange => ({ change: 'removed', ...line })
const added = (line: PlacedLine): LineChange => ({ change: 'added', ...line })

function diffUnordered(before: readonly PlacedLine[], after: readonly PlacedLine[]): LineChange[] {
  const has = (lines: readonly PlacedLine[]) => new Set(lines.map(keyOf))
  const [left, right] = [has(before), has(after)]
  return [...before.filter((line) => !right.has(keyOf(line))).map(removed), ...after.filter((line) => !left.has(keyOf(line))).map(added)]
}

/** Longest common subsequence, from the end: what is not in it was removed or added. */
function diffOrdered(before: readonly PlacedLine[], after: readonly PlacedLine[]): LineChange[] {
  const left = before.map(keyOf)
  const right = after.map(keyOf)
  const width = right.length + 1
  const common = new Uint32Array((left.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const changes: LineChange[] = []
  let gap: LineChange[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const [one, other] = [before[i], after[j]]
    if (one !== undefined && other !== undefined && left[i] === right[j]) {
      changes.push(...byBlock(gap))
      gap = []
      i += 1
      j += 1
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      gap.push(removed(one))
      i += 1
    } else if (other !== undefined) {
      gap.push(added(other))
      j += 1
    }
  }
  return [...changes, ...byBlock(gap)]
}

/** Between two lines that both texts have, what belongs to one block stands together. */
function byBlock(changes: readonly LineChange[]): LineChange[] {
  const blocks = new Map<string, LineChange[]>()
  for (const one of changes) {
    const block = one.under[0] ?? one.line
    blocks.set(block, [...(blocks.get(block) ?? []), one])
  }
  return [...blocks.values()].flat()
}
