import { isIP } from 'node:net'

/** Second labels below which others register their domains, where the first has two letters: `ac.uk`, `com.br`. */
const registries: readonly string[] = ['ac', 'co', 'com', 'edu', 'go', 'gob', 'gov', 'gub', 'ne', 'net', 'nom', 'or', 'org', 'sch']

/** The domain that somebody registered, as far as a name tells without the public suffix list. */
function registeredDomain(host: string): string {
  const labels = host.toLowerCase().split('.')
  const isBelowRegistry = labels.at(-1)?.length === 2 && registries.includes(labels.at(-2) ?? '')
  return labels.slice(isBelowRegistry ? -3 : -2).join('.')
}

/**
 * True where browsers may take a lab's host name and ours for one site: what a page of the lab sets for the whole domain then lies in the
 * same store as our cookies, and can push them out.
 * @param pattern LAB_HOST_PATTERN
 */
export function isSameSite(pattern: string, publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl)
  const labHost = pattern.replace('{id}', 'x')
  return isIP(hostname.replace(/^\[|\]$/gu, '')) === 0 && registeredDomain(labHost) === registeredDomain(hostname)
}
