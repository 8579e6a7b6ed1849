import { macTable } from '../../command-modules/mac-table.ts'
import { type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { vlan } from '../../command-modules/vlan.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type DeviceMac, isUnreadable, type ReadContext, reads, type Unreadable, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { parseVlans, showVlans } from '../../vlans.ts'
import { macTableReader } from '../readings/mac-reading.ts'
import { readMacTable } from '../readings/mac-text.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { readVlanTable } from '../readings/vlan-text.ts'
import { askIos } from './answer.ts'

/** Switch modules of routers (NM-16ESW) and old switches have words of their own: the first that is taken answers. */
async function askFirst(context: ReadContext, ...commands: readonly [string, ...string[]]): Promise<Observation | Unreadable> {
  const [command, ...others] = commands
  const answer = await askIos(context, command)
  const [next, ...more] = others
  const isRefused = isUnreadable(answer) && answer.unreadable === 'COMMAND_REFUSED'
  return isRefused && next !== undefined ? askFirst(context, next, ...more) : answer
}

const modes: Readonly<Record<string, TrunkPort['mode']>> = { trunk: 'trunk', 'static access': 'access', access: 'access', down: 'down' }

/** `Operational Mode: trunk (member of bundle Po1)`; a long list of VLANs goes on below. Fixtures: cisco_ios/trunk. */
function readSwitchport(answer: Observation): TrunkPort | Unreadable {
  const lines = linesOf(answer)
  const value = (key: string): string | undefined =>
    lines.flatMap((line) => (line.startsWith(`${key}:`) ? line.slice(key.length + 1).trim() : []))[0]
  const port = value('Name')
  const isOn = value('Switchport')
  if (port === undefined || lines.filter((line) => line.startsWith('Name:')).length !== 1) return unknownAnswer(answer)
  if (isOn === 'Disabled') return { port, mode: 'routed', allowed: null, native: null }
  const word = (value('Operational Mode') ?? '').replace(/ \(.*\)$/, '')
  const mode = modes[word] ?? 'other'
  if (isOn !== 'Enabled' || word === '') return unknownAnswer(answer)
  if (mode !== 'trunk') return { port, mode, allowed: null, native: null }
  const from = lines.findIndex((line) => line.startsWith('Trunking VLANs Enabled:'))
  const rest = lines.slice(from + 1)
  const list = [
    value('Trunking VLANs Enabled') ?? '',
    ...rest.slice(
      0,
      rest.findIndex((line) => !/^\s+[\d,-]+$/.test(line)),
    ),
  ]
  const allowed = from === -1 ? undefined : parseVlans(list.join('').replace(/,$/, ''))
  const native = /^(\d+)/.exec(value('Trunking Native Mode VLAN') ?? '')?.[1]
  if (allowed === undefined || native === undefined) return unknownAnswer(answer)
  return { port, mode, allowed: showVlans(allowed), native: Number(native) }
}

/** `Hardware is …, address is c401.0a5c.0000 (bia …)` under the line that begins with the interface's name. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askIos(context, 'show interfaces')
  if (isUnreadable(answer)) return answer
  const found: DeviceMac[] = []
  let port: string | undefined
  for (const line of linesOf(answer)) {
    port = /^(\S+) is .+, line protocol is /.exec(line)?.[1] ?? port
    const mac = canonicalMac(/^\s+Hardware is .*\baddress is ([\da-f.]{14})\b/i.exec(line)?.[1] ?? '')
    if (port !== undefined && mac !== undefined) found.push({ port, mac })
  }
  return port === undefined ? unknownAnswer(answer) : found
}

/** Catalyst switches and the switch modules of routers. */
export const switching: readonly BoundReader[] = [
  reads(
    vlan,
    {
      observe: async (context) => {
        const answer = await askFirst(context, 'show vlan brief', 'show vlan-switch brief', 'show vlan-switch')
        const vlans = isUnreadable(answer) ? answer : readVlanTable(answer)
        return 'unreadable' in vlans ? vlans : { vlans }
      },
    },
    'transcript',
  ),
  reads(
    trunk,
    {
      observe: async (context, { port }) => {
        const answer = await askIos(context, `show interfaces ${port} switchport`)
        const found = isUnreadable(answer) ? answer : readSwitchport(answer)
        return isUnreadable(found) ? found : { port: found }
      },
    },
    'transcript',
  ),
  reads(
    macTable,
    macTableReader(async (context) => {
      const answer = await askFirst(context, 'show mac address-table', 'show mac-address-table')
      return isUnreadable(answer) ? answer : readMacTable(answer)
    }),
    'transcript',
  ),
]
