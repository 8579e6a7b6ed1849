import { expect, it } from 'vitest'
import { AppError, errorCatalogue, isAppError } from '../src/errors.ts'
import { hasMessage } from '../src/strings/index.ts'

it.each(Object.keys(errorCatalogue))('%s has a sentence', (code) => {
  expect(hasMessage(`errors.${code}`)).toBe(true)
})

it('is known by its code', () => {
  const error: unknown = new AppError('LAB_FROZEN')
  expect([isAppError(error), isAppError(error, 'LAB_FROZEN', 'NOT_FOUND'), isAppError(error, 'NOT_FOUND')]).toEqual([true, true, false])
  expect(isAppError(new Error('LAB_FROZEN'))).toBe(false)
})

it('keeps what caused it, its values and its fields', () => {
  const cause = new Error('socket hang up')
  const error = new AppError('PROXMOX_UNREACHABLE', { cause, details: { reason: 'x' }, fields: [{ field: 'a', problem: { key: 'b' } }] })
  expect(error).toMatchObject({ code: 'PROXMOX_UNREACHABLE', status: 502, retryable: true, cause, details: { reason: 'x' } })
})

it('gives no fault of a student or of a form to be tried again', () => {
  const wrong = Object.entries(errorCatalogue).filter(([, kind]) => kind.retryable && kind.status < 500)
  expect(wrong).toEqual([])
})
