import { expect, it } from 'vitest'
import { isoNow, systemClock } from '../../src/lib/clock.ts'

it('stops waiting with the reason of the signal, before and while it waits', async () => {
  const reason = new Error('the server stops')
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
  const controller = new AbortController()
  const waiting = systemClock.sleep(60_000, controller.signal)
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
})

it('writes times in UTC', () => {
  expect(isoNow({ ...systemClock, now: () => Date.UTC(2026, 6, 1, 9, 30) })).toBe('2026-07-01T09:30:00.000Z')
})
