import { expect, it } from 'vitest'
import { attackClasses } from './attack.ts'
import { allAttacks } from './cases/index.ts'

it.each(attackClasses)('the class %s is tried in at least four ways, each another', (name) => {
  const tried = allAttacks.flatMap((attack) => (attack.class === name ? [attack.what] : []))
  expect(new Set(tried).size).toBe(tried.length)
  expect(tried.length).toBeGreaterThanOrEqual(4)
})
