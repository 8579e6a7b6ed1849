import { z } from 'zod'
import { isAddress } from '../../addresses.ts'
import { ospfNeighbour } from '../../command-modules/ospf-neighbour.ts'
import { type OspfRouteEntry, ospfRoute } from '../../command-modules/ospf-route.ts'
import type { Observation } from '../../observation.ts'
import type { OspfRouter } from '../../ospf.ts'
import { type OspfInterface, type OspfNeighbour, parseArea, parseNetworkType, parseOspfRole, parseOspfState } from '../../ospf.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, type View } from '../../platform.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { readJson } from '../readings/json-answer.ts'
import { type FindNeighbours, type FindOspfRoute, ospfNeighbourReader, ospfRouteReader } from '../readings/ospf-reading.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'
import { isDaemonOff } from './daemons.ts'

/** `nbrState` since FRR 8, `state` before; the interface comes with its address: `eth0:10.1.1.1`. */
const neighbourSchema = z.looseObject({
  nbrState: z.string().optional(),
  state: z.string().optional(),
  ifaceAddress: z.string().optional(),
  address: z.string().optional(),
  ifaceName: z.string(),
})
const listSchema = z.record(z.string(), z.array(neighbourSchema))
/** `{}` where OSPF is off. FRR 7 has `default` or the router ids at the top. */
const neighboursSchema = z.union([
  z.looseObject({ neighbors: listSchema }).transform(({ neighbors }) => neighbors),
  z.strictObject({ default: listSchema }).transform(({ default: neighbours }) => neighbours),
  listSchema,
])

/** `2-Way/DROther`, `Full/-`: fixtures frr/ospf_neighbour. */
function readNeighbour(routerId: string, shown: z.infer<typeof neighbourSchema>): OspfNeighbour | null {
  const [word = '', role = ''] = (shown.nbrState ?? shown.state ?? '').split('/')
  const state = parseOspfState(word)
  if (state === undefined) return null
  return {
    // OSPFv3 and unnumbered links: `1.1.1.1%eth0`
    routerId: routerId.split('%')[0] ?? routerId,
    address: shown.ifaceAddress ?? shown.address ?? null,
    port: shown.ifaceName.split(':')[0] ?? shown.ifaceName,
    state,
    role: parseOspfRole(role),
  }
}

/** A router whose ospfd was never switched on has no OSPF. Fixture: frr/ospf_neighbour/daemon-off.txt. */
async function askOspf(context: Pick<ReadContext, 'ask'>, command: string): Promise<Observation | 'off' | Unreadable> {
  const answer = await askFrr(context, command)
  if (isUnreadable(answer)) return answer
  const isOff = await isDaemonOff(context, 'ospfd', answer)
  if (typeof isOff !== 'boolean') return isOff
  return isOff ? 'off' : answer
}

const findNeighbours: FindNeighbours = async (context) => {
  const answer = await askOspf(context, 'show ip ospf neighbor json')
  if (answer === 'off') return []
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, neighboursSchema)
  if (isUnreadable(shown)) return shown
  const all = Object.entries(shown).flatMap(([id, list]) => list.map((one) => readNeighbour(id, one)))
  const known = all.filter((one) => one !== null)
  return known.length < all.length ? unknownAnswer(answer) : known
}

const interfaceSchema = z.looseObject({
  /** A port that is down has `ifDown` instead. */
  ifUp: z.boolean().default(false),
  mtuBytes: z.number().optional(),
  ospfEnabled: z.boolean().default(false),
  ipAddress: z.string().optional(),
  ipAddressPrefixlen: z.number().optional(),
  area: z.string().optional(),
  routerId: z.string().optional(),
  networkType: z.string().optional(),
  state: z.string().optional(),
  timerMsecs: z.number().optional(),
  timerDeadSecs: z.number().optional(),
  /** Shown where different MTUs are put up with (`ip ospf mtu-ignore`) and nowhere else: as true by FRR 8.4, as false by later ones. */
  mtuMismatchDetect: z.boolean().optional(),
  timerPassiveIface: z.boolean().default(false),
  authentication: z.string().optional(),
})
const interfacesSchema = z.looseObject({ interfaces: z.record(z.string(), interfaceSchema).default({}) })

const authentications: Readonly<Record<string, OspfInterface['authentication']>> = {
  authenticationNone: 'none',
  authenticationSimplePassword: 'password',
  authenticationMessageDigest: 'digest',
}

