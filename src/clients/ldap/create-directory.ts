import { readFileSync } from 'node:fs'
import { type Client, type Filter, FilterParser } from 'ldapts'
import { AppError } from '../../errors.ts'
import { quote, say } from '../../lib/sentence.ts'
import { askDirectory, type ServerOptions } from './connection.ts'
import { findEntry, listEntries, type SearchScope } from './entries.ts'
import { closedAccountOf, isAccountRefused } from './fault.ts'
import { findStanding, listMemberships } from './groups.ts'
import type { DirectoryFinding, FoundEntry, LdapOptions, LdapPerson } from './types.ts'

const invalid = (field: string, error: unknown) =>
  new AppError('CONFIG_INVALID', {
    cause: error,
    fields: [{ field, problem: quote(error instanceof Error ? error.message : String(error)) }],
  })

function readCa(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8')
  } catch (error) {
    throw invalid('LDAP_CA_FILE', error)
  }
}

function parseFilter(text: string): Filter {
  try {
    return FilterParser.parseString(text)
  } catch (error) {
    throw invalid('LDAP_USER_FILTER', error)
  }
}

async function bindsAs(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    const closed = closedAccountOf(error)
    if (closed !== null) throw new AppError('LDAP_ACCOUNT_CLOSED', { cause: error, details: { reason: say(`details.ldap.${closed}`) } })
    if (isAccountRefused(error)) return false
    throw error
  }
}

const toPerson = ({ externalId, username, displayName, email, studentNumber }: FoundEntry, role: LdapPerson['role']): LdapPerson => ({
  externalId,
  username,
  displayName,
  email,
  studentNumber,
  role,
})

/** Names in one question; a filter much longer than this is refused by some servers, and each question has its own time limit. */
const batchSize = 40

/**
 * Names and passwords checked by an LDAP directory: found by a search (as the service account, or anonymously), proven by binding as the
 * entry found. Nothing is cached; each question has connections of its own.
 * @throws AppError CONFIG_INVALID for a filter or a CA file that cannot be read
 */
export function createLdapDirectory(options: LdapOptions) {
  const server: ServerOptions = { ...options, ca: readCa(options.caFile) }
  const scope: SearchScope = { ...options, userFilter: parseFilter(options.userFilter) }

  const ask = <Answer>(question: (client: Client) => Promise<Answer>): Promise<Answer> =>
    askDirectory(server, async (client) => {
      if (options.service) await client.bind(options.service.dn, options.service.password)
      return question(client)
    })

  async function lookUpFew(names: readonly string[]): Promise<readonly (readonly [string, LdapPerson])[]> {
    return ask(async (client) => {
      const people: (readonly [string, LdapPerson])[] = []
      for (const [name, entry] of await listEntries(client, scope, names)) {
        const { maySignIn, role } = await findStanding(client, options, entry)
        if (maySignIn) people.push([name, toPerson(entry, role)])
      }
      return people
    })
  }

  return {
    /**
     * Who this is; null for an unknown name, a wrong password, or somebody who may not sign in here.
     * @throws AppError LDAP_UNAVAILABLE, LDAP_TIMEOUT, LDAP_REFUSED (our own account), LDAP_AMBIGUOUS, LDAP_UNEXPECTED_ANSWER,
     * LDAP_ACCOUNT_CLOSED (the password is right, the account is expired or disabled)
     */
    async authenticate(username: string, password: string): Promise<LdapPerson | null> {
      // A bind with a name and no password is anonymous for many servers, and "succeeds" (RFC 4513, 5.1.2): it never goes out.
      if (username === '' || password === '') return null
      const entry = await ask((client) => findEntry(client, scope, username))
      if (!entry) return null
      const isProven = await askDirectory(server, (client) => bindsAs(client, entry.dn, password))
      if (!isProven) return null
      const { maySignIn, role } = await ask((client) => findStanding(client, options, entry))
      return maySignIn ? toPerson(entry, role) : null
    },

    /** Those of the names that the directory has and that may sign in; the key is the name as it was given. @throws as authenticate */
    async lookUp(usernames: readonly string[]): Promise<ReadonlyMap<string, LdapPerson>> {
      const names = [...new Set(usernames.filter((name) => name !== ''))]
      const people = new Map<string, LdapPerson>()
      for (let from = 0; from < names.length; from += batchSize) {
        for (const [name, person] of await lookUpFew(names.slice(from, from + batchSize))) people.set(name, person)
      }
      return people
    },

    /** All that decides about one person, also when he may not sign in; null for a name that the directory does not have. */
    describe: (username: string): Promise<DirectoryFinding | null> =>
      ask(async (client) => {
        const entry = await findEntry(client, scope, username)
        if (!entry) return null
        const { maySignIn, role } = await findStanding(client, options, entry)
        const groups = await listMemberships(client, options, entry)
        return { person: toPerson(entry, role), dn: entry.dn, groups, maySignIn }
      }),
  }
}

export type LdapDirectory = ReturnType<typeof createLdapDirectory>
