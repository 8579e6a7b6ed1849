import { ospfNeighbour } from '../../command-modules/ospf-neighbour.ts'
import { type OspfRouteEntry, ospfRoute } from '../../command-modules/ospf-route.ts'
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
import { type BoundReader, isUnreadable, reads, type Unreadable, type View } from '../../platform.ts'
import { type FindNeighbours, type FindOspfRoute, ospfNeighbourReader, ospfRouteReader } from '../readings/ospf-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { allDiffer } from '../readings/torn-answer.ts'
import { askIos } from './answer.ts'
import { findIosRoute } from './route.ts'

/** `%OSPF: Router process 1 is not running`, and nothing at all where no process is configured. */
const offLine = /^%\s?OSPF: Router process .* is not running/m

/** `2.2.2.2  0  FULL/  -  00:00:32  10.0.12.2  Gi0/1`: the state may hold blanks. Fixtures: cisco_ios/ospf_neighbour. */
const neighbourLine = /^\s*([\d.]{7,15})\s+\d+\s+([A-Z0-9]+)\s?\/\s*(\S+)\s+(?:[\d:.]+|-)\s+([\d.]{7,15})\s+(\S+)$/

/** The table of `show ip ospf neighbor`; empty where there is none. */
export function readNeighbours(answer: Observation): readonly OspfNeighbour[] | Unreadable {
  const lines = linesOf(answer)
  const header = lines.findIndex((line) => /^\s*Neighbor ID\s+Pri\s+State\s/.test(line))
  const rows = lines.slice(header + 1).filter((line) => /^\s*\d+\.\d+\.\d+\.\d+\s/.test(line))
  if (header === -1) return rows.length > 0 ? unknownAnswer(answer) : noNeighbours(answer)
  const found: OspfNeighbour[] = []
  for (const row of rows) {
    const [, routerId, word = '', role = '', address, port] = neighbourLine.exec(row) ?? []
    const state = parseOspfState(word)
    if (routerId === undefined || address === undefined || port === undefined || state === undefined) return unknownAnswer(answer)
    found.push({ routerId, address, port, state, role: parseOspfRole(role) })
  }
  return allDiffer(found.map(({ routerId, address, port }) => `${routerId} ${address} ${port}`)) ? found : unknownAnswer(answer)
}

/** Without a neighbour IOS prints nothing; log lines are no answer of this command. */
function noNeighbours(answer: Observation): readonly OspfNeighbour[] | Unreadable {
  const said = linesOf(answer).filter((line) => line.trim() !== '' && !/%[A-Z0-9_]+-[0-7]-[A-Z0-9_]+:/.test(line))
  return said.length === 0 || offLine.test(answer.text) ? [] : unknownAnswer(answer)
}

const findNeighbours: FindNeighbours = async (context) => {
  const answer = await askIos(context, 'show ip ospf neighbor')
  return isUnreadable(answer) ? answer : readNeighbours(answer)
}

/** The blocks of `show ip ospf interface`, each begun by `X is up, line protocol is up`. */
function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = []
  for (const line of lines) {
    if (/^\S+ is .+, line protocol is /.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  return blocks
}

const captured = (block: readonly string[], pattern: RegExp): string | null =>
  block.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0] ?? null

/** `Timer intervals configured, Hello 10, Dead 40` or, with fast hellos, `Hello 333 msec, Dead 1`. */
function timer(block: readonly string[], name: 'Hello' | 'Dead'): number | null {
  const match = block.flatMap((line) => new RegExp(`^\\s*Timer intervals configured,.*\\b${name} (\\d+)( msec)?`).exec(line) ?? [])
  if (match[1] === undefined) return null
  return Number(match[1]) * (match[2] === undefined ? 1_000 : 1)
}

function authenticationOf(block: readonly string[]): OspfInterface['authentication'] {
  if (block.some((line) => /^\s*(?:Cryptographic|Message digest) authentication enabled/.test(line))) return 'digest'
  return block.some((line) => /^\s*Simple password authentication enabled/.test(line)) ? 'password' : 'none'
}

/** Fixture: cisco_ios/ospf_neighbour/hello-differs.txt. */
function readInterface(block: readonly string[]): OspfInterface {
  const [address, length] = (captured(block, /^\s*Internet Address ([\d.]+\/\d+)/) ?? '').split('/')
  const isUp = /^\S+ is up, line protocol is up/.test(block[0] ?? '')
  return {
    port: captured(block, /^(\S+) is /) ?? '',
    address: address === '' || address === undefined ? null : address,
    prefixLength: length === undefined ? null : Number(length),
    area: parseArea(captured(block, /,\s+Area ([\d.]+)/) ?? '') ?? null,
    up: isUp,
    networkType: parseNetworkType(captured(block, /Network Type ([A-Z_]+)/) ?? ''),
    role: parseOspfRole(captured(block, /\bState ([A-Z_]+)/) ?? ''),
    helloMs: timer(block, 'Hello'),
    deadMs: timer(block, 'Dead'),
    // shown by another command; differing ones are told by the state in which the two stay
    mtu: null,
    ignoresMtu: false,
    passive: block.some((line) => /^\s*No Hellos \(Passive interface\)/.test(line)),
    authentication: authenticationOf(block),
  }
}

/** The router id stands with each interface: `Process ID 1, Router ID 1.1.1.1, …`. */
export const ospfView: View<OspfRouter> = async (context) => {
  const answer = await askIos(context, 'show ip ospf interface')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  const blocks = blocksOf(lines)
  const isNothing = lines.every((line) => line.trim() === '' || /%[A-Z0-9_]+-[0-7]-/.test(line)) || offLine.test(answer.text)
  if (blocks.length === 0 && !isNothing) return unknownAnswer(answer)
  const interfaces = blocks.map(readInterface)
  if (interfaces.some(({ area }) => area === null)) return unknownAnswer(answer)
  return { routerId: captured(lines, /\bRouter ID ([\d.]+),/), interfaces, downPorts: [] }
}

/** `type intra area`, `type inter area`, `type extern 2, forward metric 10`, `type NSSA extern 1`: as `show ip route P M` says. */
const types: Readonly<Record<string, OspfRouteEntry['type']>> = {
  'intra area': 'intra',
  'inter area': 'inter',
  'extern 1': 'e1',
  'extern 2': 'e2',
  'NSSA extern 1': 'n1',
  'NSSA extern 2': 'n2',
}

/** IOS shows OSPF's type, cost and next hops with the route itself, where OSPF's is the one that is used. */
const findRoute: FindOspfRoute = async (context, { prefix }) => {
  const found = await findIosRoute(context, prefix)
  if (isUnreadable(found)) return found
  const { entry, answer } = found
  if (entry === null) return { entry: null, usedProtocol: null }
  if (entry.protocol !== 'ospf') return { entry: null, usedProtocol: entry.protocol }
  const type = types[/^\s*Known via "ospf.*, type ((?:NSSA )?[a-z]+ (?:area|[12]))/m.exec(answer.text)?.[1] ?? '']
  if (type === undefined) return unknownAnswer(answer)
  return { entry: { type, cost: entry.metric, area: null, nextHops: entry.nextHops }, usedProtocol: null }
}

/** The OSPF process. */
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
