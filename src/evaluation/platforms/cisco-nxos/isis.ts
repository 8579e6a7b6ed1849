import { type IsisLevel, type IsisState, isisNeighbour } from '../../command-modules/isis-neighbour.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { type IsisAsker, type IsisNames, isisReader, type NamedAdjacency } from '../readings/isis-reading.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'
import { isFeatureOn } from './feature.ts'

const header = /^System ID\s+SNPA\s+Level\s+State\s+Hold Time\s+Interface$/
/** `R2   fa16.3eff.4abd  1   UP   00:00:09   Ethernet1/1`; an exclamation mark tells of missing IPv4. Fixtures: cisco_nxos/isis_neighbour. */
const row = /^(\S+)\s+(?:N\/A|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})\s+(1|2|1-2)\s+(UP|INIT|DOWN|LOST)!?\s+\S+\s+(\S+)$/i
const otherLine = /^(?:IS-IS process: \S+ VRF: \S+|IS-IS adjacency database:|Legend: .*)$/

const states: Record<string, IsisState> = { UP: 'up', INIT: 'initializing', DOWN: 'down', LOST: 'down' }
const levels: Record<string, IsisLevel> = { '1': 'level-1', '2': 'level-2', '1-2': 'level-1-2' }

/** What the default VRF shows: neither areas nor addresses. */
const adjacencies: IsisAsker['adjacencies'] = async (context) => {
  const answer = await askNxos(context, 'show isis adjacency')
  if (isUnreadable(answer)) {
    const isOn = answer.unreadable === 'COMMAND_REFUSED' ? await isFeatureOn(context, 'isis') : true
    return isOn === false ? null : answer
  }
  const lines = linesOf(answer).filter((line) => line.trim() !== '')
  if (lines.length > 0 && lines.every((line) => /process currently not running/.test(line))) return null
  if (!lines.some((line) => header.test(line))) return unknownAnswer(answer)
  const rows = lines.filter((line) => !header.test(line) && !otherLine.test(line)).map((line) => row.exec(line))
  if (rows.some((match) => match === null)) return unknownAnswer(answer)
  return rows.flatMap((match): NamedAdjacency[] => {
    const [, name = '', level = '', state = '', port = ''] = match ?? []
    return [{ name, port, level: levels[level] ?? 'level-1-2', state: states[state.toUpperCase()] ?? 'down', areas: null, addresses: null }]
  })
}

/** `  2      0000.0000.0002.00-00  R2`; the device itself has a star. */
const names: IsisAsker['names'] = async (context) => {
  const answer = await askNxos(context, 'show isis hostname')
  if (isUnreadable(answer)) return answer
  const rows = linesOf(answer).map((line) => /^\s+\d\s+([\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})(?:\.00-00)?\*?\s+(\S+)$/i.exec(line))
  return rows.flatMap((one): IsisNames => (one?.[1] === undefined ? [] : [{ systemId: one[1].toLowerCase(), name: one[2] ?? '' }]))
}

/** IS-IS neighbours. */
export const isis: readonly BoundReader[] = [
  reads(isisNeighbour, isisReader({ adjacencies, names, unsupported: ({ area }) => (area === undefined ? null : 'area') }), 'transcript'),
]
