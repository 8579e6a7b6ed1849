import { isIPv4 } from 'node:net'
import { type DnsFacts, type DnsParams, dns } from '../../command-modules/dns.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { moreThanAnAddress } from '../readings/ping-name.ts'
import { incomplete, linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'

/** Every name server is given some seconds, one after the other. */
const timeoutMs = 60_000
const common = { authoritative: null, server: null }
const translating = /^Translating "[^"]*"\.\.\.domain server((?: ?\([\d.]+\))*) ?(\[OK\])?$/

/** `www.lab.example  None  (temp, OK)  0  IP  10.5.2.20`; what was typed by hand is `perm`. */
async function isRemembered(context: ReadContext, name: string): Promise<boolean | Unreadable> {
  const answer = await askIos(context, 'show hosts')
  if (isUnreadable(answer)) return answer
  const wanted = name.toLowerCase().replace(/\.$/, '')
  return linesOf(answer).some((line) => {
    const [, host = '', flags = ''] = /^(\S+)\s+\S+\s+\((temp|perm), *OK\)/.exec(line) ?? []
    return host.toLowerCase() === wanted && flags === 'temp'
  })
}

/**
 * IOS resolves a name on its way to ping it: `Translating "www.lab.example"...domain server (10.5.0.53) [OK]`, then `Sending 1, 100-byte
 * ICMP Echos to 10.5.2.20, …`. It asks nobody where it remembers the name, or where it was typed into its own table. Fixtures: cisco_ios/dns.
 */
async function observe(context: ReadContext, { name }: DnsParams): Promise<DnsFacts | Unreadable> {
  const answer = await context.ask(`ping ${name} repeat 1 timeout 1`, { timeoutMs })
  const problem = incomplete(answer)
  if (problem !== null) return problem
  const lines = linesOf(answer)
  const [, servers, isAnswered] = lines.flatMap((line) => translating.exec(line) ?? [])
  const to = /^Sending 1, \d+-byte ICMP Echos to ([\d.]+), timeout is/m.exec(answer.text)?.[1]
  if (to !== undefined && isIPv4(to)) {
    const isSaid = isAnswered !== undefined || (servers === undefined && (await isRemembered(context, name)))
    if (typeof isSaid !== 'boolean') return isSaid
    return isSaid ? { status: 'noerror', answers: [to], ...common } : unknownAnswer(answer)
  }
  if (!lines.some((line) => /^% ?Unrecognized host or address/.test(line))) return unknownAnswer(answer)
  // without a server IOS asks everybody, and without lookup nobody
  const isNobody = servers === undefined || servers.trim() === '' || servers.trim() === '(255.255.255.255)'
  return { status: isNobody ? 'no-server' : 'unresolved', answers: [], ...common }
}

export const names: readonly BoundReader[] = [reads(dns, { unsupported: moreThanAnAddress, observe }, 'documented')]
