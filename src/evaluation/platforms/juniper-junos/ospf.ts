import { isAddress } from '../../addresses.ts'
import { ospfNeighbour } from '../../command-modules/ospf-neighbour.ts'
import { type OspfRouteEntry, ospfRoute } from '../../command-modules/ospf-route.ts'
import type { Observation } from '../../observation.ts'
import {
  type OspfInterface,
  type OspfNeighbour,
  type OspfRole,
  type OspfRouter,
  parseArea,
  parseOspfRole,
  parseOspfState,
} from '../../ospf.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable, type View } from '../../platform.ts'
import { maskToLength, parsePrefix, samePrefix } from '../../values.ts'
import { type FindNeighbours, type FindOspfRoute, ospfNeighbourReader, ospfRouteReader } from '../readings/ospf-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** `OSPF instance is not running`; with OSPF and nothing to show, no line at all. */
const isNothing = (answer: Observation): boolean =>
  /OSPF instance is not running/i.test(answer.text) || linesOf(answer).every((line) => /^(?:\s*|\{[a-z]+(?::\w+)?\})$/.test(line))

/** `10.0.12.2  ge-0/0/0.0  Full  2.2.2.2  128  39`. Fixtures: juniper_junos/ospf_neighbour. */
const neighbourLine = /^\s*([\d.]{7,15})\s+(\S+)\s+([A-Za-z0-9]+)\s+([\d.]{7,15})\s+\d+\s+\d+$/
/** `  Area 0.0.0.8, opt 0x52, DR 10.1.1.1, BDR 10.1.1.2`, under its neighbour. */
const areaLine = /^\s*Area [\d.]+, opt \S+, DR ([\d.]+), BDR ([\d.]+)$/

function roleOf(address: string | null, dr: string, bdr: string): OspfRole | null {
  if (dr === '0.0.0.0' && bdr === '0.0.0.0') return null
  if (address === dr) return 'DR'
  return address === bdr ? 'BDR' : 'DROTHER'
}

function readNeighbours(answer: Observation): readonly OspfNeighbour[] | Unreadable {
  if (isNothing(answer)) return []
  const lines = linesOf(answer)
  if (!lines.some((line) => /^\s*Address\s+Interface\s+State\s+ID\s+Pri\s+Dead$/.test(line))) return unknownAnswer(answer)
  const found: OspfNeighbour[] = []
  for (const line of lines) {
    const [, address, port, word = '', routerId] = neighbourLine.exec(line) ?? []
    const [, dr, bdr] = areaLine.exec(line) ?? []
    const last = found.at(-1)
    const state = parseOspfState(word)
    if (routerId !== undefined && address !== undefined && port !== undefined && state !== undefined) {
      found.push({ routerId, address, port, state, role: null })
    } else if (/^\s*\d+\.\d+\.\d+\.\d+\s/.test(line)) return unknownAnswer(answer)
    else if (last !== undefined && dr !== undefined && bdr !== undefined) {
      found[found.length - 1] = { ...last, role: roleOf(last.address, dr, bdr) }
    }
  }
  return found
}

const findNeighbours: FindNeighbours = async (context) => {
  const answer = await askJunos(context, 'show ospf neighbor detail')
  return isUnreadable(answer) ? answer : readNeighbours(answer)
}

/** `ge-0/0/0.0  PtToPt  0.0.0.1  0.0.0.0  0.0.0.0  1`. */
const interfaceLine = /^\s*(\S+)\s+(PtToPt|DR|BDR|DRother|Down|Waiting|Loopback|\w+)\s+([\d.]{7,15})\s+[\d.]{7,15}\s+[\d.]{7,15}\s+\d+$/
const types: Readonly<Record<string, OspfInterface['networkType']>> = {
  P2P: 'point-to-point',
  LAN: 'broadcast',
  NBMA: 'nbma',
  P2MP: 'point-to-multipoint',
}

function authenticationOf(word: string | undefined): OspfInterface['authentication'] {
  if (word === 'None') return 'none'
  if (word === 'MD5') return 'digest'
  return word === 'Password' ? 'password' : null
}

