import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

export interface HostAddressesOptions {
  /** Names and addresses, as settings give them. */
  readonly hosts: readonly string[]
  readonly log: { warn(details: object, message: string): void }
  /** For tests; the resolver of the operating system, which knows /etc/hosts too. */
  readonly lookUp?: (host: string) => Promise<readonly { readonly address: string }[]>
}

/**
 * The addresses behind names, asked for each time: a name may move. While a name cannot be looked up, what it was last counts.
 * @returns a function that gives all addresses; names that were never found are left out, with a warning in the log
 */
export function createHostAddresses({ hosts, log, lookUp = (host) => lookup(host, { all: true }) }: HostAddressesOptions) {
  const lastKnown = new Map<string, readonly string[]>()

  async function addressesOf(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host]
    try {
      const addresses = (await lookUp(host)).map(({ address }) => address)
      lastKnown.set(host, addresses)
      return addresses
    } catch (error) {
      log.warn({ err: error, host }, 'the addresses of a host could not be looked up')
      return lastKnown.get(host) ?? []
    }
  }

  return async (): Promise<string[]> => (await Promise.all(hosts.map(addressesOf))).flat()
}
