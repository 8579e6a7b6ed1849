import { readFileSync } from 'node:fs'
import { z } from 'zod'

const exchangeSchema = z.object({
  i: z.number(),
  t: z.number(),
  m: z.string(),
  p: z.string(),
  b: z.string().nullable(),
  s: z.number(),
  r: z.string(),
  body: z.unknown(),
})
const droppedSchema = z.object({ i: z.array(z.number()), dropped: z.string() })

export type Exchange = z.infer<typeof exchangeSchema>
export type Dropped = z.infer<typeof droppedSchema>

/** The recording in order, and what was taken out of it. */
export function readRecording(): { exchanges: Exchange[]; dropped: Dropped[] } {
  const file = new URL('../../../fixtures/proxmox/exchanges.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
  const dropped = lines.flatMap((line) => {
    const parsed = droppedSchema.safeParse(line)
    return parsed.success ? [parsed.data] : []
  })
  const exchanges = lines.flatMap((line) => {
    const parsed = exchangeSchema.safeParse(line)
    return parsed.success ? [parsed.data] : []
  })
  return { exchanges, dropped }
}
