/** One column of a histogram: how many, and what they have in common, in words. */
export interface ColumnValue {
  readonly label: string
  readonly count: number
}

/** A histogram as shapes; the view draws it, and its table is beside it. Units are those of the viewBox. */
export interface ColumnPlot {
  readonly width: number
  readonly height: number
  readonly baseline: number
  readonly columns: readonly (ColumnValue & {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
    readonly middle: number
  })[]
  readonly ticks: readonly { readonly value: number; readonly y: number }[]
}

const size = { width: 420, height: 220, left: 30, right: 6, top: 18, bottom: 26 } as const
const gap = 0.16

/** At most five whole steps up to the highest count: 0, 2, 4, 6, 8. */
export function wholeTicks(highest: number): number[] {
  const least = Math.max(1, highest / 4)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least) ?? 1
  return Array.from({ length: Math.ceil(Math.max(1, highest) / step) + 1 }, (_, index) => index * step)
}

const round = (value: number): number => Math.round(value * 10) / 10

/** Lays out columns of equal width, as high as their counts. */
export function plotColumns(values: readonly ColumnValue[]): ColumnPlot {
  const ticks = wholeTicks(Math.max(0, ...values.map(({ count }) => count)))
  const top = ticks.at(-1) ?? 1
  const baseline = size.height - size.bottom
  const scale = (baseline - size.top) / top
  const step = (size.width - size.left - size.right) / Math.max(1, values.length)
  return {
    width: size.width,
    height: size.height,
    baseline,
    columns: values.map((value, index) => {
      const x = size.left + step * (index + gap / 2)
      const width = step * (1 - gap)
      return {
        ...value,
        x: round(x),
        y: round(baseline - value.count * scale),
        width: round(width),
        height: round(value.count * scale),
        middle: round(x + width / 2),
      }
    }),
    ticks: ticks.map((value) => ({ value, y: round(baseline - value * scale) })),
  }
}

/** A point of a line over time; null where nothing was measured. */
export interface LinePoint {
  readonly at: string
  readonly value: number | null
}

/** Shares of 1 over time as the path of an SVG, a gap where nothing was measured. */
export function plotLine(points: readonly LinePoint[], { width, height }: { readonly width: number; readonly height: number }): string {
  const times = points.map(({ at }) => Date.parse(at))
  const from = Math.min(...times)
  const span = Math.max(...times) - from || 1
  let isDown = false
  return points
    .map(({ value }, index) => {
      const verb = isDown ? 'L' : 'M'
      isDown = value !== null
      if (value === null) return ''
      const x = (((times[index] ?? from) - from) / span) * width
      return `${verb}${round(x)} ${round(height - Math.min(1, Math.max(0, value)) * height)}`
    })
    .join('')
}
