import { ospfNeighbour } from '../../command-modules/ospf-neighbour.ts'
import { type OspfRouteEntry, ospfRoute } from '../../command-modules/ospf-route.ts'
import type { Observation } from '../../observation.ts'
import { type OspfInterface, type OspfNeighbour, type OspfRouter, parseArea, parseOspfRole, parseOspfState } from '../../ospf.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable, type View } from '../../platform.ts'
import { type FindNeighbours, type FindOspfRoute, ospfNeighbourReader, ospfRouteReader } from '../readings/ospf-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askEos } from './answer.ts'
import { findEosRoute, protocolOf } from './route.ts'

/** With an instance column since EOS 4.2x, without before; the role is left out on point-to-point links. Fixtures: arista_eos/ospf_neighbour. */
const neighbourLine = /^([\d.]{7,15})\s+(?:\d+\s+)?(\S+)\s+\d+\s+([A-Z0-9 ]+?)(?:\/(\w+))?\s+[\d:]+\s+([\d.]{7,15})\s+(\S+)$/

function readNeighbours(answer: Observation): readonly OspfNeighbour[] | Unreadable {
  const rows = linesOf(answer).filter((line) => /^\s*\d+\.\d+\.\d+\.\d+\s/.test(line))
  // without OSPF EOS says nothing
  const said = linesOf(answer).some((line) => line.trim() !== '')
  if (said && !/^Neighbor ID\s/m.test(answer.text)) return unknownAnswer(answer)
  const found: OspfNeighbour[] = []
  for (const row of rows) {
    const [, routerId, vrf, word = '', role = '', address, port] = neighbourLine.exec(row.trim()) ?? []
    const state = parseOspfState(word.replace(/\s/g, ''))
    if (routerId === undefined || address === undefined || port === undefined || state === undefined) return unknownAnswer(answer)
    if (vrf === 'default') found.push({ routerId, address, port, state, role: parseOspfRole(role) })
  }
  return found
}

const findNeighbours: FindNeighbours = async (context) => {
  const answer = await askEos(context, 'show ip ospf neighbor')
  return isUnreadable(answer) ? answer : readNeighbours(answer)
}

const interfaceLine = /^\s*(\S+)\s+(?:\d+\s+)?default\s+([\d.]+)\s+([\d.]+)\/(\d+)\s+\d+\s+(.+?)\s+\d+$/

function readInterface(line: string): OspfInterface | null {
  const [, port, area = '', address, length, state = ''] = interfaceLine.exec(line) ?? []
  if (port === undefined || address === undefined) return null
  return {
    ...{ port, address, prefixLength: Number(length), area: parseArea(area) ?? null, up: !/down/i.test(state) },
    ...{
      networkType: state === 'P2P' ? 'point-to-point' : null,
      role: parseOspfRole(state.replace('Backup DR', 'BDR').replace('DR Other', 'DROther')),
    },
    // shown by other commands only
    ...{ helloMs: null, deadMs: null, mtu: null, ignoresMtu: false, passive: null, authentication: null },
  }
}

/** `show ip ospf interface brief`: area, address and role; timers are shown by other commands. */
export const ospfView: View<OspfRouter> = async (context) => {
  const answer = await askEos(context, 'show ip ospf interface brief')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer).filter((line) => line.trim() !== '')
  const [header = '', ...rows] = lines
  if (lines.length > 0 && !/^\s*Interface\s+(?:Instance\s+)?VRF\s+Area/.test(header)) return unknownAnswer(answer)
  return { routerId: null, interfaces: rows.flatMap((row) => readInterface(row) ?? []), downPorts: [] }
}

/** Words of `routeType` (Arista's ANTA, anta/custom_types.py); intra area is seen by that name and as `OSPF`. */
const types: Readonly<Record<string, OspfRouteEntry['type']>> = {
  OSPF: 'intra',
  ospfIntraArea: 'intra',
  ospfInterArea: 'inter',
  ospfExternalType1: 'e1',
  ospfExternalType2: 'e2',
  ospfNssaExternalType1: 'n1',
  ospfNssaExternalType2: 'n2',
}

/** EOS shows OSPF's type and cost with the route itself, where OSPF's is the one that is used. */
const findRoute: FindOspfRoute = async (context, { prefix }) => {
  const found = await findEosRoute(context, prefix)
  if (isUnreadable(found)) return found
  const { answer, shown } = found
  if (shown === undefined) return { entry: null, usedProtocol: null }
  const { routeType, routeAction, metric, vias } = shown
  const type = types[routeType]
  const other = protocolOf(routeType)
  // a summary of OSPF's own, or a word that is not known: neither another protocol nor another type
  if (type === undefined) return other === undefined || other === 'ospf' ? unknownAnswer(answer) : { entry: null, usedProtocol: other }
  const nextHops = vias.map(({ nexthopAddr, interface: port }) => ({ address: nexthopAddr ?? null, port: port ?? null, through: [] }))
  if (routeAction !== 'forward' || metric === undefined || nextHops.length === 0) return unknownAnswer(answer)
  return { entry: { type, cost: metric, area: null, nextHops }, usedProtocol: null }
}

/** EOS's OSPF process of the default VRF. */
export const ospf: readonly BoundReader[] = [
  reads(ospfNeighbour, ospfNeighbourReader(findNeighbours, ospfView), 'transcript'),
  reads(
    ospfRoute,
    ospfRouteReader(findRoute, ({ prefix, area }) => {
      if (prefix.includes(':')) return 'prefix'
      return area === undefined ? null : 'area'
    }),
    'documented',
  ),
]
