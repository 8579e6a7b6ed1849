import { ospfNeighbour } from '../../command-modules/ospf-neighbour.ts'
import { ospfRoute } from '../../command-modules/ospf-route.ts'
import type { Observation } from '../../observation.ts'
import {
  type OspfInterface,
  type OspfNeighbour,
  type OspfRouter,
  parseArea,
  parseNetworkType,
  parseOspfRole,
  parseOspfState,
} from '../../ospf.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable, unreadable, type View } from '../../platform.ts'
import { type FindNeighbours, type FindOspfRoute, ospfNeighbourReader, ospfRouteReader } from '../readings/ospf-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { allDiffer } from '../readings/torn-answer.ts'
import { askNxos } from './answer.ts'
import { askExact, ospfTypes } from './route.ts'

/** ` 10.0.0.1   1 FULL/ -   8w6d   11.11.11.11   Vlan999`, `INIT/DROTHER  -  …`. Fixtures: cisco_nxos/ospf_neighbour. */
const neighbourLine = /^\s*([\d.]{7,15})\s+\d+\s+([A-Z0-9]+)\s*\/\s*(\S+)\s+(?:[\w:.]+|-)\s+([\d.]{7,15})\s+(\S+)$/

/** OSPF that is not configured: nothing, or a note. */
const isOff = (answer: Observation): boolean =>
  linesOf(answer).every((line) => line.trim() === '') ||
  /^(?:Note:\s+)?(?:process currently not running|OSPF.* not (?:running|enabled))/im.test(answer.text)

function readNeighbours(answer: Observation): readonly OspfNeighbour[] | Unreadable {
  if (isOff(answer)) return []
  const lines = linesOf(answer)
  if (!lines.some((line) => /^\s*OSPF Process ID \S+ VRF \S+/.test(line))) return unknownAnswer(answer)
  const found: OspfNeighbour[] = []
  let vrf: string | undefined
  for (const line of lines) {
    vrf = /^\s*OSPF Process ID \S+ VRF (\S+)/.exec(line)?.[1] ?? vrf
    if (!/^\s*\d+\.\d+\.\d+\.\d+\s/.test(line)) continue
    const [, routerId, word = '', role = '', address, port] = neighbourLine.exec(line) ?? []
    const state = parseOspfState(word)
    if (routerId === undefined || address === undefined || port === undefined || state === undefined) return unknownAnswer(answer)
    if (vrf === 'default') found.push({ routerId, address, port, state, role: parseOspfRole(role) })
  }
  return allDiffer(found.map(({ routerId, address, port }) => `${routerId} ${address} ${port}`)) ? found : unknownAnswer(answer)
}

const findNeighbours: FindNeighbours = async (context) => {
  const answer = await askNxos(context, 'show ip ospf neighbors')
  return isUnreadable(answer) ? answer : readNeighbours(answer)
}

const captured = (block: readonly string[], pattern: RegExp): string | null =>
  block.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0] ?? null

const seconds = (text: string | null): number | null => (text === null ? null : Number(text) * 1_000)

function authenticationOf(block: readonly string[]): OspfInterface['authentication'] {
  if (block.some((line) => /^\s*No authentication/.test(line))) return 'none'
  if (block.some((line) => /^\s*Message-digest authentication/.test(line))) return 'digest'
  return block.some((line) => /^\s*Simple authentication/.test(line)) ? 'password' : null
}

/** Fixture: cisco_nxos/ospf_neighbour/hello-differs.txt. */
function readInterface(block: readonly string[]): OspfInterface {
  const [address, length] = (captured(block, /^\s*IP address ([\d.]+\/\d+)/) ?? '').split('/')
  return {
    ...{
      port: captured(block, /^\s*(\S+) is /) ?? '',
      address: address || null,
      prefixLength: length === undefined ? null : Number(length),
    },
    ...{ area: parseArea(captured(block, /, area ([\d.]+)/) ?? '') ?? null, up: / is up, line protocol is up/.test(block[0] ?? '') },
    ...{
      networkType: parseNetworkType(captured(block, /Network type (\w+)/) ?? ''),
      role: parseOspfRole(captured(block, /^\s*State (\w+),/) ?? ''),
    },
    ...{
      helloMs: seconds(captured(block, /Timer intervals: Hello (\d+)/)),
      deadMs: seconds(captured(block, /Timer intervals:.* Dead (\d+)/)),
    },
    ...{
      mtu: null,
      ignoresMtu: false,
      passive: block.some((line) => /Passive interface/.test(line)),
      authentication: authenticationOf(block),
    },
  }
}

/** `show ip ospf interface`; the router id is shown by another command. */
export const ospfView: View<OspfRouter> = async (context) => {
  const answer = await askNxos(context, 'show ip ospf interface')
  if (isUnreadable(answer)) return answer
  const blocks: string[][] = []
  for (const line of linesOf(answer)) {
    if (/^\s*\S+ is .+, line protocol is /.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  if (blocks.length === 0 && !isOff(answer)) return unknownAnswer(answer)
  const interfaces = blocks.map(readInterface)
  return interfaces.some(({ area }) => area === null) ? unknownAnswer(answer) : { routerId: null, interfaces, downPorts: [] }
}

/** NX-OS shows OSPF's type and cost with the route itself, also where another protocol is preferred. */
const findRoute: FindOspfRoute = async (context, { prefix, type: wanted }) => {
  const found = await askExact(context, { prefix })
  if (found === 'no-vrf' || found === null) return { entry: null, usedProtocol: null }
  if ('unreadable' in found) return found
  const own = found.paths.filter(({ entry }) => entry.protocol === 'ospf')
  const [first] = own
  const used = found.paths.find(({ entry }) => entry.selected)?.entry.protocol ?? null
  if (first === undefined) return { entry: null, usedProtocol: used }
  const type = ospfTypes[first.detail] ?? null
  // a word that is not known must not count as another type
  if (type === null && wanted !== undefined)
    return unreadable('ANSWER_UNREADABLE', 'infrastructure', { command: `show ip route ${prefix}` })
  const nextHops = own.flatMap(({ entry }) => entry.nextHops)
  return { entry: { type, cost: first.entry.metric, area: null, nextHops }, usedProtocol: null }
}

/** The OSPF process of the default VRF. */
export const ospf: readonly BoundReader[] = [
  reads(ospfNeighbour, ospfNeighbourReader(findNeighbours, ospfView), 'transcript'),
  reads(
    ospfRoute,
    ospfRouteReader(findRoute, ({ prefix, area }) => {
      if (prefix.includes(':')) return 'prefix'
      return area === undefined ? null : 'area'
    }),
    'transcript',
  ),
]
