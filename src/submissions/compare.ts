/** What a criterion came to in one submission. */
export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped'
  readonly points: number
}

export interface CriterionComparison {
  readonly id: string
  readonly title: string
  readonly before: Outcome | null
  readonly after: Outcome | null
}

/** The criteria whose verdict or points changed; one that only one of the two was checked by is a change too. */
export function compareCriteria(
  before: readonly ({ readonly id: string; readonly title: string } & Outcome)[],
  after: readonly ({ readonly id: string; readonly title: string } & Outcome)[],
): { readonly changed: CriterionComparison[]; readonly unchanged: number } {
  const outcome = (one: Outcome | undefined): Outcome | null => (one ? { verdict: one.verdict, points: one.points } : null)
  const left = new Map(before.map((one) => [one.id, one]))
  const right = new Map(after.map((one) => [one.id, one]))
  const all = [...after, ...before.filter(({ id }) => !right.has(id))].map(({ id, title }) => ({
    id,
    title,
    before: outcome(left.get(id)),
    after: outcome(right.get(id)),
  }))
  const isSame = (one: CriterionComparison) => one.before?.verdict === one.after?.verdict && one.before?.points === one.after?.points
  return { changed: all.filter((one) => !isSame(one)), unchanged: all.filter(isSame).length }
}
