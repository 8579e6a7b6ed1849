import { z } from 'zod'
import { AppError } from '../errors.ts'
import { say } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'

/** `?limit&cursor` of every list. */
export const listQuery = z.object({ limit: z.coerce.number<string>().int().min(1).max(500).default(100), cursor: z.string().optional() })

/** One page of a list: `next` is the cursor of the following page, null at the end. */
export function paginate<Item extends { readonly id: string }>(
  items: readonly Item[],
  query: z.infer<typeof listQuery>,
): { items: readonly Item[]; next: string | null } {
  const last = query.cursor === undefined ? -1 : items.findIndex((item) => item.id === query.cursor)
  // beginning anew would send whoever reads page after page round in circles
  if (query.cursor !== undefined && last < 0)
    throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'cursor', problem: say('pages.problems.cursorGone') }] })
  const start = last + 1
  const page = items.slice(start, start + query.limit)
  const end = page.at(-1)
  return { items: page, next: end && start + query.limit < items.length ? end.id : null }
}

export const idParams = z.object({ id: z.string().min(1).max(64) })

/** How a stored fault is shown: the code, and the sentence of the catalogue. */
export function errorJson(
  code: string | null,
  details: AppError['details'] | null,
  t: Translate,
): { error?: { code: string; message: string } } {
  if (code === null) return {}
  return { error: { code, message: t(`errors.${code}`, { requestId: '', ...details }) } }
}