/** Fixture: juniper_junos/ospf_neighbour/hello-differs.txt. */
function readInterface([head = '', ...block]: readonly string[]): OspfInterface {
  const text = block.join('\n')
  const [, port = '', state = '', area = ''] = interfaceLine.exec(head) ?? []
  const number = (pattern: RegExp): number | null => (pattern.exec(text)?.[1] === undefined ? null : Number(pattern.exec(text)?.[1]))
  const hello = number(/\bHello: (\d+)/)
  const dead = number(/\bDead: (\d+)/)
  return {
    ...{
      port,
      address: /\bAddress: ([\d.]+)/.exec(text)?.[1] ?? null,
      prefixLength: maskToLength(/\bMask: ([\d.]+)/.exec(text)?.[1] ?? '') ?? null,
    },
    ...{ area: parseArea(area) ?? null, up: state !== 'Down', networkType: types[/\bType: (\w+)/.exec(text)?.[1] ?? ''] ?? null },
    ...{ role: parseOspfRole(state), helloMs: hello === null ? null : hello * 1_000, deadMs: dead === null ? null : dead * 1_000 },
    ...{ mtu: number(/\bMTU: (\d+)/), ignoresMtu: false, passive: /\bPassive\b/.test(text) ? true : null },
    authentication: authenticationOf(/\bAuth type: (\w+)/.exec(text)?.[1]),
  }
}

/** `show ospf interface detail`; the router id is shown by another command. */
export const ospfView: View<OspfRouter> = async (context) => {
  const answer = await askJunos(context, 'show ospf interface detail')
  if (isUnreadable(answer)) return answer
  const blocks: string[][] = []
  for (const line of linesOf(answer)) {
    if (interfaceLine.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  if (blocks.length === 0 && !isNothing(answer)) return unknownAnswer(answer)
  return { routerId: null, interfaces: blocks.map(readInterface), downPorts: [] }
}

/** `10.2.2.0/24  Intra Network  IP  2 ge-0/0/4.0  10.0.12.2`; further next hops stand alone on their lines. Fixtures: juniper_junos/ospf_route. */
const routeLine = /^([\d.]+\/\d+)\s+(\w+)\s+.*?\s(\d+)\s+([a-z]\S*)(?:\s+([\d.]{7,15}))?$/
const moreLine = /^\s{20,}([a-z]\S*)(?:\s+([\d.]{7,15}))?$/
const routeTypes: Readonly<Record<string, OspfRouteEntry['type']>> = { Intra: 'intra', Inter: 'inter', Ext1: 'e1', Ext2: 'e2' }

const findRoute: FindOspfRoute = async (context, { prefix }) => {
  const answer = await askJunos(context, `show ospf route ${prefix}`)
  if (isUnreadable(answer)) return answer
  const none = { entry: null, usedProtocol: null }
  if (isNothing(answer)) return none
  const lines = linesOf(answer)
  if (!lines.some((line) => /^\s*Prefix\s+Path\s+Route\s+NH\s+Metric/.test(line))) return unknownAnswer(answer)
  const wanted = parsePrefix(prefix)
  const isWanted = (line: string): boolean => {
    const own = parsePrefix(routeLine.exec(line)?.[1] ?? '')
    return own !== undefined && wanted !== undefined && samePrefix(own, wanted)
  }
  const from = lines.findIndex(isWanted)
  if (from === -1) return lines.some((line) => /^\d/.test(line) && !routeLine.test(line)) ? unknownAnswer(answer) : none
  const [, , word = '', metric, port = '', address] = routeLine.exec(lines[from] ?? '') ?? []
  const type = routeTypes[word]
  if (type === undefined) return unknownAnswer(answer)
  const hop = (name: string, next: string | undefined) => ({
    address: next !== undefined && isAddress(next) ? next : null,
    port: name,
    through: [],
  })
  const rest = lines.slice(from + 1).filter((line) => line.trim() !== '')
  const end = rest.findIndex((line) => !moreLine.test(line))
  const more = (end === -1 ? rest : rest.slice(0, end)).flatMap((line) => {
    const [, name, next] = moreLine.exec(line) ?? []
    return name === undefined ? [] : [hop(name, next)]
  })
  return { entry: { type, cost: Number(metric), area: null, nextHops: [hop(port, address), ...more] }, usedProtocol: null }
}

/** The OSPF of the main routing instance. */
export const ospf: readonly BoundReader[] = [
  reads(ospfNeighbour, ospfNeighbourReader(findNeighbours, ospfView), 'transcript'),
  reads(
    ospfRoute,
    ospfRouteReader(findRoute, ({ prefix, area, type }) => {
      if (prefix.includes(':')) return 'prefix'
      if (type === 'n1' || type === 'n2') return 'type'
      return area === undefined ? null : 'area'
    }),
    'transcript',
  ),
]
