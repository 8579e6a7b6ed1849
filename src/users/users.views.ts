import type { FormView, PageRole } from '../http/page-context.ts'

export interface UserRow {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly role: PageRole
  readonly origin: 'local' | 'ldap'
  readonly isActive: boolean
  readonly createdAt: string
  readonly lastSeenAt: string | null
}

/** A password that is shown once, to whoever hands it on. */
export interface OneTimePassword {
  readonly username: string
  readonly name: string
  readonly password: string
}

/** `/admin/users` → `users/list.njk`. Form fields: username, name, email, role. */
export interface UsersPage {
  readonly users: readonly UserRow[]
  readonly query: string
  readonly role: PageRole | null
  readonly nextHref: string | null
  readonly form: FormView
  readonly oneTimePasswords: readonly OneTimePassword[]
}

/** `/admin/users/:id` → `users/show.njk`. Forms post to `/admin/users/:id/{role,password,deactivate,activate}`. */
export interface UserPage {
  readonly user: UserRow
  readonly courses: readonly { readonly id: string; readonly title: string; readonly role: string }[]
  readonly sessions: number
  readonly isSelf: boolean
  readonly form: FormView
  readonly oneTimePassword: OneTimePassword | null
}

export interface AuditRow {
  readonly at: string
  /** null: nobody was signed in, or the server itself. */
  readonly actor: string | null
  readonly behalf: string | null
  readonly action: string
  readonly object: string
  readonly details: string
  readonly address: string | null
}

/** `/admin/audit` → `users/audit.njk`. */
export interface AuditPage {
  readonly rows: readonly AuditRow[]
  readonly actions: readonly string[]
  /** As it was given; empty: all. */
  readonly filter: { readonly action: string; readonly user: string; readonly from: string; readonly to: string }
  readonly nextHref: string | null
  readonly exportHref: string
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'users/list.njk': UsersPage
    'users/show.njk': UserPage
    'users/audit.njk': AuditPage
  }
}
