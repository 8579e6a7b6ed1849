import type { Logger } from 'pino'

export type GroupStyle = 'memberOf' | 'groupOfNames' | 'posixGroup' | 'ad-nested'
export type DirectoryRole = 'admin' | 'teacher' | 'assistant' | 'student'

export interface LdapOptions {
  /** `ldap://` or `ldaps://`, tried in this order; the next only when one cannot be reached or does not answer. */
  readonly urls: readonly string[]
  /** Turns `ldap://` into TLS before anything is sent. */
  readonly startTls: boolean
  /** PEM of the CA that signed the server's certificate; without it, the system's CAs. Certificates are always checked. */
  readonly caFile?: string
  /** Who searches; without it the search is anonymous. */
  readonly service?: { readonly dn: string; readonly password: string }
  readonly baseDn: string
  /** Which entries are people, as an LDAP filter. */
  readonly userFilter: string
  readonly attributes: {
    /** What people may type; the first one names the account. */
    readonly login: readonly string[]
    readonly id: string
    readonly name: string
    readonly mail: string
    readonly studentNumber: string
  }
  readonly groupStyle: GroupStyle
  /**
   * DNs of groups. With `allowed`, only its members may sign in. The first of admin, teacher, assistant decides the role; else student.
   * With none of these three the directory has nothing to say about roles.
   */
  readonly groups: { readonly allowed?: string; readonly admin?: string; readonly teacher?: string; readonly assistant?: string }
  /** For one server and one question to it, all steps together. */
  readonly timeoutMs: number
  readonly log: Pick<Logger, 'warn'>
}

/** A person as the directory knows him; `externalId` is what never changes. */
export interface LdapPerson {
  readonly externalId: string
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  readonly studentNumber: string | null
  /** null: no group decides about roles. */
  readonly role: DirectoryRole | null
}

export type GroupPurpose = 'allowed' | 'admin' | 'teacher' | 'assistant'

/** A person with what led to the role, for whoever looks why somebody cannot sign in. */
export interface DirectoryFinding {
  readonly person: LdapPerson
  readonly dn: string
  /** Every group that was set, in the order in which they are asked. */
  readonly groups: readonly { readonly purpose: GroupPurpose; readonly dn: string; readonly isMember: boolean }[]
  readonly maySignIn: boolean
}

/** Somebody's entry, before it is known what he may. */
export interface FoundEntry {
  readonly dn: string
  readonly externalId: string
  readonly username: string
  /** All values of the login attributes, lower case. */
  readonly logins: readonly string[]
  readonly displayName: string
  readonly email: string | null
  readonly studentNumber: string | null
  /** Normalised DNs of the groups that the entry itself names. */
  readonly memberOf: readonly string[]
  readonly primaryGroup: string | null
}