function readInterface(port: string, shown: z.infer<typeof interfaceSchema>): OspfInterface {
  return {
    port,
    address: shown.ipAddress ?? null,
    prefixLength: shown.ipAddressPrefixlen ?? null,
    area: parseArea((shown.area ?? '').split(' ')[0] ?? '') ?? null,
    up: shown.ifUp,
    networkType: parseNetworkType(shown.networkType ?? ''),
    role: parseOspfRole(shown.state ?? ''),
    helloMs: shown.timerMsecs ?? null,
    deadMs: shown.timerDeadSecs === undefined ? null : shown.timerDeadSecs * 1_000,
    mtu: shown.mtuBytes ?? null,
    ignoresMtu: shown.mtuMismatchDetect !== undefined,
    passive: shown.timerPassiveIface,
    // left out where there is none
    authentication: shown.authentication === undefined ? 'none' : (authentications[shown.authentication] ?? null),
  }
}

/** `show ip ospf interface json`: `{}` where OSPF is off. */
export const ospfView: View<OspfRouter> = async (context) => {
  const answer = await askOspf(context, 'show ip ospf interface json')
  if (answer === 'off') return { routerId: null, interfaces: [], downPorts: [] }
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, interfacesSchema)
  if (isUnreadable(shown)) return shown
  const enabled = Object.entries(shown.interfaces).filter(([, { ospfEnabled }]) => ospfEnabled)
  const routerId = enabled.flatMap(([, one]) => one.routerId ?? [])[0] ?? null
  return {
    routerId,
    interfaces: enabled.map(([port, one]) => readInterface(port, one)),
    downPorts: await downPorts(context),
  }
}

const linksSchema = z.record(
  z.string(),
  z.looseObject({ administrativeStatus: z.string().optional(), operationalStatus: z.string().optional() }),
)

/** Ports that are down are left out of `show ip ospf interface` (FRR 8.4). What cannot be read stays open. */
async function downPorts(context: Pick<ReadContext, 'ask'>): Promise<string[]> {
  const answer = await askFrr(context, 'show interface json')
  const shown = isUnreadable(answer) ? answer : readJson(answer, linksSchema)
  if (isUnreadable(shown)) return []
  return Object.entries(shown).flatMap(([port, { administrativeStatus, operationalStatus }]) =>
    [administrativeStatus, operationalStatus].includes('down') ? port : [],
  )
}

const hopSchema = z.looseObject({ ip: z.string(), via: z.string().optional(), directlyAttachedTo: z.string().optional() })
const routeSchema = z.looseObject({
  routeType: z.string(),
  cost: z.number(),
  type2cost: z.number().optional(),
  area: z.string().optional(),
  nexthops: z.array(hopSchema).default([]),
})
/** Networks by their prefix, border routers by their id. */
const routesSchema = z.record(z.string(), z.looseObject({ routeType: z.string() }))

/** `N`, `N IA`, `N E1`, `N E2`: NSSA routes are shown as external ones. Fixtures: frr/ospf_route. */
const types: Readonly<Record<string, OspfRouteEntry['type']>> = { N: 'intra', 'N IA': 'inter', 'N E1': 'e1', 'N E2': 'e2' }

function readRoute(shown: z.infer<typeof routeSchema>): OspfRouteEntry | null {
  const type = types[shown.routeType.trim()]
  if (type === undefined) return null
  return {
    type,
    cost: type === 'e2' ? (shown.type2cost ?? null) : shown.cost,
    area: parseArea(shown.area ?? '') ?? null,
    nextHops: shown.nexthops.map(({ ip, via, directlyAttachedTo }) => ({
      address: isAddress(ip) ? ip : null,
      port: via ?? directlyAttachedTo ?? null,
      through: [],
    })),
  }
}

const findRoute: FindOspfRoute = async (context, { prefix }) => {
  const answer = await askOspf(context, 'show ip ospf route json')
  if (answer === 'off') return { entry: null, usedProtocol: null }
  if (isUnreadable(answer)) return answer
  const shown = readJson(answer, routesSchema)
  if (isUnreadable(shown)) return shown
  const wanted = parsePrefix(prefix)
  const exact = Object.entries(shown).find(([key]) => {
    const own = parsePrefix(key)
    return own !== undefined && wanted !== undefined && samePrefix(own, wanted)
  })
  if (exact === undefined) return { entry: null, usedProtocol: null }
  const known = routeSchema.safeParse(exact[1])
  const entry = known.success ? readRoute(known.data) : null
  return entry === null ? unknownAnswer(answer) : { entry, usedProtocol: null }
}

/** ospfd, over vtysh. */
export const ospf: readonly BoundReader[] = [
  reads(ospfNeighbour, ospfNeighbourReader(findNeighbours, ospfView), 'device'),
  reads(
    ospfRoute,
    ospfRouteReader(findRoute, ({ prefix, type }) => {
      if (prefix.includes(':')) return 'prefix'
      return type === 'n1' || type === 'n2' ? 'type' : null
    }),
    'device',
  ),
]
