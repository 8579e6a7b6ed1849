import { isIPv4 } from 'node:net'
import { type DnsFacts, type DnsParams, dns } from '../../command-modules/dns.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { moreThanAnAddress } from '../readings/ping-name.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askShowIp, askVpcs } from './answer.ts'

const timeoutMs = 30_000
const common = { authoritative: null, server: null }

/** `DNS         : 10.0.0.1  10.0.0.2`; empty when none is set. */
async function hasServer(context: ReadContext): Promise<boolean | Unreadable> {
  const answer = await askShowIp(context)
  if (isUnreadable(answer)) return answer
  const servers = /^DNS {2,}: ?(.*)$/m.exec(answer.text)?.[1]
  return servers === undefined ? unknownAnswer(answer) : servers.split(/\s+/).some((one) => isIPv4(one) && one !== '0.0.0.0')
}

/** 0.5 prints an alias on a line of its own (`web.lab.example ->> www.lab.example`), 0.8 behind the name. */
function resolvedIn(lines: readonly string[], name: string): string[] {
  const alias = lines.flatMap((line) => /^(\S+) ->> (\S+)$/.exec(line) ?? [])
  const real = alias[1] === name ? alias[2] : name
  return lines.flatMap((line) => {
    const [, asked, direct, behindName] = /^(\S+) resolved to (?:([^\s()]+)|\S+\(([^\s()]+)\))$/.exec(line) ?? []
    const address = direct ?? behindName
    return asked === real && address !== undefined && isIPv4(address) ? [address] : []
  })
}

/** VPCS resolves a name on its way to ping it: `www.lab.example resolved to 10.5.2.20`. Fixtures: vpcs/dns. */
async function observe(context: ReadContext, { name }: DnsParams): Promise<DnsFacts | Unreadable> {
  const answer = await askVpcs(context, `ping ${name} -c 1`, { timeoutMs })
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const resolved = resolvedIn(lines, name)
  if (resolved.length > 0) return { status: 'noerror', answers: resolved, ...common }
  if (!lines.includes(`Cannot resolve ${name}`)) return unknownAnswer(answer)
  const isSet = await hasServer(context)
  if (typeof isSet !== 'boolean') return isSet
  return { status: isSet ? 'unresolved' : 'no-server', answers: [], ...common }
}

export const names: readonly BoundReader[] = [reads(dns, { unsupported: moreThanAnAddress, observe }, 'device')]
