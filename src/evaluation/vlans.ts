import { z } from 'zod'

/** Numbers of VLANs, as people and switches write them, compared as sets. */

const first = 1
const last = 4094

/** Every VLAN there can be: what a trunk carries unless somebody says otherwise. */
export const allVlans: readonly number[] = Array.from({ length: last }, (_, index) => index + first)

export const vlanIdSchema = z.int({ error: 'exerciseProblems.vlanId' }).min(first, { error: 'exerciseProblems.vlanId' }).max(last, {
  error: 'exerciseProblems.vlanId',
})

/** `1,10,20-25`, `ALL`, `1-4094`, `none`; undefined for anything else. Sorted, each once. */
export function parseVlans(text: string): readonly number[] | undefined {
  const compact = text.replace(/\s+/g, '')
  if (/^all$/i.test(compact)) return allVlans
  if (/^none$/i.test(compact)) return []
  const found = new Set<number>()
  for (const part of compact.split(',')) {
    const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? []
    if (from === undefined || Number(from) > Number(to) || Number(to) > 4095) return undefined
    for (let id = Number(from); id <= Number(to); id += 1) found.add(id)
  }
  return [...found].sort((one, other) => one - other)
}

/** Sorted numbers as `1,10,20-25`; `-` for none. */
export function showVlans(ids: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const id of ids) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === id - 1) range[1] = id
    else ranges.push([id, id])
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',') || '-'
}

const isVlan = (id: number): boolean => id >= first && id <= last

/** A criterion's VLANs, `10,20-25` or a list of numbers; kept in the one form `10,20-25`. */
export const vlanListSchema = z
  .union(
    [
      z.string(),
      z.int().transform(String),
      z
        .array(z.int())
        .min(1)
        .max(256)
        .transform((ids) => ids.join(',')),
    ],
    {
      error: 'exerciseProblems.vlanList',
    },
  )
  .refine((text) => (parseVlans(text) ?? [0]).every(isVlan) && parseVlans(text)?.length !== 0, { error: 'exerciseProblems.vlanList' })
  .transform((text) => showVlans(parseVlans(text) ?? []))
