import { type IsisLevel, type IsisState, isisNeighbour } from '../../command-modules/isis-neighbour.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable } from '../../platform.ts'
import { type IsisAsker, type IsisNames, isisReader, type NamedAdjacency } from '../isis-reading.ts'
import { linesOf, unknownAnswer } from '../reading.ts'
import { askIos } from './answer.ts'

const header = /^System Id\s+Type\s+Interface\s+IP Address\s+State\s+Holdtime\s+Circuit Id/
/** `R2   L2   Gi0/1   10.0.12.2   UP   24   R2.01`; the address may be missing. Fixtures: cisco_ios/isis_neighbour. */
const row = /^(\S+)\s+(L1L2|L1|L2)\s+(\S+)\s+(?:(\d+\.\d+\.\d+\.\d+)\s+)?(UP|INIT|DOWN|NONE)\s+\d+\s/
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

/** Lines below a heading are neighbours, or details that are set in. */
function readAdjacencies(answer: Observation): readonly NamedAdjacency[] | Unreadable {
  const found: Draft[] = []
  let long: string | undefined
  for (const line of linesOf(answer).filter((one) => one !== '' && !header.test(one) && !/^Tag \S+:$/.test(one))) {
    const name = longName.exec(line)?.[1]
    const match = row.exec(long === undefined ? line : line.replace(/^\s*/, `${long} `))
    if (match?.[1] !== undefined) {
      const [, shown, level = '', port = '', address, state = ''] = match
      const addresses = address === undefined ? [] : [address]
      found.push({ name: shown, port, level: levels[level] ?? 'level-1-2', state: states[state] ?? 'down', areas: [], addresses })
    } else if (name === undefined && !/^\s/.test(line)) return unknownAnswer(answer)
    long = name
    const last = found.at(-1)
    const areas = areaLine.exec(line)?.[1]
    const more = addressLine.exec(line)?.[1]
    if (last !== undefined && areas !== undefined) last.areas = words(areas)
    if (last !== undefined && more !== undefined) last.addresses = [...last.addresses, ...words(more)]
  }
  return found
}

const adjacencies: IsisAsker['adjacencies'] = async (context) => {
  const answer = await askIos(context, 'show isis neighbors detail')
  if (isUnreadable(answer)) return answer
  if (answer.text.trim() === '') return null
  return linesOf(answer).some((line) => header.test(line)) ? readAdjacencies(answer) : unknownAnswer(answer)
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
