const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** The value below which the given share lies; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const list = sorted(values)
  return list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const list = sorted(values)
  const [low, high] = [list[Math.floor((list.length - 1) / 2)], list[Math.floor(list.length / 2)]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}
