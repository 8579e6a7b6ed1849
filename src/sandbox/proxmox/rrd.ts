import type { Timing } from './timing.ts'

const steps: Readonly<Record<string, number>> = { hour: 60, day: 1_800, week: 10_800, month: 43_200, year: 604_800 }
const pointCount = 70
const filled = 10

/** Points of a time frame; as on a young machine the early ones hold nothing but their time. */
export function rrdPoints(timing: Timing, timeframe: string, figures: () => Record<string, number>): unknown {
  const step = steps[timeframe] ?? 60
  const last = Math.floor(timing.seconds() / step) * step
  return Array.from({ length: pointCount }, (_unused, index) => {
    const time = last - (pointCount - 1 - index) * step
    return index < pointCount - filled ? { time } : { time, ...figures() }
  })
}
