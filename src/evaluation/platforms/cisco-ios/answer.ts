import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'
import { allDiffer } from '../readings/torn-answer.ts'

/** Lines by which IOS refuses a command; log lines begin with `%` too, hence the words. Fixture: cisco_ios/ping/invalid-input.txt. */
const refusedLine =
  /^% ?(?:Invalid input detected|Incomplete command|Ambiguous command|Unknown command|Unrecognized (?:host|command)|Bad IP address)/

/** Why IOS did not take the command, or null when it did. */
export function refused(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) => refusedLine.test(one))
  return line === undefined ? null : refusedCommand(observation, line)
}

/**
 * `show ip interface brief`: the status may be two words, so the row is read from both ends; the mask is not shown.
 * Fixture: cisco_ios/ping/interfaces-down.txt.
 */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  if (!/^Interface\s+IP-Address\s/m.test(answer.text)) return unreadable('SHOW_INTERFACES_UNREADABLE')
  const found = linesOf(answer).flatMap((line) => {
    const row = /^(\S+)\s+(\d+\.\d+\.\d+\.\d+)\s+(?:YES|NO)\s+\S+\s+(.+?)\s+(up|down)$/.exec(line)
    if (row?.[1] === undefined || row[2] === undefined) return []
    return [{ port: row[1], address: row[2], prefixLength: null, up: row[3] === 'up' && row[4] === 'up' }]
  })
  return allDiffer(found.map(({ port }) => port)) ? found : unreadable('SHOW_INTERFACES_UNREADABLE')
}

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askIos = askComplete(refused)
