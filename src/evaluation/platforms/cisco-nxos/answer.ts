import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'

/** Lines by which NX-OS refuses a command; log lines hold a `%` too, hence the words. Fixture: cisco_nxos/ping/invalid-command.txt. */
const refusedLine = /^% ?(?:Invalid|Incomplete|Ambiguous|Unrecognized|Permission denied)|^Syntax error while parsing|^Cmd exec error/

/** Why NX-OS did not take the command, or null when it did. */
export function refused(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) => refusedLine.test(one))
  return line === undefined ? null : refusedCommand(observation, line)
}

/**
 * `show ip interface brief`: no mask; the VRFs follow one another, and only the default one is what a ping without a VRF uses.
 * Fixture: cisco_nxos/ping/own-address.txt.
 */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  let vrf: string | undefined
  const found: DeviceAddress[] = []
  for (const line of linesOf(answer)) {
    vrf = /^IP Interface Status for VRF "([^"]+)"/.exec(line)?.[1] ?? vrf
    const row = /^(\S+)\s+(\d+\.\d+\.\d+\.\d+)\s+protocol-(up|down)\/link-(up|down)\/admin-(up|down)$/.exec(line)
    if (vrf !== 'default' || row?.[1] === undefined || row[2] === undefined) continue
    found.push({ port: row[1], address: row[2], prefixLength: null, up: row.slice(3, 6).every((word) => word === 'up') })
  }
  return vrf === undefined ? unreadable('SHOW_INTERFACES_UNREADABLE') : found
}

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askNxos = askComplete(refused)
