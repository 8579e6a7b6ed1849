import type { MacEntry } from '../../command-modules/mac-table.ts'
import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { linesOf, unknownAnswer } from './reading.ts'

const head = /mac address|destination address/i
/** The VLAN stands before the address, or (Catalyst 2900, NM-16ESW) behind the type. Marks of primary and gateway entries come first. */
const row = /^[\s*+#~()A-Z]*?(?:(?:\b|(?<=\s)(?=-))(all|n\/a|-+|\d{1,4})\s+)?((?:[\da-f]{4}\.){2}[\da-f]{4})\s+([a-z]+)\b\s*(.*)$/i
/** Addresses of the switch itself, and those that it drops. */
const ownPort = /^(?:cpu|router|switch|drop|self|vl(?:an)?\d+|bv?i?\d+|sup-eth\d*(?:\(r\))?|-+)$/i

function readRow(line: string): MacEntry | 'none' | null {
  // gateway addresses of the switch (NX-OS)
  if (/^\s*G\s/.test(line)) return 'none'
  const match = row.exec(line)
  if (match?.[2] === undefined || match[3] === undefined) return null
  const kind = match[3].toLowerCase()
  // multicast groups of the switch, whose ports may stand on the lines below
  if (['self', 'system', 'igmp'].includes(kind)) return 'none'
  const rest = (match[4] ?? '').split(/\s+/).filter((part) => part !== '')
  const port = rest.at(-1)
  const mac = canonicalMac(match[2])
  if (port === undefined || mac === undefined || !['dynamic', 'static', 'secure'].includes(kind)) return null
  if (ownPort.test(port) || port.includes(',')) return 'none'
  const vlan = [match[1], rest[0]].find((part) => part !== undefined && /^\d{1,4}$/.test(part))
  return { mac, vlan: vlan === undefined ? null : Number(vlan), port }
}

/** The tables of Catalyst switches and of NX-OS. Fixtures: cisco_ios/mac_table, cisco_nxos/mac_table. */
export function readMacTable(answer: Observation): readonly MacEntry[] | Unreadable {
  const lines = linesOf(answer)
  const rows = lines.filter((line) => /(?:^|\s)(?:[\da-f]{4}\.){2}[\da-f]{4}(?:\s|$)/i.test(line)).map(readRow)
  if (!lines.some((line) => head.test(line)) || rows.includes(null)) return unknownAnswer(answer)
  return rows.filter((one) => one !== null && one !== 'none')
}
