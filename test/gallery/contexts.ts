import type { NavItem, PageContext, PageRole } from '../../src/http/page-context.ts'

const navOf: Readonly<Record<PageRole, readonly NavItem[]>> = {
  student: [{ id: 'home', href: '/', isCurrent: true, alerts: 0 }],
  assistant: [{ id: 'courses', href: '/courses', isCurrent: true, alerts: 0 }],
  teacher: [{ id: 'courses', href: '/courses', isCurrent: true, alerts: 0 }],
  admin: [
    { id: 'courses', href: '/courses', isCurrent: false, alerts: 0 },
    { id: 'users', href: '/admin/users', isCurrent: false, alerts: 0 },
    { id: 'jobs', href: '/admin/jobs', isCurrent: true, alerts: 0 },
    { id: 'status', href: '/admin', isCurrent: false, alerts: 2 },
  ],
}

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

/** Somebody of this role looks at the page. */
export const contextOf = (role: PageRole): PageContext => ({
  ...base,
  user: { id: '7', username: role, name: names[role], role },
  nav: navOf[role],
})

/** Nobody is signed in. */
export const visitor: PageContext = { ...base, user: null, nav: [] }
