import { expect, it } from 'vitest'
import type { StudentAttempts } from '../../src/statistics/item-statistics.ts'
import { durationsOf, submissionsByHour } from '../../src/statistics/time-statistics.ts'

const student = (startedAt: string | null, ...submitted: readonly string[]): StudentAttempts => ({
  userId: 'u',
  startedAt,
  attempts: submitted.map((submittedAt) => ({ submittedAt, points: 1, maxPoints: 1, criteria: [] })),
})
const at = (time: string) => `2026-11-22T${time}:00.000Z`

it('measures from the first start to the submission that counts, each column with its lower end', () => {
  const { counts, medianMs } = durationsOf([
    student(at('08:00'), at('08:05'), at('08:30')),
    student(at('08:00'), at('08:14')),
    student('2026-11-20T08:00:00.000Z', at('08:00')),
  ])
  expect(counts).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1])
  expect(medianMs).toBe(30 * 60_000)
})

it('leaves out who has no start on record, no result, or a lab younger than the result', () => {
  expect(durationsOf([student(null, at('08:00')), student(at('08:00')), student(at('09:00'), at('08:00'))])).toEqual({
    counts: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    medianMs: null,
  })
})

it('counts every submission in its hour on the clock of the course', () => {
  const hours = submissionsByHour([student(null, at('22:59'), at('23:00')), student(null, at('23:30'))], 'Europe/Helsinki')
  expect(hours[0]).toBe(1)
  expect(hours[1]).toBe(2)
  expect(hours.reduce((sum, count) => sum + count)).toBe(3)
})
