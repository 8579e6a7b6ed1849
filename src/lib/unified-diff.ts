import { structuredPatch } from 'diff'

/** A piece of two texts that differ, with what stands around it. */
export interface DiffHunk {
  /** As unified diffs have it: "@@ -12,7 +12,8 @@". */
  readonly header: string
  readonly lines: readonly { readonly change: 'same' | 'removed' | 'added'; readonly text: string }[]
}

const context = 3
/** More than this is no comparison that anybody reads, and would hold the server up. */
const maxChanges = 4_000

const changes = { '-': 'removed', '+': 'added', ' ': 'same' } as const
const isMark = (mark: string): mark is keyof typeof changes => Object.hasOwn(changes, mark)

/**
 * Two texts as a unified diff, with three lines around each difference.
 * @returns no hunk for equal texts; null where they have too little in common to be compared
 */
export function unifiedDiff(before: string, after: string): DiffHunk[] | null {
  const patch = structuredPatch('', '', before, after, undefined, undefined, { context, maxEditLength: maxChanges })
  if (patch === undefined) return null
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    header: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    // a line that begins with a backslash says that the text ends without a line feed
    lines: lines.flatMap((line) => {
      const mark = line.charAt(0)
      return isMark(mark) ? [{ change: changes[mark], text: line.slice(1) }] : []
    }),
  }))
}
