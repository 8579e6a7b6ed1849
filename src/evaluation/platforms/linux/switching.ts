import { z } from 'zod'
import { macTable } from '../../command-modules/mac-table.ts'
import { type TrunkPort, trunk } from '../../command-modules/trunk.ts'
import { type Vlan, vlan } from '../../command-modules/vlan.ts'
import { type BoundReader, type DeviceMac, isUnreadable, type ReadContext, reads, type Unreadable, type View } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { showVlans } from '../../vlans.ts'
import { readJson } from '../readings/json-answer.ts'
import { macTableReader } from '../readings/mac-reading.ts'
import { askLinux } from './answer.ts'

/** A range is one entry with `vlanEnd`; flags are left out where there are none. */
const vlanSchema = z.looseObject({ vlan: z.int(), vlanEnd: z.int().optional(), flags: z.array(z.string()).default([]) })
/** `[{"ifname": …, "vlans": […]}]` since iproute2 5.0, `{"eth1": […]}` before. */
const vlansSchema = z.union([
  z.array(z.looseObject({ ifname: z.string(), vlans: z.array(vlanSchema) })),
  z.record(z.string(), z.array(vlanSchema)).transform((ports) => Object.entries(ports).map(([ifname, vlans]) => ({ ifname, vlans }))),
])

interface BridgePort {
  readonly port: string
  readonly pvid: number | null
  readonly tagged: readonly number[]
  readonly untagged: readonly number[]
}

function readPort({ ifname, vlans }: { ifname: string; vlans: z.infer<typeof vlanSchema>[] }): BridgePort {
  const tagged: number[] = []
  const untagged: number[] = []
  let pvid: number | null = null
  for (const { vlan: from, vlanEnd: to = from, flags } of vlans) {
    const ids = Array.from({ length: to - from + 1 }, (_, index) => from + index)
    if (flags.includes('PVID')) pvid = from
    ;(flags.includes('Egress Untagged') ? untagged : tagged).push(...ids)
  }
  return { port: ifname, pvid, tagged, untagged }
}

const linkSchema = z.array(
  z.looseObject({
    ifname: z.string(),
    address: z.string().optional(),
    link_type: z.string().optional(),
    master: z.string().optional(),
    operstate: z.string().optional(),
    linkinfo: z
      .looseObject({ info_kind: z.string().optional(), info_data: z.looseObject({ vlan_filtering: z.int().optional() }).optional() })
      .optional(),
  }),
)
type Link = z.infer<typeof linkSchema>[number]

async function askLinks(context: Pick<ReadContext, 'ask'>): Promise<readonly Link[] | Unreadable> {
  const answer = await askLinux(context, 'ip -j -d link')
  return isUnreadable(answer) ? answer : readJson(answer, linkSchema)
}

interface Bridges {
  readonly ports: readonly BridgePort[]
  readonly links: readonly Link[]
}

/** VLANs count where the bridge filters by them; a bridge that does not forwards every frame, whatever is configured. */
async function askBridges(context: ReadContext): Promise<Bridges | Unreadable> {
  const links = await askLinks(context)
  if ('unreadable' in links) return links
  const answer = await askLinux(context, 'bridge -j vlan show')
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, vlansSchema)
  if ('unreadable' in shown) return shown
  const filtering = links.filter(({ linkinfo }) => linkinfo?.info_kind === 'bridge' && linkinfo.info_data?.vlan_filtering === 1)
  const isPort = (name: string) =>
    links.some(({ ifname, master }) => ifname === name && filtering.some((bridge) => bridge.ifname === master))
  // the bridge's own entry is its port towards the host itself
  return { ports: shown.filter(({ ifname }) => isPort(ifname)).map(readPort), links }
}

const isTrunk = ({ tagged }: BridgePort): boolean => tagged.length > 0

function readVlans(ports: readonly BridgePort[]): Vlan[] {
  const ids = [...new Set(ports.flatMap(({ tagged, untagged }) => [...tagged, ...untagged]))].sort((one, other) => one - other)
  return ids.map((id) => ({
    id,
    name: null,
    active: true,
    accessPorts: ports.filter((port) => !isTrunk(port) && port.pvid === id && port.untagged.includes(id)).map(({ port }) => port),
  }))
}

/** Nothing is plugged in, the other end is off, or somebody shut it down; drivers that cannot tell say UNKNOWN. */
const isDown = (link: Link | undefined): boolean => ['DOWN', 'LOWERLAYERDOWN', 'NOTPRESENT'].includes(link?.operstate ?? '')

function readTrunk(name: string, { ports, links }: Bridges): TrunkPort | null {
  const link = links.find(({ ifname }) => ifname === name)
  if (link === undefined) return null
  const port = ports.find((one) => one.port === name)
  if (port === undefined) return { port: name, mode: link.master === undefined ? 'routed' : 'other', allowed: null, native: null }
  if (!isTrunk(port)) return { port: name, mode: 'access', allowed: null, native: port.pvid }
  // VLANs are configured on it all the same, but nothing passes
  const isDead = isDown(link) || isDown(links.find(({ ifname }) => ifname === link.master))
  const carried = [...new Set([...port.tagged, ...port.untagged])].sort((one, other) => one - other)
  return { port: name, mode: isDead ? 'down' : 'trunk', allowed: showVlans(carried), native: port.pvid }
}

/** Learnt entries have no state; `permanent` ones are the host's own addresses, and those with `self` belong to the network card. */
const fdbSchema = z.array(
  z.looseObject({
    mac: z.string(),
    ifname: z.string().optional(),
    dev: z.string().optional(),
    vlan: z.int().optional(),
    master: z.string().optional(),
    flags: z.array(z.string()).default([]),
    state: z.string().default(''),
  }),
)

async function findMacs(context: ReadContext) {
  const answer = await askLinux(context, 'bridge -j fdb show')
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, fdbSchema)
  if ('unreadable' in shown) return shown
  return shown.flatMap(({ mac, ifname, dev, vlan: id, master, flags, state }) => {
    const canonical = canonicalMac(mac)
    const port = ifname ?? dev
    const isOwn = state === 'permanent' || (flags.includes('self') && master === undefined)
    return isOwn || canonical === undefined || port === undefined ? [] : [{ mac: canonical, vlan: id ?? null, port }]
  })
}

/** The hardware addresses of the host; those of its loopback and its tunnels are none. */
export const macsView: View<readonly DeviceMac[]> = async (context) => {
  const links = await askLinks(context)
  if ('unreadable' in links) return links
  return links.flatMap(({ ifname, address, link_type }) => {
    const mac = link_type === 'ether' && address !== undefined ? canonicalMac(address) : undefined
    return mac === undefined ? [] : [{ port: ifname, mac }]
  })
}

/** Linux bridges with VLAN filtering. */
export const switching: readonly BoundReader[] = [
  reads(
    vlan,
    {
      unsupported: ({ name }) => (name === undefined ? null : 'name'),
      observe: async (context) => {
        const found = await askBridges(context)
        return isUnreadable(found) ? found : { vlans: readVlans(found.ports) }
      },
    },
    'device',
  ),
  reads(
    trunk,
    {
      observe: async (context, { port }) => {
        const found = await askBridges(context)
        return isUnreadable(found) ? found : { port: readTrunk(port, found) }
      },
    },
    'device',
  ),
  reads(macTable, macTableReader(findMacs), 'device'),
]
