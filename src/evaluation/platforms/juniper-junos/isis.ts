import { type IsisLevel, type IsisState, isisNeighbour } from '../../command-modules/isis-neighbour.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, reads, type Unreadable } from '../../platform.ts'
import { type IsisAsker, type IsisNames, isisReader, type NamedAdjacency } from '../readings/isis-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

const nameLine = /^(\S+)$/
/** `  Interface: ge-0/0/2.0, Level: 2, State: Up, Expires in 24 secs`; level 3 is both. Fixtures: juniper_junos/isis_neighbour. */
const interfaceLine = /^ {2}Interface: (\S+), Level: ([123]), State: (\w+)/
const addressLine = /^ {2}(?:LAN id: \S+, )?IP addresses: (.+)$/
const globalLine = /^ {2}IPv6 Global Interface Address: (\S+)$/
const roleLine = /^\{\w+(?::\w*\d)?\}$/

/** `One-way` is heard without being heard; `New` has just been heard of. */
const states: Record<string, IsisState> = {
  Up: 'up',
  Initializing: 'initializing',
  New: 'initializing',
  One: 'initializing',
  Down: 'down',
  Rejected: 'down',
}
const levels: Record<string, IsisLevel> = { '1': 'level-1', '2': 'level-2', '3': 'level-1-2' }

interface Draft extends Omit<NamedAdjacency, 'addresses'> {
  readonly addresses: string[]
}

/** Every neighbour is a name and a block; a name without a block that is understood is not skipped. */
function readAdjacencies(answer: Observation): readonly NamedAdjacency[] | Unreadable {
  const found: Draft[] = []
  let name: string | undefined
  for (const line of linesOf(answer).filter((one) => one !== '' && !roleLine.test(one))) {
    const named = nameLine.exec(line)?.[1]
    if (named !== undefined && name !== undefined) return unknownAnswer(answer)
    name = named ?? name
    const [, port, level = '', word = ''] = interfaceLine.exec(line) ?? []
    if (port !== undefined) {
      const state = states[word]
      if (name === undefined || state === undefined) return unknownAnswer(answer)
      found.push({ name, port, state, level: levels[level] ?? 'level-1-2', areas: null, addresses: [] })
      name = undefined
    } else if (named === undefined && !/^\s/.test(line)) return unknownAnswer(answer)
    const addresses = addressLine.exec(line)?.[1]?.split(/[ ,]+/) ?? globalLine.exec(line)?.slice(1) ?? []
    found.at(-1)?.addresses.push(...addresses)
  }
  return name === undefined ? found : unknownAnswer(answer)
}

const adjacencies: IsisAsker['adjacencies'] = async (context) => {
  const answer = await askJunos(context, 'show isis adjacency detail')
  if (isUnreadable(answer)) return answer
  return /^IS-IS (?:instance )?is not running$/m.test(answer.text) ? null : readAdjacencies(answer)
}

/** `0000.0000.0002 R2   Dynamic`. */
const names: IsisAsker['names'] = async (context) => {
  const answer = await askJunos(context, 'show isis hostname')
  if (isUnreadable(answer)) return answer
  const rows = linesOf(answer).map((line) => /^([\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})\s+(\S+)\s+(?:Static|Dynamic)$/i.exec(line))
  return rows.flatMap((one): IsisNames => (one?.[1] === undefined ? [] : [{ systemId: one[1].toLowerCase(), name: one[2] ?? '' }]))
}

/** IS-IS neighbours. */
export const isis: readonly BoundReader[] = [
  reads(isisNeighbour, isisReader({ adjacencies, names, unsupported: ({ area }) => (area === undefined ? null : 'area') }), 'transcript'),
]
