/** The middle value, between the two in the middle when their number is even; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other)
  const upper = sorted[Math.floor(sorted.length / 2)]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? upper) + upper) / 2
}

/** Null of none. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** Below this a correlation says nothing. */
const leastForCorrelation = 5

/** Pearson's; of a yes and no with points it is the point-biserial correlation. Null of too few, or where nothing differs. */
export function correlate(pairs: readonly (readonly [number, number])[]): number | null {
  const [x, y] = [mean(pairs.map(([one]) => one)), mean(pairs.map(([, other]) => other))]
  if (pairs.length < leastForCorrelation || x === null || y === null) return null
  const sum = (of: (one: number, other: number) => number) => pairs.reduce((total, [one, other]) => total + of(one - x, other - y), 0)
  const spread = Math.sqrt(sum((one) => one * one) * sum((_one, other) => other * other))
  return spread === 0 ? null : sum((one, other) => one * other) / spread
}
