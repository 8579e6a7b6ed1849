import type { DnsParams } from '../../command-modules/dns.ts'

/**
 * What a ping by name does not show: it names one address, and not who said it; a name that cannot be resolved may exist all the same.
 */
export function moreThanAnAddress({ type, server, authoritative, nxdomain, answers, mode }: DnsParams): string | null {
  if (type !== 'A') return `type: ${type}`
  if (server !== undefined) return 'server'
  if (authoritative) return 'authoritative'
  if (nxdomain) return 'nxdomain'
  return answers.length > 1 || (answers.length === 1 && mode === 'equal') ? 'mode: equal' : null
}
