import { Client, type ClientOptions } from 'ldapts'
import { AppError } from '../../errors.ts'
import { isWorthAnotherServer, toAppError } from './fault.ts'
import type { LdapOptions } from './types.ts'

export type ServerOptions = Pick<LdapOptions, 'startTls' | 'timeoutMs' | 'urls' | 'log'> & { readonly ca: string | undefined }

/** One connection, one question: no pool, since a re-opened connection would no longer be bound. */
async function connect(client: Client, url: URL, { startTls, ca }: ServerOptions): Promise<void> {
  if (url.protocol !== 'ldap:' || !startTls) return
  // The name must be given: behind an open socket Node would compare the certificate with "localhost".
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  await client.startTLS({ host, ...(ca === undefined ? {} : { ca }) })
}

function createClient(url: URL, { timeoutMs, ca }: ServerOptions): Client {
  const options: ClientOptions = { url: url.href, connectTimeout: timeoutMs, timeout: timeoutMs, strictDN: false }
  // Any TLS option would make the library speak TLS on an ldap:// address at once.
  if (url.protocol === 'ldaps:') options.tlsOptions = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) }
  return new Client(options)
}

async function hangUp(client: Client, log: ServerOptions['log']): Promise<void> {
  try {
    await client.unbind()
  } catch (error) {
    log.warn({ err: error }, 'the connection to the directory did not close cleanly')
  }
}

async function askOne<Answer>(address: string, options: ServerOptions, ask: (client: Client) => Promise<Answer>): Promise<Answer> {
  const url = new URL(address)
  const client = createClient(url, options)
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('LDAP_TIMEOUT', { details: { url: url.host } })), options.timeoutMs)
  })
  try {
    return await Promise.race([connect(client, url, options).then(() => ask(client)), deadline])
  } catch (error) {
    throw toAppError(error)
  } finally {
    clearTimeout(timer)
    // Not awaited: a server that hangs must not hold whoever waits for the answer.
    void hangUp(client, options.log)
  }
}

/**
 * Asks the first server that answers; each has `timeoutMs` for everything.
 * @throws AppError LDAP_UNAVAILABLE, LDAP_TIMEOUT (no server answered), LDAP_REFUSED, LDAP_UNEXPECTED_ANSWER, LDAP_AMBIGUOUS
 */
export async function askDirectory<Answer>(options: ServerOptions, ask: (client: Client) => Promise<Answer>): Promise<Answer> {
  let last = new AppError('LDAP_UNAVAILABLE')
  for (const url of options.urls) {
    try {
      return await askOne(url, options, ask)
    } catch (error) {
      last = toAppError(error)
      if (!isWorthAnotherServer(last)) throw last
      options.log.warn({ url, err: last }, 'a directory server does not answer')
    }
  }
  throw last
}
