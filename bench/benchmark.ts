/** What is measured, in one number. An aim decides nothing: it is printed beside the figure, and a missed one is named. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'MB' | 'kB' | 'requests/s' | 'x' | 'states' | 'requests' | 'count' | 'shift'
  readonly aim?: { readonly atMost: number } | { readonly atLeast: number }
  /** Shown when the aim is missed. */
  readonly cause?: string
}

export interface Benchmark {
  /** As it is called on the command line. */
  readonly name: string
  readonly title: string
  /** What is done, against what, in sentences for docs/benchmarks.md. */
  readonly how: string
  run(say: (progress: string) => void): Promise<readonly Figure[]>
}

export function isMissed({ aim, value }: Figure): boolean {
  if (!aim) return false
  return 'atMost' in aim ? value > aim.atMost : value < aim.atLeast
}
