import { isIPv4 } from 'node:net'
import { type DnsFacts, type DnsParams, dns } from '../../command-modules/dns.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { moreThanAnAddress } from '../readings/ping-name.ts'
import { incomplete, linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

const timeoutMs = 60_000
const common = { authoritative: null, server: null }

/** `show hosts`: whether names are looked up, by which servers, and the names that were typed by hand. */
interface Hosts {
  readonly hasServer: boolean
  readonly isByHand: boolean
}

async function askHosts(context: ReadContext, name: string): Promise<Hosts | Unreadable> {
  const answer = await askNxos(context, 'show hosts')
  if (isUnreadable(answer)) return answer
  const lookup = /^DNS lookup (enabled|disabled)/m.exec(answer.text)?.[1]
  if (lookup === undefined) return unknownAnswer(answer)
  const lines = linesOf(answer)
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const servers = lines.flatMap((line) => /^Name servers?\b(.*)$/.exec(line)?.[1]?.split(/[\s,]+/) ?? [])
  const hosts = lines.slice(lines.findIndex((line) => /^Host\s+Address/.test(line)) + 1)
  const isByHand = hosts.some((line) => line.split(/\s+/)[0]?.toLowerCase() === wanted)
  return { hasServer: lookup === 'enabled' && servers.some((one) => isIPv4(one)), isByHand }
}

/** NX-OS resolves a name on its way to ping it: `PING www.lab.example (10.5.2.20): 56 data bytes`. Fixtures: cisco_nxos/dns. */
async function observe(context: ReadContext, { name }: DnsParams): Promise<DnsFacts | Unreadable> {
  const answer = await context.ask(`ping ${name} count 1`, { timeoutMs })
  const problem = incomplete(answer)
  if (problem !== null) return problem
  const hosts = await askHosts(context, name)
  if (isUnreadable(hosts)) return hosts
  const [, asked = '', to = ''] = /^PING (\S+) \(([\d.]+)\): \d+ data bytes$/m.exec(answer.text) ?? []
  if (isIPv4(to) && asked.toLowerCase() === name.toLowerCase() && !hosts.isByHand) return { status: 'noerror', answers: [to], ...common }
  if (!/^% ?Invalid host\/interface \S+$/m.test(answer.text)) return unknownAnswer(answer)
  return { status: hosts.hasServer ? 'unresolved' : 'no-server', answers: [], ...common }
}

export const names: readonly BoundReader[] = [reads(dns, { unsupported: moreThanAnAddress, observe }, 'documented')]
