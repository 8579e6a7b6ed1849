import type { FormView, PageRole } from '../http/page-context.ts'

/** A button that signs in at once; the demo alone offers them. */
export interface DemoAccount {
  readonly username: string
  readonly password: string
  readonly name: string
  readonly role: PageRole
}

/** `/sign-in` → `auth/sign-in.njk`. Form fields: username, password, next. */
export interface SignInPage {
  readonly form: FormView
  /** Path to go to afterwards; always one of ours. */
  readonly next: string
  /** Something was pressed after the session had ended; it is asked again after the sign-in. */
  readonly isInterrupted: boolean
  readonly demoAccounts: readonly DemoAccount[]
  /** How people sign in: `ldap` says that it is the account of the institution. */
  readonly mode: 'local' | 'ldap'
}

/** `/account/password` → `auth/password.njk`. Form fields: current, password, repeat, next. */
export interface PasswordPage {
  readonly form: FormView
  /** Path to go to afterwards; always one of ours. */
  readonly next: string
  /** The account came with a one-time password; nothing else can be opened before. */
  readonly isForced: boolean
  readonly minLength: number
}

/** `/account` → `auth/account.njk`. Form fields of a new API key: name, scope, days. */
export interface AccountPage {
  readonly sessions: readonly {
    /** Stands for the session outside; not its id, which is its secret. */
    readonly name: string
    readonly isThis: boolean
    readonly kind: 'browser' | 'api'
    readonly address: string | null
    readonly userAgent: string | null
    readonly lastSeenAt: string
    readonly createdAt: string
  }[]
  readonly tokens: readonly {
    readonly id: string
    readonly name: string
    readonly scope: 'read' | 'write'
    readonly lastUsedAt: string | null
    readonly expiresAt: string
  }[]
  /** The key that was just made, shown this once. */
  readonly newToken: string | null
  readonly mayAdd: boolean
  readonly form: FormView
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'auth/sign-in.njk': SignInPage
    'auth/account.njk': AccountPage
    'auth/password.njk': PasswordPage
  }
}
