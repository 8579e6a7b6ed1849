import type { Vlan } from '../../command-modules/vlan.ts'
import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from './reading.ts'
import { allDiffer } from './torn-answer.ts'

/** `10   Management   active    Fa0/1, Fa0/2`: the name may hold blanks, so the row is read from the status on. */
const row = /^(\d{1,4})\s+(\S.*?)\s+(active|suspended|act\/\w+|sus\/\w+)(?:\s+(\S.*))?$/
/** Further ports of the VLAN above, alone on their line. */
const more = /^\s{20,}(\S.*)$/

/** A name that is longer than its column stands alone; the rest of its row is in the next line. Fixture: cisco_ios/vlan/long-name.txt. */
const alone = /^\d{1,4}\s+\S{33,}$/
const restOfRow = /^\s+(?:active|suspended|act\/\w+|sus\/\w+)\b/

function joinRows(lines: readonly string[]): string[] {
  const joined: string[] = []
  for (const line of lines) {
    const last = joined.at(-1) ?? ''
    if (alone.test(last) && restOfRow.test(line)) joined[joined.length - 1] = `${last} ${line.trim()}`
    else joined.push(line)
  }
  return joined
}

const ports = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((port) => port.trim())
    .filter((port) => port !== '')

/** The first table of `show vlan` and `show vlan brief`; the tables below it begin with the same word. Fixtures: cisco_ios/vlan. */
export function readVlanTable(answer: Observation): readonly Vlan[] | Unreadable {
  const lines = joinRows(linesOf(answer))
  const from = lines.findIndex((line) => /^VLAN\s+Name\s+Status\b/.test(line))
  if (from === -1) return unknownAnswer(answer)
  const found: (Omit<Vlan, 'accessPorts'> & { readonly accessPorts: string[] })[] = []
  for (const line of lines.slice(from + 1)) {
    if (/^VLAN\s+(?:Type|Name)\b/.test(line)) break
    const [, id, name = '', status = '', listed] = row.exec(line) ?? []
    if (id !== undefined)
      found.push({ id: Number(id), name, active: status.startsWith('act') && !/lshut/.test(status), accessPorts: ports(listed) })
    else if (/^\d/.test(line)) return unknownAnswer(answer)
    else found.at(-1)?.accessPorts.push(...ports(more.exec(line)?.[1]))
  }
  const isWhole = found.length > 0 && allDiffer(found.map(({ id }) => String(id)))
  return isWhole ? found : unknownAnswer(answer)
}
