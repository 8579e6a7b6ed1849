import { type IsisLevel, type IsisState, isisNeighbour } from '../../command-modules/isis-neighbour.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { type IsisAsker, type IsisNames, isisReader, type NamedAdjacency } from '../readings/isis-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'

const header = /^System Id\s+Type\s+Interface\s+IP Address\s+State\s+Holdtime\s+Circuit Id/
/** `R2   L2   Gi0/1   10.0.12.2   UP   24   R2.01`; the address may be missing. Fixtures: cisco_ios/isis_neighbour. */
const row = /^(\S+)\s+(L1L2|L1|L2)\s+(\S+)\s+(?:(\d+\.\d+\.\d+\.\d+)\s+)?(UP|INIT|DOWN|NONE)\s+\d+\s/
/** Releases before 15 have the table of CLNS alone: `R2   Gi0/1   aabb.cc00.0200   Up   26   L1L2 IS-IS`. Fixture: cisco_ios/isis_neighbour/clns-table.txt. */
const clnsHeader = /^System Id\s+Interface\s+SNPA\s+State\s+Holdtime\s+Type\s+Protocol/
const clnsRow = /^(\S+)\s+(\S+)\s+\S+\s+(Up|Init|Down)\s+\d+\s+(L1L2|L1|L2|IS|ES)\s+\S+$/
/** A long name stands alone, and its row goes on in the next line. */
const longName = /^(\S+) \\$/
const areaLine = /^ {2}Area Address\(es\): (.+)$/
const addressLine = /^ {2}IP Address\(es\): +(.+)$/

const states: Record<string, IsisState> = { UP: 'up', INIT: 'initializing', DOWN: 'down', NONE: 'down' }
const levels: Record<string, IsisLevel> = { L1: 'level-1', L2: 'level-2', L1L2: 'level-1-2' }

interface Draft extends Omit<NamedAdjacency, 'areas' | 'addresses'> {
  areas: readonly string[]
  addresses: readonly string[]
}

const words = (text: string): string[] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/\*$/, ''))

interface Row extends Pick<NamedAdjacency, 'name' | 'port'> {
  readonly level: string
  readonly state: string
  readonly address: string | undefined
}

function readRow(line: string): Row | undefined {
  const [, name, level = '', port = '', address, state = ''] = row.exec(line) ?? []
  if (name !== undefined) return { name, port, level, state, address }
  const [, system, circuit = '', word = '', type = ''] = clnsRow.exec(line) ?? []
  return system === undefined ? undefined : { name: system, port: circuit, level: type, state: word.toUpperCase(), address: undefined }
}

/** Lines below a heading are neighbours, or details that are set in. */
function readAdjacencies(answer: Observation): readonly NamedAdjacency[] | Unreadable {
  const found: Draft[] = []
  /** Hosts and other neighbours of CLNS that are none of IS-IS. */
  const ends = new Set<number>()
  let long: string | undefined
  for (const line of linesOf(answer).filter((one) => one !== '' && !header.test(one) && !clnsHeader.test(one) && !/^Tag \S+:$/.test(one))) {
    const name = longName.exec(line)?.[1]
    const shown = readRow(long === undefined ? line : line.replace(/^\s*/, `${long} `))
    if (shown !== undefined) {
      const { level, state, address, ...rest } = shown
      const addresses = address === undefined ? [] : [address]
      found.push({ ...rest, level: levels[level] ?? 'level-1-2', state: states[state] ?? 'down', areas: [], addresses })
      if (level === 'ES' || level === 'IS') ends.add(found.length - 1)
    } else if (name === undefined && !/^\s/.test(line)) return unknownAnswer(answer)
    long = name
    const last = found.at(-1)
    const areas = areaLine.exec(line)?.[1]
    const more = addressLine.exec(line)?.[1]
    if (last !== undefined && areas !== undefined) last.areas = words(areas)
    if (last !== undefined && more !== undefined) last.addresses = [...last.addresses, ...words(more)]
  }
  return found.filter((_, index) => !ends.has(index))
}

async function askNeighbours(context: ReadContext): Promise<Observation | Unreadable> {
  const answer = await askIos(context, 'show isis neighbors detail')
  if (!isUnreadable(answer) || answer.unreadable !== 'COMMAND_REFUSED') return answer
  return askIos(context, 'show clns neighbors detail')
}

const adjacencies: IsisAsker['adjacencies'] = async (context) => {
  const answer = await askNeighbours(context)
  if (isUnreadable(answer)) return answer
  if (answer.text.trim() === '') return null
  return linesOf(answer).some((line) => header.test(line) || clnsHeader.test(line)) ? readAdjacencies(answer) : unknownAnswer(answer)
}

/** ` 2     0000.0000.0002 R2`; the device itself has a star. */
const names: IsisAsker['names'] = async (context) => {
  const answer = await askIos(context, 'show isis hostname')
  if (isUnreadable(answer)) return answer
  const rows = linesOf(answer).map((line) => /^\s*[12*]\s+([\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})\s+(\S+)$/i.exec(line))
  return rows.flatMap((one): IsisNames => (one?.[1] === undefined ? [] : [{ systemId: one[1].toLowerCase(), name: one[2] ?? '' }]))
}

/** IS-IS neighbours. */
export const isis: readonly BoundReader[] = [reads(isisNeighbour, isisReader({ adjacencies, names }), 'transcript')]
