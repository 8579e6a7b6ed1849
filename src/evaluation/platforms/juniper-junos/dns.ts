import { isIPv4, isIPv6 } from 'node:net'
import { type DnsFacts, type DnsParams, type DnsStatus, dns, dnsValue } from '../../command-modules/dns.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { linesOf, resolveTarget, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

const timeoutMs = 60_000
const statuses: Readonly<Record<string, DnsStatus>> = { NXDOMAIN: 'nxdomain', SERVFAIL: 'servfail', REFUSED: 'refused' }

function addressIn(line: string, type: DnsParams['type']): readonly string[] {
  const [, family, address = ''] = /^\S+ has (IPv6 |AAAA )?address (\S+)$/.exec(line) ?? []
  const isWanted = type === 'A' ? family === undefined && isIPv4(address) : family !== undefined && isIPv6(address)
  return isWanted ? [dnsValue(type, address)] : []
}

/** `show host` is the program of BIND, which asks name servers only. Fixtures: juniper_junos/dns. */
async function observe(context: ReadContext, { name, type, server: wanted }: DnsParams): Promise<DnsFacts | Unreadable> {
  const server = wanted === undefined ? null : await resolveTarget(context, wanted)
  if (server !== null && typeof server !== 'string') return server
  if (server === null && wanted !== undefined) return unreadable('TARGET_WITHOUT_ADDRESS', 'lab', { target: wanted })
  const answer = await askJunos(context, `show host ${name}${server === null ? '' : ` server ${server}`}`, { timeoutMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const common = { authoritative: null, server }
  if (lines.some((line) => /^;; connection timed out; no servers could be reached$/.test(line)))
    return { status: 'silent', answers: [], ...common }
  const code = lines.flatMap((line) => /^Host \S+ not found: \d+\(([A-Z]+)\)$/.exec(line)?.[1] ?? [])[0]
  if (code !== undefined) return { status: statuses[code] ?? 'other', answers: [], ...common }
  const answers = [...new Set(lines.flatMap((line) => addressIn(line, type)))].sort()
  const isSaid = lines.some((line) => / has (?:IPv6 |AAAA )?address \S+$| is an alias for \S+$| mail is handled by /.test(line))
  return isSaid ? { status: 'noerror', answers, ...common } : unknownAnswer(answer)
}

export const names: readonly BoundReader[] = [
  reads(
    dns,
    {
      observe,
      unsupported: ({ type, authoritative }) => {
        if (type !== 'A' && type !== 'AAAA') return `type: ${type}`
        return authoritative ? 'authoritative' : null
      },
    },
    'documented',
  ),
]
