import { type IsisLevel, type IsisState, isisNeighbour, systemIdOf } from '../../command-modules/isis-neighbour.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type IsisAsker, isisReader, type NamedAdjacency } from '../readings/isis-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'
import { isDaemonOff } from './daemons.ts'

/**
 * Not `json`: there FRR 8.4 keeps one adjacency of an interface, and loses the other level of a LAN. Fixture:
 * frr/isis_neighbour/both-levels-on-a-lan.txt.
 */
const command = 'show isis neighbor detail'

const headLine = /^Area \S+:$/
const nameLine = /^ (\S+)$/
const interfaceLine = /^ {4}Interface: (\S+), Level: ([123]), State: (\w+)/
const sectionLine = /^ {4}(\S.*):$/
const valueLine = /^ {6}(\S+)$/

const states: Record<string, IsisState> = { Up: 'up', Initializing: 'initializing', Down: 'down' }
/** 3 is what the neighbour offers on a point-to-point link, not what is used. */
const levels: Record<string, IsisLevel> = { '1': 'level-1', '2': 'level-2', '3': 'level-1-2' }

interface Draft extends Omit<NamedAdjacency, 'areas' | 'addresses'> {
  readonly areas: string[]
  readonly addresses: string[]
}

const sections: Record<string, 'areas' | 'addresses'> = {
  'Area Address(es)': 'areas',
  'IPv4 Address(es)': 'addresses',
  'Global IPv6 Address(es)': 'addresses',
}

/** Every neighbour is a name and a block; a name without a block that is understood is not skipped. */
function readAdjacencies(answer: Observation): readonly NamedAdjacency[] | Unreadable {
  const found: Draft[] = []
  let name: string | undefined
  let section: 'areas' | 'addresses' | undefined
  for (const line of linesOf(answer)) {
    const named = nameLine.exec(line)?.[1]
    if (named !== undefined && name !== undefined) return unknownAnswer(answer)
    name = named ?? name
    const [, port, level = '', word = ''] = interfaceLine.exec(line) ?? []
    if (port !== undefined) {
      const state = states[word]
      const shown = levels[level]
      if (name === undefined || state === undefined || shown === undefined) return unknownAnswer(answer)
      found.push({ name, port, state, level: shown, areas: [], addresses: [] })
      name = undefined
    }
    const value = valueLine.exec(line)?.[1]
    if (value === undefined) section = sections[sectionLine.exec(line)?.[1] ?? '']
    else if (section !== undefined) found.at(-1)?.[section].push(value)
  }
  return name === undefined ? found : unknownAnswer(answer)
}

async function askAdjacencies(context: ReadContext): Promise<readonly NamedAdjacency[] | null | Unreadable> {
  const answer = await askFrr(context, command)
  if (isUnreadable(answer)) return answer
  const isOff = await isDaemonOff(context, 'isisd', answer)
  if (typeof isOff !== 'boolean') return isOff
  const lines = linesOf(answer).filter((line) => line !== '')
  if (isOff || lines.length === 0) return null
  const shown = lines.some((line) => headLine.test(line)) ? readAdjacencies(answer) : unknownAnswer(answer)
  if (isUnreadable(shown) || shown.every(({ level }) => level !== 'level-1-2')) return shown
  const own = await askOwnLevels(context)
  return isUnreadable(own) ? own : shown.map((adjacency) => ({ ...adjacency, level: usedLevel(adjacency, own) }))
}

interface OwnLevels {
  readonly areas: readonly string[]
  readonly levelOf: ReadonlyMap<string, IsisLevel>
}

const ownLevels: Record<string, IsisLevel> = { L1: 'level-1', L2: 'level-2', L1L2: 'level-1-2' }

/** `  eth0        0x0      Up       p2p      L2`, and `  Net: 49.0001.0000.0000.0002.00`. Fixture: frr/isis_neighbour/both-levels-on-a-link.txt. */
async function askOwnLevels(context: ReadContext): Promise<OwnLevels | Unreadable> {
  const interfaces = await askFrr(context, 'show isis interface')
  if (isUnreadable(interfaces)) return interfaces
  const summary = await askFrr(context, 'show isis summary')
  if (isUnreadable(summary)) return summary
  const rows = linesOf(interfaces).map((line) => /^ {2}(\S+) +0x[\da-f]+ +\w+ +\w+ +(L1|L2|L1L2)$/.exec(line))
  const levelOf = new Map(
    rows.flatMap((row): [string, IsisLevel][] => (row?.[1] === undefined ? [] : [[row[1], ownLevels[row[2] ?? ''] ?? 'level-1-2']])),
  )
  // six bytes of system id and one of selector stand behind the area
  const areas = linesOf(summary).flatMap((line) => /^ {2}Net: (\S+)(?:\.[\da-f]{4}){3}\.[\da-f]{2}$/i.exec(line)?.[1] ?? [])
  return levelOf.size > 0 && areas.length > 0 ? { areas, levelOf } : unknownAnswer(levelOf.size > 0 ? summary : interfaces)
}

/** Level 1 needs an area that both are in (ISO 10589, 8.2.5.2); each level needs both ends. */
function usedLevel({ level, port, areas }: NamedAdjacency, own: OwnLevels): IsisLevel {
  if (level !== 'level-1-2') return level
  const ownLevel = own.levelOf.get(port) ?? level
  const isSameArea = areas?.some((area) => own.areas.includes(area)) ?? true
  return ownLevel === 'level-1-2' && !isSameArea ? 'level-2' : ownLevel
}

/** A name may be that of several neighbours; asked for an id, FRR shows that neighbour alone. Fixture: frr/isis_neighbour/by-system-id.txt. */
async function withSystemId(
  context: ReadContext,
  systemId: string,
  all: readonly NamedAdjacency[],
): Promise<readonly NamedAdjacency[] | Unreadable> {
  const answer = await askFrr(context, `show isis neighbor ${systemId}`)
  const own = isUnreadable(answer) ? answer : readAdjacencies(answer)
  if (isUnreadable(own)) return own
  const keyOf = ({ name, port, addresses }: NamedAdjacency) => [name, port, ...(addresses ?? [])].join(' ')
  const isOwn = (one: NamedAdjacency) => own.some((other) => keyOf(other) === keyOf(one))
  return all.map((one) => ({ ...one, systemId: isOwn(one) ? systemId : 'other' }))
}

const adjacencies: IsisAsker['adjacencies'] = async (context, { neighbour }) => {
  const shown = await askAdjacencies(context)
  const systemId = systemIdOf(neighbour)
  return shown === null || isUnreadable(shown) || systemId === undefined ? shown : withSystemId(context, systemId, shown)
}

/** IS-IS neighbours. */
export const isis: readonly BoundReader[] = [reads(isisNeighbour, isisReader({ adjacencies }), 'device')]
