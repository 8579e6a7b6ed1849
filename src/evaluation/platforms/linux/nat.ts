import { type NatEntry, nat } from '../../command-modules/nat.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, reads, type Unreadable } from '../../platform.ts'
import { entryOfFlows, natReader } from '../readings/nat.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { notPermitted } from './ping-text.ts'
import { askFirst } from './programs.ts'

interface Table {
  readonly entries: readonly NatEntry[]
}

const flowPattern = /src=(\S+) dst=(\S+)(?: sport=(\d+) dport=(\d+)| type=\d+ code=\d+ id=(\d+))?/g
const portOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text))

/** `tcp 6 119 SYN_SENT src=… dst=… sport=… dport=… [UNREPLIED] src=…`: begun, then answered. `-n` is not needed. Fixtures: linux/nat. */
function readConnections(answer: Observation): Table | Unreadable {
  const lines = linesOf(answer).filter((line) => line.includes(' src='))
  const denied = notPermitted(answer)
  if (denied !== null) return denied
  if ((lines.length === 0 && answer.exitCode !== 0) || /: No such file/.test(answer.text)) return unknownAnswer(answer)
  const entries: NatEntry[] = []
  for (const line of lines) {
    const protocol = /^(?:ipv[46]\s+\d+\s+)?([a-z0-9]+)\s+\d+\s/.exec(line)?.[1]
    const [begun, answered] = [...line.matchAll(flowPattern)].map((match) => ({
      source: { address: match[1] ?? '', port: portOf(match[3] ?? match[5]) },
      destination: { address: match[2] ?? '', port: portOf(match[4] ?? match[5]) },
    }))
    if (protocol === undefined || begun === undefined || answered === undefined) return unknownAnswer(answer)
    entries.push(entryOfFlows(protocol, begun, answered))
  }
  return { entries }
}

export const translations: readonly BoundReader[] = [
  reads(
    nat,
    natReader(async (context) => {
      const table = await askFirst<Table>(context, [
        { command: 'conntrack -L', read: readConnections },
        { command: 'cat /proc/net/nf_conntrack', read: readConnections },
      ])
      return 'entries' in table ? table.entries : table
    }),
    'device',
  ),
]
