import { afterAll, beforeAll, expect, it } from 'vitest'
import { activeDirectory } from '../clients/ldap/active-directory.ts'
import { runAttacks } from './attack.ts'
import { openAttackBench } from './attack-bench.ts'
import { filterAttacks, filterNames } from './cases/filters.ts'
import { startEmptyDirectory } from './empty-directory.ts'

let nobody: Awaited<ReturnType<typeof startEmptyDirectory>>
beforeAll(async () => {
  nobody = await startEmptyDirectory()
})
afterAll(() => nobody?.stop())

runAttacks(filterAttacks, () => openAttackBench({ directory: activeDirectory(nobody.url) }))

it.each(filterNames)('%s is asked for as a value, sign by sign, and nothing else is', async (username) => {
  const before = nobody.searches.length
  expect(await activeDirectory(nobody.url).authenticate(username, 'x')).toBeNull()
  const [search, ...more] = nobody.searches.slice(before)
  const value = Buffer.concat([Buffer.from([0x04, Buffer.byteLength(username)]), Buffer.from(username)])
  expect([more.length, search?.includes(value)]).toEqual([0, true])
})
