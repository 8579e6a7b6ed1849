import { expect, it } from 'vitest'
import { plotColumns, plotLine, wholeTicks } from '../../src/http/plots.ts'

it.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [4, [0, 1, 2, 3, 4]],
  [7, [0, 2, 4, 6, 8]],
  [31, [0, 10, 20, 30, 40]],
])('has whole steps up to %i', (highest, ticks) => {
  expect(wholeTicks(highest)).toEqual(ticks)
})

it('draws columns as high as they count, side by side, within the drawing', () => {
  const { columns, width, baseline } = plotColumns([2, 4, 0].map((count) => ({ label: '', count })))
  const [two, four, none] = columns
  expect((four?.height ?? 0) / (two?.height ?? 1)).toBeCloseTo(2)
  expect(none?.height).toBe(0)
  for (const column of columns)
    expect([column.x + column.width <= width, Math.abs(column.y + column.height - baseline) < 0.2]).toEqual([true, true])
})

it('draws a line with a gap where nothing was measured, and keeps what is out of range inside', () => {
  const points = [0.5, null, 2, 0].map((value, index) => ({ at: new Date(index * 60_000).toISOString(), value }))
  expect(plotLine(points, { width: 90, height: 10 })).toBe('M0 5M60 0L90 10')
  expect(plotLine([], { width: 90, height: 10 })).toBe('')
})
