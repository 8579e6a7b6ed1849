import { verify } from '@node-rs/argon2'
import type { FastifyInstance } from 'fastify'
import { Client, EqualityFilter } from 'ldapts'
import { z } from 'zod'
import { typedRoutes } from '../../src/http/zod-validation.ts'

const body = z.object({ username: z.string(), password: z.string() })

/**
 * What a sign-in cannot do without, on the same server: `/bench/raw` verifies the one hash, or searches and binds as ldapts' own page
 * shows it (one connection for the search, one for the bind), and does nothing else: no account, session, audit log or token.
 */
export function registerBaselines(app: FastifyInstance, options: { hash: string; url: string | undefined; baseDn: string }): void {
  const { hash, url, baseDn } = options
  const overLdap = async (address: string, username: string, password: string): Promise<void> => {
    const search = new Client({ url: address })
    const { searchEntries } = await search.search(baseDn, { filter: new EqualityFilter({ attribute: 'uid', value: username }) })
    await search.unbind()
    const person = new Client({ url: address })
    await person.bind(searchEntries[0]?.dn ?? '', password)
    await person.unbind()
  }
  typedRoutes(app).post('/bench/raw', { schema: { body }, config: { access: 'public' } }, async ({ body: { username, password } }) => {
    if (url === undefined) await verify(hash, password)
    else await overLdap(url, username, password)
    return { ok: true }
  })
}
