import { navFor } from '../../src/http/page-context.plugin.ts'
import type { PageContext, PageRole } from '../../src/http/page-context.ts'

/** Where somebody of a role is when nothing else is said. */
const homes: Readonly<Record<PageRole, string>> = { student: '/', assistant: '/courses', teacher: '/courses', admin: '/admin' }

const names: Readonly<Record<PageRole, string>> = {
  student: 'Ana Silva',
  assistant: 'Rui Costa',
  teacher: 'Prof. Helena Duarte',
  admin: 'Miguel Reis',
}

const base = {
  csrf: 'sample-csrf',
  timeZone: 'Europe/Lisbon',
  requestId: 'req-1k',
  path: '/',
  language: 'en',
  assetVersion: 'sample',
  isSandbox: true,
  flash: null,
  notices: [],
} as const

/** Somebody of this role looks at the page, which is in this part of the product. */
export const contextOf = (role: PageRole, at: string = homes[role]): PageContext => ({
  ...base,
  user: { id: '7', username: role, name: names[role], role },
  nav: navFor(role, at, role === 'admin' ? 2 : 0),
})

/** Nobody is signed in. */
export const visitor: PageContext = { ...base, user: null, nav: [] }
