import { isAddress } from '../../addresses.ts'
import { type NatEndpoint, type NatEntry, nat } from '../../command-modules/nat.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable } from '../../platform.ts'
import { natReader } from '../readings/nat.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'

/** `10.9.0.0:51776`, `10.9.0.0` (static), `---`. */
function endpoint(text: string): NatEndpoint | null {
  const [address = '', port] = text.split(':')
  return isAddress(address) ? { address, port: port === undefined ? null : Number(port) } : null
}

const rowPattern = /^(tcp|udp|icmp|esp|gre|any|---)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)$/

/**
 * Pro, inside global, inside local, outside local, outside global; nothing at all where there is none. NX-OS has the same columns, and
 * `any` where IOS has `---`. Fixtures: cisco_ios/nat, cisco_nxos/nat.
 */
export function readTranslations(answer: Observation): readonly NatEntry[] | Unreadable {
  const lines = linesOf(answer).filter((line) => line.trim() !== '' && !/^(?:Pro +Inside global|Total number of translations)/.test(line))
  const rows = lines.map((line) => {
    const [, protocol = '', global = '', local = '', , outside = ''] = rowPattern.exec(line) ?? []
    const [insideGlobal, insideLocal] = [endpoint(global), endpoint(local)]
    // an entry of `ip nat outside source` has no inside
    if (insideGlobal === null || insideLocal === null) return protocol === '' ? undefined : null
    return { protocol: isAll(protocol) ? null : protocol, insideLocal, insideGlobal, outside: endpoint(outside) }
  })
  return rows.includes(undefined) ? unknownAnswer(answer) : rows.flatMap((row) => row ?? [])
}

const isAll = (protocol: string): boolean => protocol === '---' || protocol === 'any'

export const translations: readonly BoundReader[] = [
  reads(
    nat,
    natReader(async (context) => {
      const answer = await askIos(context, 'show ip nat translations')
      return isUnreadable(answer) ? answer : readTranslations(answer)
    }),
    'transcript',
  ),
]
