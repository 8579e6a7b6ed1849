import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ResultLine } from './results.ts'

/** How a reader goes through a class: by name, or mixed. */
export type WalkOrder = 'name' | 'mixed'
export const walkQuery = z.object({ order: z.enum(['name', 'mixed']).catch('name').default('name') })

type Line = Pick<ResultLine, 'userId' | 'submission' | 'criteria'>

/** The submissions before and after, for one criterion. */
export interface WalkStep {
  readonly previousHref: string | null
  readonly nextHref: string | null
}

/**
 * Always the same for an exercise's criterion and a student, and without any relation to names or marks: who comes late in the alphabet
 * does not always meet a tired or a hardened reader.
 */
const mixedKey = (criterionId: string, userId: string): string => createHash('sha256').update(`${criterionId} ${userId}`).digest('hex')

function inOrder(lines: readonly Line[], criterionId: string, order: WalkOrder): readonly Line[] {
  const there = lines.filter((line) => line.submission && line.criteria.some(({ result }) => result.criterionId === criterionId))
  if (order === 'name') return there
  return there
    .map((line) => ({ line, key: mixedKey(criterionId, line.userId) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ line }) => line)
}

export const walkText = (order: WalkOrder): string => (order === 'mixed' ? '?order=mixed' : '')

/** Where to go from a student, to look at the same criterion of the next one. */
export function walkStep(
  lines: readonly Line[],
  at: { readonly userId: string; readonly criterionId: string; readonly order: WalkOrder },
): WalkStep {
  const way = inOrder(lines, at.criterionId, at.order)
  const place = way.findIndex((line) => line.userId === at.userId)
  if (place === -1) return { previousHref: null, nextHref: null }
  const hrefOf = (line: Line | undefined) =>
    line?.submission ? `/submissions/${line.submission.id}${walkText(at.order)}#criterion-${at.criterionId}` : null
  return { previousHref: hrefOf(way[place - 1]), nextHref: hrefOf(way[place + 1]) }
}
