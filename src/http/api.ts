import { z } from 'zod'
import type { AppError } from '../errors.ts'
import type { Translate } from '../strings/index.ts'

/** `?limit&cursor` of every list. */
export const listQuery = z.object({ limit: z.coerce.number<string>().int().min(1).max(500).default(100), cursor: z.string().optional() })

/** One page of a list: `next` is the cursor of the following page, null at the end. */
export function paginate<Item extends { readonly id: string }>(
  items: readonly Item[],
  query: z.infer<typeof listQuery>,
): { items: readonly Item[]; next: string | null } {
  const start = query.cursor === undefined ? 0 : items.findIndex((item) => item.id === query.cursor) + 1
  const page = items.slice(start, start + query.limit)
  const last = page.at(-1)
  return { items: page, next: last && start + query.limit < items.length ? last.id : null }
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
