import {
  AndFilter,
  type Client,
  type Entry,
  EqualityFilter,
  type Filter,
  OrFilter,
  type SearchOptions,
  SizeLimitExceededError,
} from 'ldapts'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import type { FoundEntry, LdapOptions } from './types.ts'

export type SearchScope = Pick<LdapOptions, 'baseDn' | 'attributes'> & { readonly userFilter: Filter }

const valuesOf = (entry: Entry, attribute: string): (string | Buffer)[] => {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase())
  const value = key === undefined ? [] : (entry[key] ?? [])
  return Array.isArray(value) ? value : [value]
}
const textsOf = (entry: Entry, attribute: string): string[] => valuesOf(entry, attribute).map((value) => value.toString())

/** DNs differ in case and in the space around separators and still name the same. */
export const normaliseDn = (dn: string): string => dn.toLowerCase().replace(/\s*([,=+])\s*/gu, '$1')

/** Microsoft's objectGUID: 16 bytes, the first three groups little-endian; all others are text. */
function readId(value: string | Buffer | undefined): string | undefined {
  if (!Buffer.isBuffer(value)) return value
  if (value.length !== 16) return value.toString('utf8')
  const hex = (from: number, to: number, isReversed = false) => {
    const part = Buffer.from(value.subarray(from, to))
    return (isReversed ? part.reverse() : part).toString('hex')
  }
  return [hex(0, 4, true), hex(4, 6, true), hex(6, 8, true), hex(8, 10), hex(10, 16)].join('-')
}

function readEntry(entry: Entry, { attributes }: SearchScope, asked: readonly string[]): FoundEntry {
  const externalId = readId(valuesOf(entry, attributes.id)[0])
  const loginsBy = attributes.login.map((attribute) => textsOf(entry, attribute).map((name) => name.toLowerCase()))
  const names = loginsBy[0] ?? []
  const username = names.find((name) => asked.includes(name)) ?? names[0]
  if (!externalId || username === undefined) {
    const attribute = externalId ? (attributes.login[0] ?? '') : attributes.id
    const reason = say('details.ldap.noAttribute', { entry: entry.dn, attribute })
    throw new AppError('LDAP_UNEXPECTED_ANSWER', { details: { reason } })
  }
  return {
    dn: entry.dn,
    externalId,
    username,
    logins: loginsBy.flat(),
    displayName: textsOf(entry, attributes.name)[0] ?? username,
    email: textsOf(entry, attributes.mail)[0] ?? null,
    studentNumber: textsOf(entry, attributes.studentNumber)[0] ?? null,
    memberOf: textsOf(entry, 'memberOf').map(normaliseDn),
    primaryGroup: textsOf(entry, 'gidNumber')[0] ?? null,
  }
}

/** Filters are objects, never strings: what a person typed is a value, whatever signs it holds. */
const isOneOf = (attributes: readonly string[], names: readonly string[]): Filter =>
  new OrFilter({ filters: attributes.flatMap((attribute) => names.map((value) => new EqualityFilter({ attribute, value }))) })

async function search(
  client: Client,
  scope: SearchScope,
  names: readonly string[],
  limit: Pick<SearchOptions, 'sizeLimit' | 'paged'>,
): Promise<FoundEntry[]> {
  const { id, login, name, mail, studentNumber } = scope.attributes
  // References to other servers are listed apart by the library and never followed: what lies there does not exist for us.
  const { searchEntries } = await client.search(scope.baseDn, {
    scope: 'sub',
    derefAliases: 'never',
    filter: new AndFilter({ filters: [scope.userFilter, isOneOf(login, names)] }),
    attributes: [...new Set([id, ...login, name, mail, studentNumber, 'memberOf', 'gidNumber'])],
    explicitBufferAttributes: /^objectguid$/iu.test(id) ? [id] : [],
    ...limit,
  })
  const asked = names.map((each) => each.toLowerCase())
  return searchEntries.map((entry) => readEntry(entry, scope, asked))
}

/**
 * The one entry with this name.
 * @throws AppError LDAP_AMBIGUOUS when there are several, LDAP_UNEXPECTED_ANSWER when it lacks the id
 */
export async function findEntry(client: Client, scope: SearchScope, username: string): Promise<FoundEntry | null> {
  try {
    const found = await search(client, scope, [username], {})
    if (found.length > 1) throw new AppError('LDAP_AMBIGUOUS', { details: { username } })
    return found[0] ?? null
  } catch (error) {
    if (error instanceof SizeLimitExceededError) throw new AppError('LDAP_AMBIGUOUS', { cause: error, details: { username } })
    throw error
  }
}

/** One name at a time, where a server gives no more than a few entries per search; who is not unique is left out. */
async function listOneByOne(client: Client, scope: SearchScope, names: readonly string[]): Promise<FoundEntry[]> {
  const found: FoundEntry[] = []
  for (const name of names) {
    try {
      const entry = await findEntry(client, scope, name)
      if (entry) found.push(entry)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'LDAP_AMBIGUOUS')) throw error
    }
  }
  return found
}

/** Active Directory gives no more than 1000 entries at once, others fewer. */
const pageSize = 100

async function listBatch(client: Client, scope: SearchScope, names: readonly string[]): Promise<FoundEntry[]> {
  try {
    return await search(client, scope, names, { paged: { pageSize } })
  } catch (error) {
    if (error instanceof SizeLimitExceededError) return listOneByOne(client, scope, names)
    throw error
  }
}

/** The entries of these names (few enough for one filter); a name that two entries share is nobody's. */
export async function listEntries(client: Client, scope: SearchScope, names: readonly string[]): Promise<ReadonlyMap<string, FoundEntry>> {
  const entries = await listBatch(client, scope, names)
  const unique = names.flatMap((name) => {
    const matching = entries.filter((entry) => entry.logins.includes(name.toLowerCase()))
    const [only] = matching
    return matching.length === 1 && only ? [[name, only] as const] : []
  })
  return new Map(unique)
}
