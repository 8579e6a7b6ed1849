export { createLdapDirectory, type LdapDirectory } from './create-directory.ts'
export type { DirectoryFinding, LdapOptions, LdapPerson } from './types.ts'
