import { describe, expect, it } from 'vitest'
import { createViewFilters } from '../../src/http/view-filters.ts'
import { createTranslator } from '../../src/strings/index.ts'

const filters = createViewFilters(createTranslator())

describe('view filters', () => {
  it('writes times in the zone of the course, also across midnight and summer time', () => {
    expect(filters.dateTime('2026-12-04T18:00:00Z', 'Europe/Lisbon')).toBe('Fri 4 Dec, 18:00')
    expect(filters.dateTime('2026-07-04T23:30:00Z', 'Europe/Lisbon')).toBe('Sun 5 Jul, 00:30')
    expect(filters.clockTime('2026-12-04T18:00:31Z', 'America/Sao_Paulo')).toBe('15:00:31')
  })

  it('says the absolute time with its zone for the title', () => {
    expect(filters.fullTime('2026-12-04T18:00:31Z', 'UTC')).toMatch(/^Friday,? 4 December 2026 at 18:00:31 UTC$/)
  })

  it.each([
    [0, '0 s'],
    [420, '0.4 s'],
    [9_960, '10 s'],
    [12_400, '12 s'],
    [59_700, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(filters.duration(ms)).toBe(text)
  })

  it('writes points without needless decimals', () => {
    expect([2, 2.5, 1 / 3].map(filters.points)).toEqual(['2', '2.5', '0.33'])
  })

  it('writes sizes and shares for people', () => {
    expect([999, 19_525, 4_200_000].map(filters.fileSize)).toEqual(['999 B', '20 kB', '4.2 MB'])
    expect(filters.percent(0.615)).toBe('62 %')
  })
})
