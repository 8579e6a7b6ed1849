import { z } from 'zod'
import type { CountedAttempt } from './results.ts'

/** Of the verdicts in a row, or `none`: nothing was evaluated yet. */
const shownVerdicts = ['pass', 'fail', 'inconclusive', 'skipped', 'none'] as const
export type ShownVerdict = (typeof shownVerdicts)[number]
/** Hours back from now, as an address has them. */
export const sinceChoices = ['1', '24', '168'] as const
export type SortOrder = 'asc' | 'desc'

const text = z.string().trim().max(100).catch('').default('')

/**
 * What a matrix shows and in which order; what cannot be read is as if it were not there. `sort` is `name`, `points`, `attempts`,
 * `submitted`, or `check.` and the id of a criterion.
 */
export const resultsQuery = z.object({
  group: text,
  name: text,
  verdict: z
    .enum([...shownVerdicts, ''])
    .catch('')
    .default(''),
  /** Criterion that the verdict is looked for at; empty for any. */
  at: text,
  /** Changed at most so long ago; empty for ever. */
  since: z
    .enum([...sinceChoices, ''])
    .catch('')
    .default(''),
  sort: text,
  order: z.enum(['asc', 'desc']).catch('asc').default('asc'),
  counts: z.enum(['last', 'best']).catch('last').default('last'),
})

export interface ResultsQuery {
  readonly group: string
  readonly name: string
  readonly verdict: ShownVerdict | ''
  readonly at: string
  readonly since: (typeof sinceChoices)[number] | ''
  readonly sort: string
  readonly order: SortOrder
  readonly counts: CountedAttempt
}

const usual: ResultsQuery = { group: '', name: '', verdict: '', at: '', since: '', sort: '', order: 'asc', counts: 'last' }
const names = ['group', 'name', 'verdict', 'at', 'since', 'sort', 'order', 'counts'] as const

/** The query as an address carries it, with `?`; empty when everything is as usual. */
export function queryText(query: ResultsQuery, more: Readonly<Record<string, string>> = {}): string {
  const given = names.flatMap((name): [string, string][] => (query[name] === usual[name] ? [] : [[name, query[name]]]))
  const search = new URLSearchParams([...given, ...Object.entries(more)]).toString()
  return search === '' ? '' : `?${search}`
}
