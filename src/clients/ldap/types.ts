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
  readonly attributes: { readonly login: string; readonly id: string; readonly name: string; readonly mail: string }
  readonly groupStyle: GroupStyle
  /** DNs of groups. With `allowed`, only its members may sign in. The first of admin, teacher, assistant decides the role; else student. */
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
  readonly role: DirectoryRole
}

/** Somebody's entry, before it is known what he may. */
export interface FoundEntry {
  readonly dn: string
  readonly externalId: string
  readonly username: string
  /** All values of the login attribute, lower case. */
  readonly logins: readonly string[]
  readonly displayName: string
  readonly email: string | null
  /** Normalised DNs of the groups that the entry itself names. */
  readonly memberOf: readonly string[]
  readonly primaryGroup: string | null
}
