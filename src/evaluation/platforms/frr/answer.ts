import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf } from '../reading.ts'

/** `% Unknown command: ...`: fixture frr/ping/refused.txt. */
export function refused(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) =>
    /^% (?:Unknown command|Command incomplete|Ambiguous command|There is no matched)/.test(one),
  )
  return line === undefined ? null : unreadable('COMMAND_REFUSED', 'exercise', { command: observation.command, answer: line.slice(0, 120) })
}

/** `show interface brief`: Interface, Status, VRF, Addresses; continued addresses stand alone on their line. Fixture: frr/ping/own-address.txt. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const found: DeviceAddress[] = []
  let port: string | null = null
  let up: boolean | null = null
  for (const line of linesOf(answer)) {
    const row = /^(\S+)\s+(up|down)\b/.exec(line)
    if (row?.[1] !== undefined) {
      port = row[1]
      up = row[2] === 'up'
    }
    const cidr = /\s(\d+\.\d+\.\d+\.\d+)\/(\d+)\s*\+?$/.exec(line)
    if (cidr?.[1] !== undefined) found.push({ port, address: cidr[1], prefixLength: Number(cidr[2]), up })
  }
  return found
}

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askFrr = askComplete(refused)
