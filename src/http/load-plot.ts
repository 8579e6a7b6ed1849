import { plotLine } from './plots.ts'

const plotSize = { width: 300, height: 60 } as const

/** What a node or a VM carried over a time, as plots show it. */
export interface LoadPlot {
  readonly name: string
  /** Paths of lines, 300 by 60, from left (oldest) to right. */
  readonly cpuLine: string
  readonly memoryLine: string
  readonly highestCpu: number
  readonly highestMemory: number
  readonly highestVms: number
}

/** Measured shares (0 to 1) by time (ISO 8601); null where nothing was measured. */
export interface MeasuredLoad {
  readonly name: string
  readonly points: readonly { readonly at: string; readonly cpu: number | null; readonly memory: number | null }[]
  readonly highest: { readonly cpu: number; readonly memory: number; readonly runningVms: number }
}

/** The lines of a load. */
export const plotLoad = ({ name, points, highest }: MeasuredLoad): LoadPlot => ({
  name,
  cpuLine: plotLine(
    points.map(({ at, cpu }) => ({ at, value: cpu })),
    plotSize,
  ),
  memoryLine: plotLine(
    points.map(({ at, memory }) => ({ at, value: memory })),
    plotSize,
  ),
  highestCpu: highest.cpu,
  highestMemory: highest.memory,
  highestVms: highest.runningVms,
})
