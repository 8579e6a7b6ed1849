export { createLdapDirectory, type LdapDirectory } from './create-directory.ts'
export type { LdapOptions, LdapPerson } from './types.ts'
