import { isIPv4, isIPv6 } from 'node:net'
import { type DnsFacts, type DnsParams, type DnsStatus, type DnsType, dns, dnsValue } from '../../command-modules/dns.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable } from '../../platform.ts'
import { addressToBits } from '../../values.ts'
import { linesOf, resolveTarget, unknownAnswer } from '../readings/reading.ts'
import { askFirst, type Way } from './programs.ts'

type Answer = Omit<DnsFacts, 'server'>

const options = { timeoutMs: 40_000 }
const statuses: Readonly<Record<string, DnsStatus>> = { NOERROR: 'noerror', NXDOMAIN: 'nxdomain', SERVFAIL: 'servfail', REFUSED: 'refused' }
/** busybox without a route or an address of its own: `can't connect to remote host (10.0.10.53): Network is unreachable`. */
const nobody = /no servers could be reached|because of network error|connection timed out|can't connect to remote host/
const silent: Answer = { status: 'silent', answers: [], authoritative: null }

const sorted = (type: DnsType, values: readonly string[]): string[] => [...new Set(values.map((one) => dnsValue(type, one)))].sort()

/** The header tells the status (`status:` of dig, `rcode:` of drill) and the flags, the answer section the records. Fixtures: linux/dns. */
function readDig(answer: Observation, type: DnsType): Answer | Unreadable {
  if (nobody.test(answer.text)) return silent
  const [, code = ''] = /^;; ->>HEADER<<- opcode: QUERY, (?:status|rcode): ([A-Z]+),/m.exec(answer.text) ?? []
  const [, flags] = /^;; flags: ([a-z ]*);.* ANSWER: \d+/m.exec(answer.text) ?? []
  const [, count] = /^;; flags: .* ANSWER: (\d+)/m.exec(answer.text) ?? []
  if (flags === undefined || code === '') return unknownAnswer(answer)
  const records = linesOf(answer).flatMap((line) => {
    const [, , kind = '', value = ''] = /^(\S+)\s+\d+\s+IN\s+([A-Z]+)\s+(.*)$/.exec(line) ?? []
    return kind === '' ? [] : [{ kind, value }]
  })
  // with drill, records of other sections stand there too: there may be more, never fewer
  if (records.length < Number(count)) return unknownAnswer(answer)
  const own = records.slice(0, Number(count)).filter(({ kind }) => kind === type)
  return {
    status: statuses[code] ?? 'other',
    answers: sorted(
      type,
      own.map(({ value }) => value),
    ),
    authoritative: flags.split(/\s+/).includes('aa'),
  }
}

const recordLines: Readonly<Record<Exclude<DnsType, 'A' | 'AAAA'>, RegExp>> = {
  CNAME: /\tcanonical name = (.+)$/,
  MX: /\tmail exchanger = (.+)$/,
  NS: /\tnameserver = (.+)$/,
  PTR: /\tname = (.+)$/,
  SRV: /\tservice = (.+)$/,
  TXT: /\ttext = (.+)$/,
  SOA: /^(?!)/,
}

function recordOf(line: string, type: DnsType): readonly string[] {
  const address = /^Address(?: \d+)?: (\S+)$/.exec(line)?.[1] ?? /\thas AAAA address (\S+)$/.exec(line)?.[1] ?? ''
  if (type === 'A') return isIPv4(address) ? [address] : []
  if (type === 'AAAA') return isIPv6(address) ? [address] : []
  return recordLines[type].exec(line)?.slice(1, 2) ?? []
}

/** BIND's and busybox's: `Server:` and `Address:` of who was asked, then the answers. */
function readNslookup(answer: Observation, type: DnsType): Answer | Unreadable {
  if (nobody.test(answer.text)) return silent
  const lines = linesOf(answer)
  const head = lines.findIndex((line) => /^Address:\s+\S+[#:]53$/.test(line))
  if (head === -1 || !/^Server:/m.test(answer.text)) return unknownAnswer(answer)
  const code = lines.flatMap((line) => /^\*\* server can't find [^:]+: ([A-Z]+)$/.exec(line)?.[1] ?? [])[0]
  const answers = sorted(
    type,
    lines.slice(head + 1).flatMap((line) => recordOf(line, type)),
  )
  const isSaid =
    answers.length > 0 || /^Non-authoritative answer:$|^\*\*\* Can't find \S+: No answer$|\tcanonical name = /m.test(answer.text)
  if (code === undefined && !isSaid) return unknownAnswer(answer)
  const authoritative = answers.length === 0 ? null : !/^Non-authoritative answer:$/m.test(answer.text)
  return { status: code === undefined ? 'noerror' : (statuses[code] ?? 'other'), answers, authoritative }
}

/** `10.5.2.20 STREAM www.lab.example`; exit status 2 says only that nothing was found. */
function readGetent(answer: Observation, type: DnsType): Answer | Unreadable {
  if (answer.exitCode === 2 && answer.text.trim() === '') return { status: 'unresolved', answers: [], authoritative: null }
  const rows = linesOf(answer).filter((line) => line !== '')
  const addresses = rows.map((line) => /^(\S+)\s+(?:STREAM|DGRAM|RAW)\b/.exec(line)?.[1])
  if (addresses.length === 0 || addresses.includes(undefined)) return unknownAnswer(answer)
  return {
    status: 'noerror',
    answers: sorted(
      type,
      addresses.flatMap((one) => one ?? []),
    ),
    authoritative: null,
  }
}

/** `20.2.5.10.in-addr.arpa` of an address; any other name as it is. */
export function reverseName(name: string): string {
  if (isIPv4(name)) return `${name.split('.').reverse().join('.')}.in-addr.arpa`
  const bits = isIPv6(name) ? addressToBits(name) : undefined
  return bits === undefined ? name : `${[...bits.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa`
}

/** The last way asks the resolver of the C library, told to use DNS alone: /etc/hosts is no name server. */
function ways(name: string, type: DnsType, server: string | null): readonly Way<Answer>[] {
  const at = server === null ? '' : ` @${server}`
  const absolute = name.endsWith('.') ? name : `${name}.`
  const common: Way<Answer>[] = [
    {
      command: `dig +time=2 +tries=2 +noall +comments +answer${at} -q ${absolute} -t ${type}`,
      options,
      read: (answer) => readDig(answer, type),
    },
    { command: `drill${at} ${absolute} ${type}`, options, read: (answer) => readDig(answer, type) },
  ]
  const lookup = { command: `nslookup -type=${type.toLowerCase()} ${absolute}${server === null ? '' : ` ${server}`}`, options }
  if (type !== 'SOA') common.push({ ...lookup, read: (answer) => readNslookup(answer, type) })
  if (server !== null || (type !== 'A' && type !== 'AAAA')) return common
  const getent = `getent -s dns ahosts${type === 'A' ? 'v4' : 'v6'} ${absolute}`
  return [...common, { command: getent, options, read: (answer) => readGetent(answer, type) }]
}

async function observe(context: ReadContext, { name, type, server: wanted }: DnsParams): Promise<DnsFacts | Unreadable> {
  const server = wanted === undefined ? null : await resolveTarget(context, wanted)
  if (server !== null && typeof server !== 'string') return server
  if (server === null && wanted !== undefined) return unreadable('TARGET_WITHOUT_ADDRESS', 'lab', { target: wanted })
  const answer = await askFirst<Answer>(context, ways(reverseName(name), type, server))
  return isUnreadable(answer) ? answer : { ...answer, server }
}

export const names: readonly BoundReader[] = [reads(dns, { observe }, 'device')]
