import { z } from 'zod'
import { macTable } from '../../command-modules/mac-table.ts'
import { type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { vlan } from '../../command-modules/vlan.ts'
import {
  type BoundReader,
  type DeviceMac,
  isUnreadable,
  type ReadContext,
  reads,
  type Unreadable,
  unreadable,
  type View,
} from '../../platform.ts'
import { samePort } from '../../target.ts'
import { canonicalMac } from '../../values.ts'
import { parseVlans, showVlans } from '../../vlans.ts'
import { readJson } from '../readings/json-answer.ts'
import { macTableReader } from '../readings/mac-reading.ts'
import { askEos } from './answer.ts'

const vlansSchema = z.looseObject({
  vlans: z.record(z.string(), z.looseObject({ name: z.string(), status: z.string() })),
})
const switchportsSchema = z.looseObject({
  switchports: z.record(
    z.string(),
    z.looseObject({
      enabled: z.boolean(),
      switchportInfo: z
        .looseObject({
          mode: z.string(),
          accessVlanId: z.int().optional(),
          trunkingNativeVlanId: z.int().optional(),
          trunkAllowedVlans: z.string().optional(),
        })
        .optional(),
    }),
  ),
})
type Switchports = z.infer<typeof switchportsSchema>['switchports']

const switchportCommand = 'show interfaces switchport | json'

async function askSwitchports(context: ReadContext): Promise<Switchports | Unreadable> {
  const answer = await askEos(context, switchportCommand)
  const shown = isUnreadable(answer) ? answer : readJson(answer, switchportsSchema)
  return isUnreadable(shown) ? shown : shown.switchports
}

/** `show vlan` lists the trunks of a VLAN too: who is an access port is told by the ports themselves. */
async function observeVlans(context: ReadContext) {
  const answer = await askEos(context, 'show vlan | json')
  const shown = isUnreadable(answer) ? answer : readJson(answer, vlansSchema)
  if (isUnreadable(shown)) return shown
  const ports = await askSwitchports(context)
  if (isUnreadable(ports)) return ports
  const isIn =
    (id: number) =>
    ([, { enabled, switchportInfo: info }]: readonly [string, Switchports[string]]) =>
      enabled && info?.mode === 'access' && info.accessVlanId === id
  const vlans = Object.entries(shown.vlans).map(([id, { name, status }]) => ({
    id: Number(id),
    name,
    active: status === 'active',
    accessPorts: Object.entries(ports)
      .filter(isIn(Number(id)))
      .map(([port]) => port),
  }))
  return { vlans }
}

function readSwitchport(port: string, { enabled, switchportInfo: info }: Switchports[string]): TrunkPort | null {
  if (!enabled) return { port, mode: 'routed', allowed: null, native: null }
  if (info === undefined) return null
  if (info.mode === 'access') return { port, mode: 'access', allowed: null, native: null }
  if (info.mode !== 'trunk') return { port, mode: 'other', allowed: null, native: null }
  const allowed = parseVlans(info.trunkAllowedVlans ?? '')
  return allowed === undefined ? null : { port, mode: 'trunk', allowed: showVlans(allowed), native: info.trunkingNativeVlanId ?? null }
}

const macsSchema = z.looseObject({
  unicastTable: z.looseObject({
    tableEntries: z.array(z.looseObject({ macAddress: z.string(), interface: z.string(), vlanId: z.int(), entryType: z.string() })),
  }),
})

async function findMacs(context: ReadContext) {
  const answer = await askEos(context, 'show mac address-table | json')
  const shown = isUnreadable(answer) ? answer : readJson(answer, macsSchema)
  if (isUnreadable(shown)) return shown
  return shown.unicastTable.tableEntries.flatMap(({ macAddress, interface: port, vlanId }) => {
    const mac = canonicalMac(macAddress)
    return mac === undefined || /^(?:Router|Cpu|Vlan\d+)$/i.test(port) ? [] : [{ mac, vlan: vlanId, port }]
  })
}

const interfacesSchema = z.looseObject({ interfaces: z.record(z.string(), z.looseObject({ physicalAddress: z.string().optional() })) })

/** The hardware addresses of the interfaces. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const answer = await askEos(context, 'show interfaces | json')
  const shown = isUnreadable(answer) ? answer : readJson(answer, interfacesSchema)
  if (isUnreadable(shown)) return shown
  return Object.entries(shown.interfaces).flatMap(([port, { physicalAddress }]) => {
    const mac = canonicalMac(physicalAddress ?? '')
    return mac === undefined ? [] : [{ port, mac }]
  })
}

/** Arista switches. */
export const switching: readonly BoundReader[] = [
  reads(vlan, { observe: observeVlans }, 'transcript'),
  reads(
    trunk,
    {
      observe: async (context, { port }) => {
        const ports = await askSwitchports(context)
        if (isUnreadable(ports)) return ports
        const found = Object.entries(ports).find(([name]) => samePort(name, port))
        if (found === undefined) return { port: null }
        const shown = readSwitchport(...found)
        return shown === null ? unreadable('ANSWER_UNREADABLE', 'infrastructure', { command: switchportCommand }) : { port: shown }
      },
    },
    'transcript',
  ),
  reads(macTable, macTableReader(findMacs), 'transcript'),
]
