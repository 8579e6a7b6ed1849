import { describe, expect, it } from 'vitest'
import { fromLocalTime, toLocalTime } from '../../src/lib/zoned-time.ts'

describe('times of a course', () => {
  it.each([
    ['2026-12-04T18:00', 'Europe/Lisbon', '2026-12-04T18:00:00.000Z'],
    ['2026-07-04T18:00', 'Europe/Lisbon', '2026-07-04T17:00:00.000Z'],
    ['2026-07-04T18:00', 'America/New_York', '2026-07-04T22:00:00.000Z'],
    ['2026-01-01T00:30', 'Asia/Kolkata', '2025-12-31T19:00:00.000Z'],
  ])('%s in %s is %s, and back', (local, zone, iso) => {
    expect(fromLocalTime(local, zone)).toBe(iso)
    expect(toLocalTime(iso, zone)).toBe(local)
  })

  it('takes the hour that spring skips as the one after it', () => {
    expect(fromLocalTime('2026-03-29T02:30', 'Europe/Berlin')).toMatch(/^2026-03-29T0[01]:30/)
  })

  it('takes one of the two hours that autumn repeats, and shows it as it was typed', () => {
    const iso = fromLocalTime('2026-10-25T01:30', 'Europe/Lisbon') ?? ''
    expect(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']).toContain(iso)
    expect(toLocalTime(iso, 'Europe/Lisbon')).toBe('2026-10-25T01:30')
  })

  it.each(['', 'tomorrow', '2026-13-40T99:00', '2026-12-04'])('does not read %j', (text) => {
    expect(fromLocalTime(text, 'UTC')).toBeUndefined()
  })
})
