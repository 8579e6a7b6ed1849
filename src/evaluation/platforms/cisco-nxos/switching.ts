import { macTable } from '../../command-modules/mac-table.ts'
import { type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { vlan } from '../../command-modules/vlan.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type DeviceMac, isUnreadable, type ReadContext, reads, type Unreadable, type View } from '../../platform.ts'
import { samePort } from '../../target.ts'
import { canonicalMac } from '../../values.ts'
import { parseVlans, showVlans } from '../../vlans.ts'
import { macTableReader } from '../readings/mac-reading.ts'
import { readMacTable } from '../readings/mac-text.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { allDiffer } from '../readings/torn-answer.ts'
import { readVlanTable } from '../readings/vlan-text.ts'
import { askNxos } from './answer.ts'

interface Switchport extends TrunkPort {
  readonly accessVlan: number | null
}

const modes: Readonly<Record<string, TrunkPort['mode']>> = { trunk: 'trunk', access: 'access', down: 'down' }

function readBlock(block: readonly string[]): Switchport | null {
  const value = (key: string): string | undefined =>
    block.map((line) => line.trim()).flatMap((line) => (line.startsWith(`${key}:`) ? line.slice(key.length + 1).trim() : []))[0]
  const number = (key: string): number | null => {
    const digits = /^(\d+)/.exec(value(key) ?? '')?.[1]
    return digits === undefined ? null : Number(digits)
  }
  const port = value('Name')
  if (port === undefined) return null
  if (value('Switchport') === 'Disabled') return { port, mode: 'routed', allowed: null, native: null, accessVlan: null }
  const word = value('Operational Mode')
  if (word === undefined) return null
  const mode = modes[word] ?? 'other'
  if (mode !== 'trunk') return { port, mode, allowed: null, native: null, accessVlan: number('Access Mode VLAN') }
  const allowed = parseVlans(value('Trunking VLANs Allowed') ?? '')
  const native = number('Trunking Native Mode VLAN')
  return allowed === undefined || native === null ? null : { port, mode, allowed: showVlans(allowed), native, accessVlan: null }
}

/** `show interface switchport`, a block for each port. Fixtures: cisco_nxos/trunk. */
function readSwitchports(answer: Observation): readonly Switchport[] | Unreadable {
  const blocks: string[][] = []
  for (const line of linesOf(answer)) {
    if (/^\s*Name: \S+$/.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  const ports = blocks.map(readBlock)
  const known = ports.filter((port) => port !== null)
  const isWhole = known.length > 0 && known.length === ports.length && allDiffer(known.map(({ port }) => port))
  return isWhole ? known : unknownAnswer(answer)
}

async function askSwitchports(context: ReadContext): Promise<readonly Switchport[] | Unreadable> {
  const answer = await askNxos(context, 'show interface switchport')
  return isUnreadable(answer) ? answer : readSwitchports(answer)
}

/** `show vlan brief` lists the trunks of a VLAN too: who is none is told by the ports themselves. */
async function observeVlans(context: ReadContext) {
  const answer = await askNxos(context, 'show vlan brief')
  const vlans = isUnreadable(answer) ? answer : readVlanTable(answer)
  if ('unreadable' in vlans) return vlans
  const ports = await askSwitchports(context)
  if ('unreadable' in ports) return ports
  const isTrunk = (name: string) => ports.some(({ port, mode }) => mode === 'trunk' && samePort(port, name))
  return { vlans: vlans.map((one) => ({ ...one, accessPorts: one.accessPorts.filter((port) => !isTrunk(port)) })) }
}

/** `Ethernet1/1  0c12.3456.7801  0c12.3456.7801` of `show interface mac-address`: interface, now, burnt in. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askNxos(context, 'show interface mac-address')
  if (isUnreadable(answer)) return answer
  const rows = linesOf(answer).flatMap((line) => {
    const [, port, text = ''] = /^(\S+)\s+([\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})\s/i.exec(`${line} `) ?? []
    const mac = canonicalMac(text)
    return port === undefined || mac === undefined ? [] : [{ port, mac }]
  })
  return rows.length === 0 ? unknownAnswer(answer) : rows
}

/** Nexus switches. */
export const switching: readonly BoundReader[] = [
  reads(vlan, { observe: observeVlans }, 'transcript'),
  reads(
    trunk,
    {
      observe: async (context, { port }) => {
        const ports = await askSwitchports(context)
        if ('unreadable' in ports) return ports
        const found = ports.find((one) => samePort(one.port, port))
        if (found === undefined) return { port: null }
        const { accessVlan: _accessVlan, ...shown } = found
        return { port: shown }
      },
    },
    'transcript',
  ),
  reads(
    macTable,
    macTableReader(async (context) => {
      const answer = await askNxos(context, 'show mac address-table')
      return isUnreadable(answer) ? answer : readMacTable(answer)
    }),
    'transcript',
  ),
]
