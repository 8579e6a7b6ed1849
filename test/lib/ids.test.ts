import { expect, it } from 'vitest'
import { newId, newOneTimePassword, newSecret } from '../../src/lib/ids.ts'

const many = <T>(make: () => T): T[] => Array.from({ length: 500 }, make)

it('makes ids that a host name and an address can hold, none twice', () => {
  const ids = many(newId)
  expect(ids.filter((id) => !/^[0-9a-z]{16}$/.test(id) || /[ilou]/.test(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
})

it('makes secrets of 256 bits', () => {
  expect(many(newSecret).filter((secret) => Buffer.from(secret, 'base64url').length !== 32)).toEqual([])
})

it('makes passwords that can be read out: no 0, 1, i, l, o or u', () => {
  const passwords = many(newOneTimePassword)
  expect(passwords.filter((password) => !/^[2-9a-hjkmnp-tv-z]{4}(-[2-9a-hjkmnp-tv-z]{4}){2}$/.test(password))).toEqual([])
  expect(new Set(passwords).size).toBe(passwords.length)
})
