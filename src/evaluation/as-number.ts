import { z } from 'zod'

const highest = 4_294_967_295
const halfHighest = 65_535

/** `65001`, `1.1000` (asdot) → the number; undefined for anything else. */
export function parseAsNumber(text: string): number | undefined {
  const match = /^(?:(\d{1,5})\.)?(\d{1,10})$/.exec(text.trim())
  if (match?.[2] === undefined) return undefined
  const low = Number(match[2])
  if (match[1] === undefined) return low <= highest ? low : undefined
  const high = Number(match[1])
  return high <= halfHighest && low <= halfHighest ? high * (halfHighest + 1) + low : undefined
}

/** A criterion's AS number, as a number or in dotted form. */
export const asNumberSchema = z
  .union([z.int(), z.string()], { error: 'exerciseProblems.asNumber' })
  .refine((value) => (parseAsNumber(String(value)) ?? 0) > 0, { error: 'exerciseProblems.asNumber' })
  .transform((value) => parseAsNumber(String(value)) ?? 0)

/** Systems written between brackets belong together, whether blanks or commas stand between them. */
const joinBrackets = (text: string): string => text.replace(/[({[][\d.,\s]+[)}\]]/g, (part) => part.trim().replace(/[,\s]+/g, ','))

/**
 * `65001 65002` → numbers, with the sets of aggregates (`{65001,65002}`) and what a confederation adds (`(65001 65002)`) as one word;
 * undefined where a word is no AS number.
 */
export function parseAsPath(text: string): readonly (number | string)[] | undefined {
  const words = text.trim() === '' ? [] : joinBrackets(text.trim()).split(/\s+/)
  const path = words.map((word) => (/^[({[][\d.,\s]+[)}\]]$/.test(word) ? word : parseAsNumber(word)))
  return path.every((hop) => hop !== undefined) ? path : undefined
}

/** A criterion's AS path: `65001 65002`, the nearest first. */
export const asPathSchema = z
  .string()
  .refine((text) => text.trim() !== '' && parseAsPath(text) !== undefined, { error: 'exerciseProblems.asPath' })
  .transform((text) => (parseAsPath(text) ?? []).join(' '))
