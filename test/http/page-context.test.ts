import { expect, it } from 'vitest'
import { navFor } from '../../src/http/page-context.plugin.ts'

const current = (url: string, role: 'admin' | 'student' = 'admin') =>
  navFor(role, url, 0)
    .filter((item) => item.isCurrent)
    .map(({ id }) => id)

it.each([
  ['/admin', 'status'],
  ['/admin/nodes?period=month', 'status'],
  ['/admin/jobs', 'jobs'],
  ['/admin/jobs/8812', 'jobs'],
  ['/admin/audit', 'audit'],
  ['/courses/5', 'courses'],
])('marks at %s the one place that the page is in: %s', (url, place) => {
  expect(current(url)).toEqual([place])
})

it('marks none where a page is in none, the start page for nothing but itself', () => {
  expect(current('/exercises/5', 'student')).toEqual([])
  expect(current('/', 'student')).toEqual(['home'])
})
