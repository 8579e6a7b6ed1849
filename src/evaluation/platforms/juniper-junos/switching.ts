import { macTable } from '../../command-modules/mac-table.ts'
import { type BoundReader, type DeviceMac, isUnreadable, type ReadContext, reads, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { macTableReader } from '../readings/mac-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** `    Vlan100   2c:5a:0f:bc:a3:cd   DL   -   ae112.0 [0 0]`: the VLAN by its name. Fixtures: juniper_junos/mac_table. */
const row = /^\s*\S+\s+((?:[\da-f]{2}:){5}[\da-f]{2})\s+([A-Z,]+)\s+\S+\s+([a-z]\S*)(?:\s+\d+\s+\d+)?$/

async function findMacs(context: ReadContext) {
  const answer = await askJunos(context, 'show ethernet-switching table')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const rows = lines.filter((line) => /(?:[\da-f]{2}:){5}[\da-f]{2}/.test(line)).map((line) => row.exec(line))
  const isTable = lines.some((line) => /^\s*(?:Ethernet switching table\b|MAC flags \()/.test(line))
  if (!isTable || rows.includes(null)) return unknownAnswer(answer)
  return rows.flatMap((match) => {
    const mac = canonicalMac(match?.[1] ?? '')
    const port = match?.[3]
    return mac === undefined || port === undefined ? [] : [{ mac, vlan: null, port }]
  })
}

/** `Physical interface: ge-0/0/0, …`, then `  Current address: …, Hardware address: …`. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askJunos(context, 'show interfaces')
  if (isUnreadable(answer)) return answer
  const found: DeviceMac[] = []
  let port: string | undefined
  for (const line of linesOf(answer)) {
    port = /^\s*Physical interface: ([^,\s]+),/.exec(line)?.[1] ?? port
    const mac = canonicalMac(/^\s+Current address: ([\da-f:]{17}),/.exec(line)?.[1] ?? '')
    if (port !== undefined && mac !== undefined) found.push({ port, mac })
  }
  return port === undefined ? unknownAnswer(answer) : found
}

/** Juniper switches. */
export const switching: readonly BoundReader[] = [
  reads(
    macTable,
    macTableReader(findMacs, ({ vlan }) => (vlan === undefined ? null : 'vlan')),
    'transcript',
  ),
]
